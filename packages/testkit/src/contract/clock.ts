// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '@notary/base';
import { describe, expect, it } from 'vitest';

/** `run` makes waiting possible: it drives a fake clock on while `work` waits; a real one needs nothing. */
export function clockContract(name: string, make: () => { clock: Clock; run: (ms: number) => Promise<void> }): void {
  describe(`Clock: ${name}`, () => {
    it('wakes a sleeper after its time, not before', async () => {
      const { clock, run } = make();
      const before = clock.now().getTime();
      const sleep = clock.sleep(30);
      await Promise.all([run(60), sleep]);
      expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(29);
    });

    it('rejects with the reason of the signal, at once or while it waits', async () => {
      const { clock } = make();
      const reason = new Error('enough');
      await expect(clock.sleep(10_000, AbortSignal.abort(reason))).rejects.toBe(reason);
      const stop = new AbortController();
      const sleep = clock.sleep(10_000, stop.signal);
      stop.abort(reason);
      await expect(sleep).rejects.toBe(reason);
    });

    it('gives a date of its own each time', () => {
      const { clock } = make();
      clock.now().setFullYear(1970);
      expect(clock.now().getFullYear()).toBeGreaterThan(2000);
    });
  });
}
