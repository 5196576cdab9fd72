// SPDX-License-Identifier: Apache-2.0
/** Contract suites: what every implementation of a port must do, fakes included. Each registers its tests when called. */
export { clockContract } from './clock.ts';
export { type FilesUnderTest, filesContract } from './files.ts';
export { type HttpUnderTest, httpContract } from './http.ts';
export { listenerContract } from './listener.ts';
export { processesContract } from './processes.ts';
export { randomContract } from './random.ts';
export { terminalContract } from './terminal.ts';
