// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '@notary/base';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Moves time on and wakes every sleeper that became due, in order. */
  advance(ms: number): Promise<void>;
  /** Sets the time without waking anybody. */
  set(at: Date | string): void;
  /** How many sleepers wait. */
  readonly sleeping: number;
}

/** Lets promises that are ready run, so that whoever was woken goes on before the next sleeper. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** Longer than any retry or poll waits: who sleeps this long watches a deadline, and is woken by {@link FakeClock.advance} only. */
const WATCHING_MS = 300_000;

/** `sleeps: 'skip'` makes every sleep of less than five minutes advance the clock and return at once: for retries and polls. */
export function createFakeClock(start: Date | string = '2026-01-15T12:00:00Z', options: { sleeps?: 'wait' | 'skip' } = {}): FakeClock {
  let nowMs = new Date(start).getTime();
  let sleepers: Sleeper[] = [];
  return {
    now: () => new Date(nowMs),
    get sleeping() {
      return sleepers.length;
    },
    set(at) {
      nowMs = new Date(at).getTime();
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (options.sleeps === 'skip' && ms < WATCHING_MS) {
        nowMs += Math.max(0, ms);
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          sleepers = sleepers.filter((s) => s !== sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const sleeper: Sleeper = { dueMs: nowMs + Math.max(0, ms), wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', abort);
      });
    },
    async advance(ms) {
      const until = nowMs + ms;
      await settle();
      for (;;) {
        const next = sleepers.filter((s) => s.dueMs <= until).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        sleepers = sleepers.filter((s) => s !== next);
        nowMs = Math.max(nowMs, next.dueMs);
        next.wake();
        await settle();
      }
      nowMs = until;
    },
  };
}
