// SPDX-License-Identifier: Apache-2.0
/** Against the Go tool, where NOTATION_GO names one. */
import { counterpart } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { comparable, createTwin, ourTool, putFile, removeTwin, runStep, treeOf } from './differential/compare.ts';
import { scripts } from './differential/rows.ts';

const theirs = counterpart('notation-go');

describe.skipIf(theirs === undefined)('the Go notation does the same', () => {
  it.each(scripts)(
    '$name',
    ({ rows }) => {
      const twins = { ours: createTwin(ourTool()), theirs: createTwin({ file: theirs as string, args: [] }) };
      try {
        for (const row of rows) {
          if ('put' in row) {
            putFile(twins.ours, row);
            putFile(twins.theirs, row);
            continue;
          }
          const line = `notation ${row.argv.join(' ')}`;
          const expected = comparable(runStep(twins.theirs, row), row.differs);
          expect({ line, outcome: comparable(runStep(twins.ours, row), row.differs) }).toEqual({ line, outcome: expected });
        }
        expect(treeOf(twins.ours)).toEqual(treeOf(twins.theirs));
      } finally {
        removeTwin(twins.ours);
        removeTwin(twins.theirs);
      }
    },
    120_000,
  );

  it('every row that differs says why', () => {
    for (const { rows } of scripts) for (const row of rows) if ('differs' in row) expect(row.differs?.why.length).toBeGreaterThan(10);
  });
});
