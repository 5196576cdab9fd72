// SPDX-License-Identifier: Apache-2.0
/** One artifact with a hundred signatures of which one is trusted. */
import { interleave, processRow, type Scenario } from '../harness.ts';
import { workbench } from '../workbench.ts';

const SIGNATURES = 100;

export const scenario: Scenario = {
  name: 'notation-many-signatures',
  title: 'notation: an artifact with a hundred signatures',
  about: `The artifact has ${SIGNATURES} signatures; the last one made is by the trusted key, the others are by a key that no trust store knows. Which of them a tool looks at first is its own business.`,
  async run(context) {
    const bench = await workbench(context);
    const count = context.quick ? 20 : SIGNATURES;
    const reference = await bench.push('many/app', 'v1');
    context.say(`making ${count} signatures`);
    for (let i = 1; i < count; i++) await bench.notation('sign', '--key', 'stranger', reference);
    await bench.notation('sign', reference);
    const rounds = Math.max(3, Math.ceil(context.rounds / 4));
    return [
      processRow(
        `verify by digest, ${count} signatures`,
        await interleave(
          bench.contenders(() => ['verify', reference]),
          rounds,
          3,
        ),
      ),
    ];
  },
};
