// SPDX-License-Identifier: Apache-2.0
/** The temporary folder of a run: what the tests leave in theirs is named, and goes with it. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Databases end, and remove their files, when the process of the tests has gone: some seconds on a busy machine. */
const PATIENCE_MS = 20_000;

/** `folder` is for the command itself, `env` sends the tests' temporary files to a folder in it, `leftovers` names what is there still. */
export function openScratch(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  // Database servers run as users of their own, and have folders in it.
  for (const path of [folder, temporary]) chmodSync(path, 0o711);
  return {
    folder,
    env: { TMPDIR: temporary },
    async leftovers() {
      for (let waited = 0; waited < PATIENCE_MS && readdirSync(temporary).length > 0; waited += 100) await sleep(100);
      return readdirSync(temporary).sort();
    },
    close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
