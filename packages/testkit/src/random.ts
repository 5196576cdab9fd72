// SPDX-License-Identifier: Apache-2.0
import type { Random } from '@notary/base';

/** The same bytes on every run: xorshift32 from a seed. For tests of what is made of random bytes, never for keys that matter. */
export function createFixedRandom(seed = 1): Random {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state & 255;
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, next) };
}
