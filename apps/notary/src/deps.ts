// SPDX-License-Identifier: Apache-2.0
/** What commands get from the outside world: built once in `compose.ts`, faked in tests. */
import type { Clock, Files, Http, Processes, Random, TlsClientOptions } from '@notary/base';
import type { ProgramDeps } from '@notary/cli';

export interface AppDeps extends ProgramDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  /** The folder that relative paths start from. */
  readonly workingDirectory: string;
  /** `Bun 1.4.5`, `Node 20.19.0`. */
  readonly runtime: string;
  http(options?: { readonly tls?: TlsClientOptions }): Http;
}
