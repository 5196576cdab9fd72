// SPDX-License-Identifier: Apache-2.0
import { createFakeClock } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { withinDeadline } from '../src/deadline.ts';
import { Fault } from '../src/index.ts';

const late = (): Fault => new Fault({ code: 'TEST_LATE', category: 'unavailable', message: 'late' });
const never = (signal: AbortSignal, told: unknown[]): Promise<never> => {
  signal.addEventListener('abort', () => told.push(signal.reason));
  return new Promise<never>(() => undefined);
};
const outcomeOf = (work: Promise<unknown>) => work.catch((e: unknown) => e);

describe('a deadline', () => {
  it('ends the work, tells it why, and counts from when the work began', async () => {
    const clock = createFakeClock('2026-01-01T00:00:10Z');
    const told: unknown[] = [];
    const from = new Date('2026-01-01T00:00:00Z');
    const outcome = outcomeOf(withinDeadline({ clock, from, ms: 30_000, fault: late }, (signal) => never(signal, told)));
    await clock.advance(30_000);
    expect(await outcome).toMatchObject({ code: 'TEST_LATE' });
    expect(told).toEqual([await outcome]);
    expect(clock.sleeping).toBe(0);
  });

  it('leaves nothing behind work that ended, well or not', async () => {
    const clock = createFakeClock();
    const deadline = { clock, from: clock.now(), ms: 30_000, fault: late, signal: new AbortController().signal };
    expect(await withinDeadline(deadline, async () => 1)).toBe(1);
    await expect(withinDeadline(deadline, () => Promise.reject(new TypeError('x')))).rejects.toThrow('x');
    expect(clock.sleeping).toBe(0);
  });

  it('is not reached by a clock that stands still, however often it wakes, nor where there is none', async () => {
    const still = { now: () => new Date(0), sleep: async () => {} };
    const soon = () => new Promise((resolve) => setTimeout(() => resolve('done'), 20));
    expect(await withinDeadline({ clock: still, from: still.now(), ms: 1000, fault: late }, soon)).toBe('done');
    const clock = createFakeClock();
    const outcome = withinDeadline({ clock, from: clock.now(), ms: undefined, fault: late }, soon);
    expect(clock.sleeping).toBe(0);
    expect(await outcome).toBe('done');
  });

  it('stands beside the caller’s signal: its reason ends the work, and work is not begun after it', async () => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const told: unknown[] = [];
    const deadline = { clock, from: clock.now(), ms: 30_000, fault: late, signal: stop.signal };
    const outcome = outcomeOf(withinDeadline(deadline, (signal) => never(signal, told)));
    stop.abort('enough');
    expect(await outcome).toBe('enough');
    expect(told).toEqual(['enough']);
    let began = false;
    const again = withinDeadline(deadline, async () => {
      began = true;
    });
    expect(await outcomeOf(again)).toBe('enough');
    expect([began, clock.sleeping]).toEqual([false, 0]);
  });
});
