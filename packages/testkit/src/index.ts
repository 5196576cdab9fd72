// SPDX-License-Identifier: Apache-2.0

export { createFakeClock, type FakeClock } from './clock.ts';
export { codeOf } from './code-of.ts';
export { type CounterpartName, counterpart, findCounterpart } from './counterpart.ts';
export { type DockerRegistry, type DockerRegistryOptions, startDockerRegistry } from './docker-registry.ts';
export { createFakeEnvironment } from './environment.ts';
export { freePort } from './free-port.ts';
export { createMemoryLog, type LogEntry, type MemoryLog } from './log.ts';
export { brokenResponse, createLoopbackHttp, createScriptedHttp, type LoopbackHttp, type SentRequest } from './loopback-http.ts';
export { createMemoryFiles, type MemoryFiles } from './memory-files.ts';
export {
  createOpensslCa,
  type OpensslCa,
  type OpensslIdentity,
  type OpensslIssue,
  type OpensslKey,
  opensslExtensions,
} from './openssl-ca.ts';
export { createFakeProcesses, type FakeProcesses, type FakeProgram, type FakeResult, type RanProcess } from './processes.ts';
export { createFixedRandom } from './random.ts';
export { builtExecutable, repositoryRoot } from './root.ts';
export { type CounterpartNote, recordExercised, recordSkip } from './skips.ts';
export { answers, type StartedProcess, type StartOptions, startProcess } from './start-process.ts';
export { createFakeTerminal, type FakeTerminal, type FakeTerminalOptions } from './terminal.ts';
export { createSelfSigned, createTestCa, type IssueOptions, type TestCa, type TestIdentity } from './test-ca.ts';
export { IDENTITY_TOKEN, startTokenServer, type TokenServer } from './token-server.ts';
export { until } from './until.ts';
export { ownVectors, sharedVectors } from './vectors.ts';
