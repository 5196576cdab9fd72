// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { checkAudits } from '../audits.mjs';

// In pieces, so that these numbers are not taken for those of a real test.
const title = (id: string): string => `it('[${id}] is refused', () => {});`;
const stray = (id: string): string => `a.test.ts: [${id}] is not on the page, or does not apply there`;
const row = (id: string, here: string, ...files: string[]): string =>
  `| ${id} | something is wrong | ${here} | ${files.map((f) => `\`${f}\``).join(', ')} |`;

describe('the page of audits', () => {
  it('agrees with the tests', () => {
    const page = [
      '| no. | finding | here | tests |',
      '|---|---|---|---|',
      row('QB-90', 'yes', 'a.test.ts'),
      row('QB-91', 'no: there is no such thing'),
    ];
    expect(checkAudits(page.join('\n'), new Map([['a.test.ts', title('QB-90')]]))).toEqual([]);
    expect(checkAudits('', new Map())).toEqual(['no finding was read']);
  });

  it.each([
    ['QB-90: no test of a.test.ts carries this number', row('QB-90', 'yes', 'a.test.ts'), ''],
    ['QB-90: no test is named', row('QB-90', 'yes'), ''],
    ['QB-90: neither "yes" nor "no:" with the reason', row('QB-90', 'no: why'), ''],
    [stray('QB-91'), row('QB-90', 'no: there is no such thing'), title('QB-91')],
    [stray('QB-90'), row('QB-90', 'no: there is no such thing'), title('QB-90')],
    ['QB-90: the page does not name a.test.ts', row('QB-90', 'yes', 'b.test.ts'), title('QB-90')],
    ['QB-90: listed twice', `${row('QB-90', 'no: there is no such thing')}\n${row('QB-90', 'no: there is no such thing')}`, ''],
  ])('shows: %s', (problem, page, text) => {
    expect(checkAudits(page, new Map([['a.test.ts', text]]))).toContain(problem);
  });
});
