// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../build.mjs';

describe('what executables are made of', () => {
  it('is every source of libraries and executables, however deep, and no test', () => {
    const files = sourceFiles();
    for (const file of ['packages/base/src/index.ts', 'packages/base/src/json/parse.ts', 'apps/notation/src/main.ts', 'package-lock.json'])
      expect(files).toContain(file);
    expect(files.filter((file) => file.includes('/test/'))).toEqual([]);
  });
});
