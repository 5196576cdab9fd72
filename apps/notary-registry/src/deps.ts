// SPDX-License-Identifier: Apache-2.0
/** What commands get from the outside world: built once in `compose.ts`, faked in tests. */
import type { Clock, Files, Listener, Random, Signals } from '@notary/base';
import type { ProgramDeps } from '@notary/cli';

export interface AppDeps extends ProgramDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  readonly listener: Listener;
  readonly signals: Signals;
}
