// SPDX-License-Identifier: Apache-2.0
/** When a request is sent again, and after how long. Pure decisions, apart from the random jitter. */
import { type Clock, isFault, type Random } from '@notary/base';
import { MAX_RETRY_PAUSE_MS, MAX_TRIES, MAX_UNREACHABLE_TRIES, RETRY_PAUSE_MS } from './limits.ts';

const RETRIED = new Set([408, 429, 500, 502, 503, 504]);

/** Is this status worth another try? `repeatable` says that the request may take effect twice; 429 means it took none. */
export const isRetriedStatus = (status: number, repeatable: boolean): boolean => status === 429 || (repeatable && RETRIED.has(status));

/** `Retry-After` in milliseconds: seconds, or an HTTP date. `undefined` if absent or neither. */
export function parseRetryAfter(field: string | undefined, now: Date): number | undefined {
  if (field === undefined) return undefined;
  const text = field.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/** How the tries of one request are spent. */
export interface Tries {
  /** Waits before the next try; false when there is none left or the wait would pass the deadline. */
  again(afterMs?: number, signal?: AbortSignal): Promise<boolean>;
  /** The same after a failure of the network, of which fewer are tolerated. */
  againAfter(failure: unknown, signal?: AbortSignal): Promise<boolean>;
}

/** Counts tries under a total deadline. Pauses double from 150 ms, with half of each random. */
export function countTries(clock: Clock, random: Random, deadlineMs: number): Tries {
  const end = clock.now().getTime() + deadlineMs;
  let tries = 1;
  const again = async (afterMs: number | undefined, signal: AbortSignal | undefined, most: number): Promise<boolean> => {
    if (tries >= most) return false;
    const pause = afterMs ?? jitter(Math.min(RETRY_PAUSE_MS * 2 ** (tries - 1), MAX_RETRY_PAUSE_MS), random);
    if (clock.now().getTime() + pause > end) return false;
    tries++;
    await clock.sleep(pause, signal);
    return true;
  };
  return {
    again: (afterMs, signal) => again(afterMs, signal, MAX_TRIES),
    againAfter: async (failure, signal) => isFault(failure, 'HTTP_UNREACHABLE') && again(undefined, signal, MAX_UNREACHABLE_TRIES),
  };
}

/** Between half of `ms` and all of it. */
export function jitter(ms: number, random: Random): number {
  const [a = 0, b = 0] = random.bytes(2);
  return Math.round(ms * (0.5 + ((a << 8) | b) / 131_072));
}
