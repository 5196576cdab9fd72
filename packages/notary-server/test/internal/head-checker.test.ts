// SPDX-License-Identifier: Apache-2.0
/** The shared check: an answer always comes from a query that began after the question. */
import { describe, expect, it } from 'vitest';
import { MAX_HEADS_PER_QUERY } from '../../src/limits.ts';
import { HeadChecker } from '../../src/read/head-checker.ts';
import type { Head } from '../../src/storage/port.ts';

/** A store whose queries end when told. */
function slowStore() {
  const queries: { guns: readonly string[]; begun: number; end: () => void; fail: () => void }[] = [];
  let time = 0;
  const tick = () => ++time;
  const store = {
    heads(guns: readonly string[]): Promise<ReadonlyMap<string, Head>> {
      const begun = tick();
      return new Promise((resolve, reject) => {
        const end = () => resolve(new Map(guns.map((g) => [g, { id: begun, version: begun, sha256: '' }])));
        queries.push({ guns, begun, end, fail: () => reject(new Error('down')) });
      });
    },
  };
  return { store, queries, tick };
}

const turn = () => new Promise((r) => setTimeout(r, 0));

describe('the shared check', () => {
  it('sends one query at a time; who comes meanwhile shares the next, never the one in flight', async () => {
    const { store, queries, tick } = slowStore();
    const checker = new HeadChecker(store);
    const first = checker.check('a');
    expect(queries.map((q) => q.guns)).toEqual([['a']]);
    const asked = tick();
    const later = [checker.check('a'), checker.check('b'), checker.check('a')];
    await turn();
    expect(queries).toHaveLength(1);
    queries[0]?.end();
    expect((await first)?.id).toBe(1);
    await turn();
    expect(queries.map((q) => q.guns)).toEqual([['a'], ['a', 'b']]);
    queries[1]?.end();
    for (const head of await Promise.all(later)) expect(head?.id).toBeGreaterThan(asked);
    expect(checker.queries).toBe(2);
  });

  it('a failed query fails those who waited for it, not those after', async () => {
    const { store, queries } = slowStore();
    const checker = new HeadChecker(store);
    const failed = checker.check('a');
    const next = checker.check('a');
    queries[0]?.fail();
    await expect(failed).rejects.toThrow('down');
    await turn();
    queries[1]?.end();
    expect((await next)?.version).toBe(2);
    await turn();
    const third = checker.check('c');
    queries[2]?.end();
    expect((await third)?.id).toBe(3);
  });

  it('many collections are asked for in bounded queries', async () => {
    const { store, queries } = slowStore();
    const checker = new HeadChecker(store);
    const all = [checker.check('first'), ...Array.from({ length: 3 * MAX_HEADS_PER_QUERY }, (_, i) => checker.check(`g${i}`))];
    for (let i = 0; i < queries.length || i < 4; i++) {
      await turn();
      queries[i]?.end();
    }
    expect((await Promise.all(all)).every((h) => h !== undefined)).toBe(true);
    expect(Math.max(...queries.map((q) => q.guns.length))).toBe(MAX_HEADS_PER_QUERY);
  });

  it('whatever the order of questions and answers, no answer is older than its question', async () => {
    const { store, queries, tick } = slowStore();
    const checker = new HeadChecker(store);
    let seed = 42;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    const checks: Promise<void>[] = [];
    let ended = 0;
    for (let i = 0; i < 400; i++) {
      if (random() < 0.6) {
        const asked = tick();
        checks.push(
          checker.check(`g${Math.floor(random() * 5)}`).then((head) => {
            expect(head?.id).toBeGreaterThan(asked);
          }),
        );
      } else if (ended < queries.length) queries[ended++]?.end();
      if (random() < 0.3) await turn();
    }
    for (;;) {
      await turn();
      if (ended >= queries.length) break;
      queries[ended++]?.end();
    }
    await Promise.all(checks);
    expect(checker.queries).toBeLessThan(checks.length);
  });
});
