// SPDX-License-Identifier: Apache-2.0
/** Tests that need something this machine may lack say so by name: once on standard error, and in a file that CI reads. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './root.ts';

/** One line of the file: `{"name":"docker-registry","reason":"not on PATH"}`. */
export interface Skip {
  readonly name: string;
  readonly reason: string;
}

/** `.cache/skips.jsonl` in the repository, or what NOTARY_SKIPS_FILE names. */
export const skipsFile = (): string => process.env.NOTARY_SKIPS_FILE || join(repositoryRoot(), '.cache', 'skips.jsonl');

const seen = new Set<string>();

/** Records that tests are skipped because `name` is absent. */
export function recordSkip(name: string, reason: string): void {
  const line = JSON.stringify({ name, reason });
  if (seen.has(line)) return;
  seen.add(line);
  process.stderr.write(`skipped: ${name}: ${reason}\n`);
  mkdirSync(dirname(skipsFile()), { recursive: true });
  appendFileSync(skipsFile(), `${line}\n`);
}
