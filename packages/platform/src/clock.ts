// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '@notary/base';

/** Longest delay a timer takes (2^31 - 1 ms): runtimes fire at once beyond it. */
const LONGEST_TIMER_MS = 2_147_483_647;

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** The system's clock and timers. */
export function createSystemClock(): Clock {
  return {
    now: () => new Date(),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      let left = Number.isNaN(ms) ? 0 : Math.max(0, ms);
      while (left > LONGEST_TIMER_MS) {
        await wait(LONGEST_TIMER_MS, signal);
        left -= LONGEST_TIMER_MS;
      }
      await wait(left, signal);
    },
  };
}
