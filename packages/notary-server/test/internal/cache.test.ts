// SPDX-License-Identifier: Apache-2.0
/** The cache is bounded, drops whole collections, and never brings an older head back. */
import { describe, expect, it } from 'vitest';
import { type Answer, AnswerCache } from '../../src/read/cache.ts';

const head = (id: number) => ({ id, version: id, sha256: String(id) });
const put = (cache: AnswerCache, gun: string, id: number, name: string, size = 1000): boolean => {
  const collection = cache.collection(gun, head(id), 0);
  if (collection === undefined) return false;
  const answer: Answer = {
    bytes: new Uint8Array(size),
    init: { headers: new Headers() },
    operation: 'GetRole',
    collection,
    dueAt: Number.POSITIVE_INFINITY,
  };
  cache.add(`${gun}/${name}`, answer);
  return true;
};

describe('the cache of answers', () => {
  it('forgets a collection whose head has changed, and refuses an older head', () => {
    const cache = new AnswerCache(1_000_000);
    put(cache, 'a', 1, 'root');
    put(cache, 'a', 1, 'targets');
    expect(cache.find('a/root')).toBeDefined();
    expect(put(cache, 'a', 2, 'root')).toBe(true);
    expect([cache.find('a/targets'), cache.find('a/root')?.collection.head.id]).toEqual([undefined, 2]);
    expect(put(cache, 'a', 1, 'targets')).toBe(false);
    expect(cache.find('a/root')?.collection.head.id).toBe(2);
  });

  it('stays within its bytes; what was used since the last look is spared once', () => {
    const cache = new AnswerCache(50_000);
    for (let i = 0; i < 100; i++) {
      put(cache, `g${i}`, 1, 'root', 3000);
      const first = cache.find('g0/root');
      if (first) first.collection.used = true;
      expect(cache.bytes).toBeLessThanOrEqual(50_000);
    }
    expect(cache.find('g0/root')).toBeDefined();
    expect(cache.find('g1/root')).toBeUndefined();
  });

  it('does not keep one answer larger than a quarter of itself, nor one path twice', () => {
    const cache = new AnswerCache(10_000);
    put(cache, 'a', 1, 'big', 5_000);
    expect(cache.bytes).toBe(0);
    put(cache, 'a', 1, 'small', 100);
    const before = cache.bytes;
    put(cache, 'a', 1, 'small', 100);
    expect(cache.bytes).toBe(before);
    cache.drop('a');
    expect(cache.bytes).toBe(0);
  });
});
