// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, describe, expect, it } from 'vitest';

const made: string[] = [];
// Hooks of a file run in the order of registration or against it: this one is registered on either side of the folders' own.
const check = (): void => {
  if (gone) for (const folder of made) if (existsSync(folder)) throw new Error(`${folder} is still there`);
  gone = true;
};
let gone = false;
afterAll(check);
const newFolder = temporaryFolders('testkit-');
afterAll(check);

describe('temporary folders', () => {
  it('are new each time, and have gone after the last test with all they hold', () => {
    made.push(newFolder(), newFolder());
    expect(new Set(made).size).toBe(2);
    for (const folder of made) {
      mkdirSync(join(folder, 'sub'));
      writeFileSync(join(folder, 'sub/file'), 'x');
      expect(existsSync(folder)).toBe(true);
    }
  });

  const early = (() => {
    try {
      return newFolder();
    } catch (e) {
      return e;
    }
  })();
  it('are refused while tests are collected, when nothing would remove them', () => {
    expect(early).toBeInstanceOf(Error);
  });
});
