// SPDX-License-Identifier: Apache-2.0
/** What a scenario is. A file in `scenarios/` that exports one named `scenario` is found by the runner. */
import type { CounterpartName } from '@notary/testkit';
import type { Row } from './processes.ts';

export interface BenchContext {
  /** Rounds a row; a scenario may do fewer of what is slow. */
  readonly rounds: number;
  /** Rounds a row of loads that last for seconds each: enough to be judged. */
  readonly loadRounds: number;
  /** Less of everything: to see that it works. */
  readonly quick: boolean;
  /** Path of a fresh copy of an executable of this project. */
  ours(name: string): string;
  /** Path of a fresh copy of a counterpart, or undefined: then it is named as absent in the report. */
  counterpart(name: CounterpartName): string | undefined;
  /** One line of progress. */
  say(line: string): void;
  /** Called at the end of the run, last first. */
  atEnd(work: () => void | Promise<void>): void;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is compared with what, and how: a sentence or two for the page. */
  readonly about: string;
  run(context: BenchContext): Promise<readonly Row[]>;
}

export { type Contender, interleave, processRow, type Row, roundsInAll, sampleRow, withAim } from './processes.ts';
export { compare, longestChain, type Stats, stats } from './statistics.ts';
