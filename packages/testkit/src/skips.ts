// SPDX-License-Identifier: Apache-2.0
/**
 * What this machine had to test against and what it lacked. Each thing is noted once a file: what is missing on standard error, and
 * all of it, one JSON object a line, in the file that NOTARY_COUNTERPARTS_LOG names. The test command prints it at its end, with how many
 * tests each absence cost, and CI fails when something is installed that no test exercised.
 */
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { repositoryRoot } from './root.ts';

/** One line: `{"name":"docker-registry","found":false,"reason":"not on PATH","files":["packages/oci/test/remote.test.ts"]}`. */
export interface CounterpartNote {
  readonly name: string;
  readonly found: boolean;
  readonly reason?: string;
  /** Who asked: the module, and what called or imported it, as paths from the root of the repository. */
  readonly files: readonly string[];
}

const seen = new Set<string>();

/** The files that ask, as the stack tells: no runner says while tests are collected. */
function askingFiles(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 40;
  const frames = (new Error().stack ?? '').match(/\/[^\s():]+\.ts(?=:\d)/g) ?? [];
  Error.stackTraceLimit = stackTraceLimit;
  const paths = frames.map((path) => relative(repositoryRoot(), path));
  return [...new Set(paths)].filter((path) => !path.startsWith('packages/testkit/src/'));
}

function record(note: Omit<CounterpartNote, 'files'>): void {
  const line = JSON.stringify({ ...note, files: askingFiles() } satisfies CounterpartNote);
  if (seen.has(line)) return;
  seen.add(line);
  const once = `${note.name} ${note.reason}`;
  if (!note.found && !seen.has(once)) process.stderr.write(`skipped: ${note.name}: ${note.reason}\n`);
  seen.add(once);
  const log = process.env.NOTARY_COUNTERPARTS_LOG;
  if (log) appendFileSync(log, `${line}\n`);
}

/** Notes that tests are skipped because `name` is absent. */
export const recordSkip = (name: string, reason: string): void => record({ name, found: false, reason });

/** Notes that tests run against `name`. */
export const recordExercised = (name: string): void => record({ name, found: true });
