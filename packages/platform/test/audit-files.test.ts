// SPDX-License-Identifier: Apache-2.0
/** Faults that other tools had with files, each as the situation that would show it here. See docs/explanation/audits.md. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromUtf8, toUtf8 } from '@notary/base';
import { recordSkip } from '@notary/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../src/index.ts';

const files = createNodeFiles();
const SHARED_MEMORY = '/dev/shm';

/** Is there a folder on another file system than the one for temporary files? */
function isSecondFileSystem(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.dev !== statSync(tmpdir()).dev;
}

const twoFileSystems = isSecondFileSystem(SHARED_MEMORY);
if (!twoFileSystems) recordSkip('a second file system', `${SHARED_MEMORY} is none`);

let here: string;
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), 'notary-audit-'));
});
afterEach(() => rmSync(here, { recursive: true, force: true }));

describe('replacing a file', () => {
  it('[CVE-2024-51491] [QB-11] does not need the folder for temporary files, which may be elsewhere or nowhere', async () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(here, 'nowhere');
    try {
      await files.writeAtomic(join(here, 'a'), toUtf8('new'), { mode: 0o600 });
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    expect([readFileSync(join(here, 'a'), 'utf8'), readdirSync(here)]).toEqual(['new', ['a']]);
  });

  // A `private/` on a removable disk, with the staging directory beside it on the other one.
  it.skipIf(!twoFileSystems)('[CVE-2024-51491] [QB-11] works across file systems, whole and with its mode', async () => {
    const there = mkdtempSync(join(SHARED_MEMORY, 'notary-audit-'));
    try {
      const target = join(there, 'key');
      const options = { mode: 0o640, stagingDir: here };
      await files.writeAtomic(target, toUtf8('one'), { ...options, exclusive: true });
      expect([readFileSync(target, 'utf8'), statSync(target).mode & 0o777]).toEqual(['one', 0o640]);
      await expect(files.writeAtomic(target, toUtf8('two'), { ...options, exclusive: true })).rejects.toMatchObject({
        code: 'FILES_EXISTS',
      });
      const big = new Uint8Array(3_000_000).fill(7);
      await files.writeAtomic(target, big, options);
      expect(readFileSync(target).equals(big)).toBe(true);
      expect([readdirSync(there), readdirSync(here)]).toEqual([['key'], []]);
    } finally {
      rmSync(there, { recursive: true, force: true });
    }
  });

  it('[CVE-2026-6968] [CVE-2026-50162] replaces a link in its place and leaves alone what the link leads to', async () => {
    const outside = join(here, 'outside');
    writeFileSync(outside, 'mine');
    const link = join(here, 'link');
    symlinkSync(outside, link);
    await files.writeAtomic(link, toUtf8('theirs'), { mode: 0o600 });
    expect([readFileSync(outside, 'utf8'), fromUtf8(new Uint8Array(readFileSync(link)))]).toEqual(['mine', 'theirs']);
  });
});
