// SPDX-License-Identifier: Apache-2.0
/** Waits that share one timer: each runs out in its own time, none that has ended does. */
import { describe, expect, it } from 'vitest';
import { SilenceWatch } from '../../src/http/silence-watch.ts';

const never = new Promise<never>(() => undefined);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const createWatch = (ms: number): SilenceWatch =>
  new SilenceWatch(ms, { late: () => new Error('late'), broken: (cause) => new Error('broken', { cause }) });

describe('a watch over silent senders', () => {
  it('passes on what comes in time, and what fails by itself under its own name', async () => {
    const watch = createWatch(10_000);
    expect(await watch.within(Promise.resolve(7))).toBe(7);
    const cause = new Error('reset');
    await expect(watch.within(Promise.reject(cause))).rejects.toMatchObject({ message: 'broken', cause });
  });

  it('ends each wait in its own time, the later one later', async () => {
    const watch = createWatch(60);
    const ended: string[] = [];
    const wait = (name: string): Promise<unknown> => watch.within(never).catch((e: Error) => ended.push(`${name} ${e.message}`));
    const started = performance.now();
    const first = wait('first');
    await pause(30);
    const second = wait('second');
    await first;
    expect(ended).toEqual(['first late']);
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
    await second;
    expect(performance.now() - started).toBeGreaterThanOrEqual(88);
  });

  it('watches again after a time with nothing to watch', async () => {
    const watch = createWatch(20);
    await watch.within(pause(1));
    await pause(50);
    await expect(watch.within(never)).rejects.toThrow('late');
    await expect(watch.within(pause(1))).resolves.toBeUndefined();
  });
});
