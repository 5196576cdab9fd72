// SPDX-License-Identifier: Apache-2.0
/** Questions. Without a terminal the answer is read from standard input, and its end is an answer too: nothing ever blocks. */
import { Secret, type Terminal } from '@notary/base';
import { faults } from '../faults.ts';

/** `yes`, `no`, or `ended`: standard input was at its end. */
export type Answer = 'yes' | 'no' | 'ended';

/** Prints `<question> [y/N] ` and reads one line. Only `y` and `yes` in any case, without blanks, confirm. */
export async function confirm(terminal: Terminal, question: string): Promise<Answer> {
  terminal.out(`${question} [y/N] `);
  const line = await terminal.readLine();
  if (line === undefined) return 'ended';
  return /^(y|yes)$/i.test(line) ? 'yes' : 'no';
}

/** What is asked for, and where it is read if nobody can be asked. */
export interface Secrets {
  /** The text before the cursor, on standard error: `Passphrase: `. */
  readonly prompt: string;
  /** What is missing when standard input ends: `CLI_INPUT_ENDED`. */
  readonly what: string;
}

/** A secret typed without echo on a terminal, or a line of standard input. */
export async function askSecret(terminal: Terminal, { prompt, what }: Secrets): Promise<Secret<string>> {
  // The reading first: who answers the moment the question is there would be echoed otherwise.
  const reading = terminal.readSecret();
  terminal.err(prompt);
  const line = await reading;
  if (line === undefined) throw faults.INPUT_ENDED({ what });
  return new Secret(line);
}
