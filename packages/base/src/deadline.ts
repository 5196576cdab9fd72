// SPDX-License-Identifier: Apache-2.0
/**
 * A bound on the whole of a piece of work. Each request has bounds of its own, but those measure silence: a server that sends a few bytes
 * now and then stays within all of them for hours.
 */
import type { Fault } from './faults.ts';
import type { Clock } from './ports.ts';

/** A bound in time: `ms` milliseconds from `from`. */
export interface Deadline {
  readonly clock: Clock;
  /** When the work began. */
  readonly from: Date;
  /** No bound where it is missing. */
  readonly ms: number | undefined;
  /** Asked when the time is over. */
  readonly fault: () => Fault;
  /** The caller's own wish to stop. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work`; rejects with the deadline's fault once the time is over, or with the reason of the caller's signal, and tells the work so through its signal. */
export async function withinDeadline<T>(
  { clock, from, ms, fault, signal }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const over = new AbortController();
  const done = new AbortController();
  const expiry = async (ms: number): Promise<never> => {
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
  // A signal of its own: Node warns where more than ten listen to one.
  const caller = signal === undefined ? undefined : AbortSignal.any([signal]);
  const racers = [work(over.signal)];
  if (ms !== undefined) racers.push(expiry(ms));
  let stop: (() => void) | undefined;
  if (caller !== undefined)
    racers.push(
      new Promise<never>((_, reject) => {
        stop = () => {
          over.abort(caller.reason);
          reject(caller.reason);
        };
        caller.addEventListener('abort', stop);
      }),
    );
  try {
    return await Promise.race(racers);
  } finally {
    if (stop !== undefined) caller?.removeEventListener('abort', stop);
    // A reason of ours: the runtime's own is an error with a stack, and every verification would pay for it.
    done.abort('done');
  }
}
