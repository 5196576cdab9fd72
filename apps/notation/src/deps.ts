// SPDX-License-Identifier: Apache-2.0
/** What commands get from the outside world: built once in `compose.ts`, faked in tests. */
import type { Clock, Files, Http, Processes, Random, TlsClientOptions } from '@notary/base';
import type { ProgramDeps } from '@notary/cli';
import type { Zone } from '@notary/cli/format';

/** The machine as Go names it: `linux`, `darwin`, `windows`; `amd64`, `arm64`. */
export interface Host {
  readonly os: string;
  readonly arch: string;
  /** `Bun 1.4.5`, `Node 20.19.0`. */
  readonly runtime: string;
  /** The zone of the machine at an instant: times are shown in it where the reference does. */
  zoneAt(at: Date): Zone;
}

export interface AppDeps extends ProgramDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  readonly host: Host;
  /** The folder that relative paths start from. */
  readonly workingDirectory: string;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  http(options?: { readonly tls?: TlsClientOptions }): Promise<Http>;
  /** More is coming than a short command does: code is worth optimising from here on. */
  expectLongWork(): void;
  /** Takes registry credentials out of the process's environment, so that no child process inherits them. */
  forgetCredentials(): void;
}
