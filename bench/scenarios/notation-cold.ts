// SPDX-License-Identifier: Apache-2.0
/** Cold commands: what a step of a pipeline pays each time. */
import { type BenchContext, interleave, processRow, type Row, roundsInAll, type Scenario, withAim } from '../harness.ts';
import { GO, type Workbench, workbench } from '../workbench.ts';

const NOT_SLOWER = 'a cold command is not slower than that of the Go tool';
const PEAK_MIB = 50;

/** Met, unless the counterpart is better beyond noise; undefined without one. */
const notSlower = (row: Row): boolean | undefined =>
  row.comparisons[GO] === undefined ? undefined : row.comparisons[GO].verdict !== 'worse';

async function commandRow(
  context: BenchContext,
  bench: Workbench,
  title: string,
  args: (round: number, name: string) => readonly string[],
): Promise<Row> {
  context.say(title);
  const row = processRow(title, await interleave(bench.contenders(args), context.rounds));
  return withAim(row, NOT_SLOWER, notSlower(row));
}

/** Signing adds to the registry, so each round and each contender has an artifact of its own. */
async function signRow(context: BenchContext, bench: Workbench, title: string, repository: string, host: string): Promise<Row> {
  const references = new Map<string, string>();
  const names = bench.contenders(() => []).map((c) => c.name);
  for (let round = 0; round < roundsInAll(context.rounds); round++)
    for (const name of names) {
      const pushed = await bench.push(`${repository}/${name}`, `v${round}`);
      references.set(`${name} ${round}`, host + pushed.slice(pushed.indexOf('/')));
    }
  return commandRow(context, bench, title, (round, name) => ['sign', references.get(`${name} ${round}`) ?? '']);
}

/** Each reference for the first time, which needs one for each round, and one of them again and again. */
async function delayedRows(context: BenchContext, bench: Workbench): Promise<Row[]> {
  const proxy = await bench.proxy(0);
  const rows: Row[] = [];
  for (const delayMs of context.quick ? [10] : [10, 50]) {
    const repository = `cold/${delayMs}`;
    const signed = await bench.signMany(repository, roundsInAll(context.rounds));
    const byDigest = signed.map((reference) => `${proxy.host}/${repository}${reference.slice(reference.indexOf('@'))}`);
    const byTag = signed.map((_, i) => `${proxy.host}/${repository}:v${i}`);
    await proxy.setDelay(delayMs);
    for (const [by, references] of [
      ['digest', byDigest],
      ['tag', byTag],
    ] as const) {
      const title = `verify by ${by}, registry ${delayMs} ms away`;
      rows.push(await commandRow(context, bench, `${title}, first time`, (round) => ['verify', references[round] ?? '']));
      rows.push(await commandRow(context, bench, `${title}, again`, () => ['verify', references[0] ?? '']));
    }
    rows.push(await signRow(context, bench, `sign by digest, registry ${delayMs} ms away`, `sign/${delayMs}`, proxy.host));
  }
  return rows;
}

export const scenario: Scenario = {
  name: 'notation-cold',
  title: 'notation: cold commands',
  about:
    'Each sample is a process of its own against the registry of this project on the loopback, with one key, one policy and one trust store for both tools. A registry farther away is a proxy that holds each request for that time; a reference that our tool has verified there before costs it one round trip.',
  async run(context) {
    const bench = await workbench(context);
    const [reference = ''] = await bench.signMany('cold/app', 1);
    const byTag = `${bench.host}/cold/app:v0`;
    const verified = await commandRow(context, bench, 'verify by digest', () => ['verify', reference]);
    const peak = verified.peakMiB?.ours ?? Number.POSITIVE_INFINITY;
    return [
      await commandRow(context, bench, 'version', () => ['version']),
      verified,
      {
        ...withAim(
          { ...verified, row: 'peak memory of verify', values: {}, comparisons: {} },
          `at most ${PEAK_MIB} MiB: ${peak.toFixed(1)}`,
          peak <= PEAK_MIB,
        ),
      },
      await commandRow(context, bench, 'verify by tag', () => ['verify', byTag]),
      await signRow(context, bench, 'sign by digest', 'sign/near', bench.host),
      ...(await delayedRows(context, bench)),
    ];
  },
};
