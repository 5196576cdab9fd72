// SPDX-License-Identifier: Apache-2.0
export { createSystemClock } from './clock.ts';
export { createProcessEnvironment } from './environment.ts';
export { endBySignal } from './exit.ts';
export { isMemoryReadable } from './exposure.ts';
export { createNodeFiles } from './files/node-files.ts';
export type { HttpClientOptions } from './http/exchange.ts';
export { proxyFor } from './http/proxy.ts';
export { createPlatform, extendPlatform, type Platform } from './platform.ts';
export { createSystemRandom } from './random.ts';
export { runtimeName } from './runtime.ts';
export { createProcessSignals } from './signals.ts';
export { createProcessTerminal } from './terminal/terminal.ts';
