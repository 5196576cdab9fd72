// SPDX-License-Identifier: Apache-2.0
/**
 * A bound on the whole of a piece of work. Each request has bounds of its own, but those measure silence: a registry that sends a few bytes
 * now and then stays within all of them for hours.
 */
import type { Clock, Fault } from '@notary/base';

export interface Deadline {
  readonly clock: Clock;
  /** When the work began. */
  readonly from: Date;
  readonly ms: number;
  readonly fault: () => Fault;
}

/** Runs `work`; rejects with the deadline's fault once the time is over, and tells the work so through its signal. */
export async function withinDeadline<T>({ clock, from, ms, fault }: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  const expiry = async (): Promise<never> => {
    const end = from.getTime() + ms;
    for (let left = ms, before = Number.POSITIVE_INFINITY; left > 0 && left < before; ) {
      await clock.sleep(left, done.signal);
      before = left;
      left = end - clock.now().getTime();
      // A clock that stands still reaches no deadline, however often it wakes.
      if (left >= before) return new Promise<never>(() => undefined);
    }
    const reason = fault();
    over.abort(reason);
    throw reason;
  };
  try {
    return await Promise.race([work(over.signal), expiry()]);
  } finally {
    // A reason of ours: the runtime's own is an error with a stack, and every verification would pay for it.
    done.abort('done');
  }
}
