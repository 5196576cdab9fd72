// SPDX-License-Identifier: Apache-2.0
/** When signatures are made in other threads: while several are asked for together, and hardly ever otherwise. */
import { describe, expect, it } from 'vitest';
import { Crowd } from '../../src/vault/crowd.ts';

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Asks for signatures from so many callers at once, each for so many; how many of them were made aside? */
async function aside(crowd: Crowd, callers: number, each: number): Promise<number> {
  let count = 0;
  const call = async (): Promise<void> => {
    for (let i = 0; i < each; i++) {
      await Promise.resolve();
      if (!crowd.isThere()) continue;
      count++;
      await crowd.join(pause);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return count;
}

describe('a crowd', () => {
  it('is looked for once in a while by a caller who is alone, or one of two', async () => {
    expect(await aside(new Crowd(), 1, 2_000)).toBeLessThan(10);
    expect(await aside(new Crowd(), 2, 1_000)).toBeLessThan(20);
  });

  it('has nearly all of its signatures made aside, and is seen when it comes and when it has gone', async () => {
    const crowd = new Crowd();
    expect(await aside(crowd, 8, 500)).toBeGreaterThan(3_900);
    expect(await aside(crowd, 1, 2_000)).toBeLessThan(150);
    expect(await aside(crowd, 8, 500)).toBeGreaterThan(3_000);
  });

  it('counts a signature that failed as done', async () => {
    const crowd = new Crowd();
    const failing = Array.from({ length: 200 }, () => crowd.join(() => Promise.reject(new Error('no'))));
    for (const outcome of await Promise.allSettled(failing)) expect(outcome.status).toBe('rejected');
    await aside(crowd, 1, 200);
    expect(await aside(crowd, 1, 500)).toBeLessThan(10);
  });
});
