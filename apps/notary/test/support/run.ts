// SPDX-License-Identifier: Apache-2.0
/** Runs `notary` in this process: real files and network, everything else faked. */
import type { Clock, Http } from '@notary/base';
import { runProgram } from '@notary/cli';
import { createPlatform } from '@notary/platform';
import { createFakeEnvironment, createFakeTerminal, type FakeTerminalOptions } from '@notary/testkit';
import type { AppDeps } from '../../src/deps.ts';
import { program } from '../../src/program.ts';

export const PASSPHRASES = {
  NOTARY_ROOT_PASSPHRASE: 'root-pass-phrase',
  NOTARY_TARGETS_PASSPHRASE: 'targets-pass-phrase',
  NOTARY_SNAPSHOT_PASSPHRASE: 'snapshot-pass-phrase',
  NOTARY_DELEGATION_PASSPHRASE: 'delegation-pass-phrase',
};

export interface RunOptions extends FakeTerminalOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** In place of the network. */
  readonly http?: Http;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function notary(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const platform = createPlatform();
  const terminal = createFakeTerminal(options);
  const deps: AppDeps = {
    terminal,
    environment: createFakeEnvironment({ HOME: options.home, ...(options.env ?? PASSPHRASES) }),
    files: platform.files,
    clock: options.clock ?? platform.clock,
    random: platform.random,
    processes: platform.processes,
    workingDirectory: options.home,
    runtime: 'Test 1.0',
    http: (http) => options.http ?? platform.http(http),
  };
  const code = await runProgram(program, args, deps);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}
