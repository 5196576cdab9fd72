// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { checkFaultTests, codesOf } from '../fault-tests.mjs';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

function house(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'house-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const table = `export const faults = defineFaults('AREA', {
  ONE: { category: 'usage', say: () => 'x' },
  TWO_OF: {
    category: 'usage',
    say: (f: { NOT_A_CODE: string }) => f.NOT_A_CODE,
  },
});
`;
const source = 'packages/a/src/faults.ts';

describe('tests of faults', () => {
  it('reads every row of a table, and nothing inside one', () => {
    expect(codesOf(table)).toEqual(['AREA_ONE', 'AREA_TWO_OF']);
  });

  it('wants each code named in full by a suite, a contract or a manifest of vectors', () => {
    const problems = (more: Record<string, string>) => checkFaultTests(house({ [source]: table, ...more }), {}).problems;
    const one = `${source}: no test names AREA_ONE`;
    expect(problems({})).toEqual([one, `${source}: no test names AREA_TWO_OF`]);
    const two = { 'packages/a/test/a.test.ts': "'AREA_TWO_OF'" };
    expect(problems({ ...two, 'packages/a/test/b.test.ts': "'AREA_ONE_MORE' 'AREA_' + 'ONE'" })).toEqual([one]);
    expect(problems({ ...two, 'packages/a/test/support.ts': "'AREA_ONE'" })).toEqual([one]);
    for (const file of ['test/b.test.ts', 'packages/testkit/src/contract/x.ts', 'vectors/x/manifest.json'])
      expect(problems({ ...two, [file]: '"AREA_ONE"' }), file).toEqual([]);
  });

  it('excuses what is excused, and nothing for longer than it needs', () => {
    const named = { [source]: table, 'packages/a/test/a.test.ts': 'AREA_TWO_OF' };
    expect(checkFaultTests(house(named), { AREA_ONE: 'why' })).toEqual({ problems: [], codes: 2 });
    expect(checkFaultTests(house(named), { AREA_ONE: 'why', AREA_TWO_OF: 'why', AREA_X: 'why' }).problems).toEqual([
      'AREA_TWO_OF: excused from a test, and named by one',
      'AREA_X: excused from a test, and declared nowhere',
    ]);
  });

  it('notices a table that it cannot read', () => {
    const root = house({ [source]: 'const faults = defineFaults(area, rows);\n' });
    expect(checkFaultTests(root, {}).problems).toEqual([`${source}: a table of faults is not written in the usual form`]);
  });

  it('reads this repository', () => {
    expect(checkFaultTests(fileURLToPath(new URL('../..', import.meta.url))).codes).toBeGreaterThan(500);
  });
});
