// SPDX-License-Identifier: Apache-2.0
/** A thousand references: one call of ours beside a loop over either tool. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, interleave, type Scenario, sampleRow, stats, withAim } from '../harness.ts';
import { GO, OURS, workbench } from '../workbench.ts';

const REFERENCES = 1_000;
const TIMES_FASTER = 10;
const LOOP = 'while read -r reference; do "$0" verify "$reference" || exit 1; done <"$1"';

export const scenario: Scenario = {
  name: 'notation-bulk',
  title: 'notation: a thousand references',
  about:
    'As many artifacts, each with one signature. Ours is one call with --file; the loop starts the Go tool once for each reference from one shell. The numbers are for all references together.',
  async run(context) {
    const bench = await workbench(context);
    const count = context.quick ? 50 : REFERENCES;
    context.say(`signing ${count} artifacts`);
    const references = await bench.signMany('bulk/app', count);
    const file = join(bench.home, 'references.txt');
    writeFileSync(file, `${references.join('\n')}\n`);
    const [ours, go] = bench.contenders(() => []);
    if (ours === undefined) return [];
    // Without the Go tool a loop over ours shows what one call saves.
    const looped = go ?? ours;
    const loop = `loop over ${go === undefined ? OURS : GO}`;
    const contenders: Contender[] = [
      { ...ours, args: () => ['verify', '--file', file] },
      { ...looped, name: loop, file: '/bin/sh', args: () => ['-c', LOOP, looped.file, file] },
    ];
    context.say(`verifying them ${context.loadRounds + 1} times either way`);
    const samples = await interleave(contenders, context.loadRounds, 0);
    const seconds = new Map([...samples].map(([name, s]) => [name, s.wallMs.map((ms) => ms / 1_000)]));
    const cpuMs = Object.fromEntries([...samples].map(([name, s]) => [name, stats(s.cpuMs).median]));
    const row = { ...sampleRow(`verify ${count} references`, 's', 'less', seconds), cpuMs };
    const times = 1 / (row.comparisons[loop]?.ratio ?? Number.NaN);
    const text = `at least ${TIMES_FASTER} times faster than the loop over the Go tool: ${times.toFixed(1)} times`;
    return [withAim(row, text, go === undefined ? undefined : times >= TIMES_FASTER)];
  },
};
