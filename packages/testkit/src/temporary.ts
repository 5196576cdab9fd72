// SPDX-License-Identifier: Apache-2.0
/** Folders that last as long as the tests of a file. Needs a test runner, and so has an entry of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/**
 * Makes folders whose names begin with `prefix`, and removes them after the last test, however the tests end. Call it at the top of a test
 * file, and what it returns in hooks and tests: a folder made while tests are collected would stay where all of them are skipped.
 */
export function temporaryFolders(prefix: string): () => string {
  const made: string[] = [];
  let running = false;
  beforeAll(() => {
    running = true;
  });
  afterAll(() => {
    running = false;
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (!running) throw new Error('a temporary folder is made in a hook or a test, never while tests are collected');
    const folder = mkdtempSync(join(tmpdir(), prefix));
    made.push(folder);
    return folder;
  };
}
