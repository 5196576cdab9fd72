// SPDX-License-Identifier: Apache-2.0
/** A thousand references: one call of ours beside a loop over either tool. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, interleave, type Row, type Scenario, sampleRow, withAim } from '../harness.ts';
import { GO, OURS, workbench } from '../workbench.ts';

const REFERENCES = 1_000;
const ROUNDS = 3;

export const scenario: Scenario = {
  name: 'notation-bulk',
  title: 'notation: a thousand references',
  about:
    'As many artifacts, each with one signature. Ours is one call with --file; the loop starts a tool once for each reference from one shell. The numbers are for all references together.',
  async run(context) {
    const bench = await workbench(context);
    const count = context.quick ? 50 : REFERENCES;
    context.say(`signing ${count} artifacts`);
    const references = await bench.signMany('bulk/app', count);
    const file = join(bench.home, 'references.txt');
    writeFileSync(file, `${references.join('\n')}\n`);
    const loop = 'while read -r reference; do "$0" verify "$reference" || exit 1; done <"$1"';
    const [ours, go] = bench.contenders(() => []);
    if (ours === undefined) return [];
    // Without the Go tool a loop over ours shows what one call saves.
    const looped = go === undefined ? { ...ours, name: 'loop over ours' } : { ...go, name: `loop over ${GO}` };
    const contenders: Contender[] = [
      { ...ours, name: OURS, args: () => ['verify', '--file', file] },
      { ...looped, file: '/bin/sh', args: () => ['-c', loop, looped.file, file] },
    ];
    context.say('verifying');
    const samples = await interleave(contenders, context.quick ? 2 : ROUNDS, 1);
    const seconds = new Map([...samples].map(([name, s]) => [name, s.wallMs.map((ms) => ms / 1_000)]));
    const row: Row = sampleRow(`verify ${count} references`, 's', 'less', seconds);
    const ratio = row.comparisons[`loop over ${GO}`]?.ratio;
    return [
      withAim(
        row,
        `ten times faster than a loop over the Go tool: ${ratio === undefined ? '' : (1 / ratio).toFixed(1)}`,
        ratio === undefined ? undefined : ratio <= 0.1,
      ),
    ];
  },
};
