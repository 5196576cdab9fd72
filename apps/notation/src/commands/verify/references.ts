// SPDX-License-Identifier: Apache-2.0
/** Many references in one call. */
import { fromUtf8 } from '@notary/base';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';
import { limits } from '../../limits.ts';
import { readExisting } from '../../store/files.ts';

/** References of a file, one a line; empty lines and lines that begin with `#` are passed over. `-` is standard input. */
export async function readReferences(deps: AppDeps, path: string): Promise<readonly string[]> {
  const bytes =
    path === '-' ? await deps.terminal.readAll(limits.referenceListBytes) : await readExisting(deps.files, path, limits.referenceListBytes);
  const references = fromUtf8(bytes)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (references.length === 0) throw faults.REFERENCES_NONE({ path });
  return references;
}

const AT_ONCE = 16; // requests of this many references overlap; more gain nothing on one machine

/** Works on several items at once and yields the results in the order of the items. */
export async function* inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  let next = 0;
  while (next < items.length || running.length > 0) {
    while (next < items.length && running.length < AT_ONCE) running.push(work(items[next++] as T));
    yield (await running.shift()) as R;
  }
}
