// SPDX-License-Identifier: Apache-2.0
/** How often a verification waits for the registry, counted by a proxy that asks for tokens. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchContext, interleave, longestChain, type Row, type Scenario, sampleRow, withAim } from '../harness.ts';
import { type DelayProxy, OURS, type Workbench, workbench } from '../workbench.ts';

/** Long enough that what is asked side by side overlaps. */
const DELAY_MS = 30;

interface Counted {
  readonly trips: number;
  readonly requests: number;
}

async function count(bench: Workbench, proxy: DelayProxy, name: string, args: readonly string[]): Promise<Counted | undefined> {
  const contender = bench.contenders(() => args).find((c) => c.name === name);
  if (contender === undefined) return undefined;
  await proxy.reset();
  await interleave([contender], 0, 0);
  const log = await proxy.log();
  return { trips: longestChain(log), requests: log.length };
}

async function row(
  context: BenchContext,
  bench: Workbench,
  proxy: DelayProxy,
  title: string,
  reference: string,
  most: number,
  prepare: () => void | Promise<void>,
): Promise<Row> {
  const found = new Map<string, number[]>();
  const requests: string[] = [];
  for (const { name } of bench.contenders(() => [])) {
    await prepare();
    const counted = await count(bench, proxy, name, ['verify', reference]);
    if (counted === undefined) continue;
    found.set(name, [counted.trips]);
    requests.push(`${name} ${counted.requests}`);
  }
  context.say(title);
  const trips = found.get(OURS)?.[0] ?? Number.POSITIVE_INFINITY;
  const { comparisons: _, ...counts } = sampleRow(title, 'round trips', 'less', found);
  return {
    ...withAim({ ...counts, comparisons: {} }, `at most ${most}: ${trips}`, trips <= most),
    note: `requests: ${requests.join(', ')}`,
  };
}

export const scenario: Scenario = {
  name: 'notation-round-trips',
  title: 'notation: sequential round trips',
  about:
    'A proxy that asks for a token and holds each request keeps when requests began and ended. Counted is the longest chain of requests of which each began after the one before had ended: what distance costs.',
  async run(context) {
    const bench = await workbench(context);
    const proxy = await bench.proxy(DELAY_MS, '--token');
    const [reference = '', another = ''] = await bench.signMany('trips/app', 2);
    const there = (signed: string): string => `${proxy.host}/trips/app${signed.slice(signed.indexOf('@'))}`;
    const byDigest = there(reference);
    const byTag = `${proxy.host}/trips/app:v0`;
    const forget = (): void => rmSync(join(bench.home, '.cache'), { recursive: true, force: true });
    const once = (reference: string) => (): Promise<void> => bench.notation('verify', reference);
    // What is verified first is another artifact of the repository: its token is kept, and nothing is known of the one that counts.
    const onlyToken = async (): Promise<void> => {
      forget();
      await bench.notation('verify', there(another));
    };
    const cold = [
      await row(context, bench, proxy, 'verify by digest, no token yet', byDigest, 6, forget),
      await row(context, bench, proxy, 'verify by tag, no token yet', byTag, 6, forget),
    ];
    return [
      ...cold,
      await row(context, bench, proxy, 'verify by digest, token kept', byDigest, 3, onlyToken),
      await row(context, bench, proxy, 'verify by tag, token kept', byTag, 4, onlyToken),
      await row(context, bench, proxy, 'verify by digest, verified before', byDigest, 1, once(byDigest)),
      await row(context, bench, proxy, 'verify by tag, verified before', byTag, 1, once(byTag)),
    ];
  },
};
