// SPDX-License-Identifier: Apache-2.0
/**
 * What this machine had to test against and what it lacked. Each thing is noted once: what is missing on standard error, and
 * all of it, one JSON object a line, in the file that NOTARY_COUNTERPARTS_LOG names: the test command prints it at its end, and CI
 * fails when something is installed that no test exercised.
 */
import { appendFileSync } from 'node:fs';

/** One line: `{"name":"docker-registry","found":false,"reason":"not on PATH"}`. */
export interface CounterpartNote {
  readonly name: string;
  readonly found: boolean;
  readonly reason?: string;
}

const seen = new Set<string>();

function record(note: CounterpartNote): void {
  const line = JSON.stringify(note);
  if (seen.has(line)) return;
  seen.add(line);
  if (!note.found) process.stderr.write(`skipped: ${note.name}: ${note.reason}\n`);
  const file = process.env.NOTARY_COUNTERPARTS_LOG;
  if (file) appendFileSync(file, `${line}\n`);
}

/** Notes that tests are skipped because `name` is absent. */
export const recordSkip = (name: string, reason: string): void => record({ name, found: false, reason });

/** Notes that tests ran against `name`. */
export const recordExercised = (name: string): void => record({ name, found: true });
