// SPDX-License-Identifier: Apache-2.0
import type { Random } from '@notary/base';

/** Most bytes that one call of `getRandomValues` gives (Web Cryptography API 10.1.1). */
const CHUNK = 65_536;

/** The runtime's cryptographically secure source. */
export function createSystemRandom(): Random {
  return {
    bytes(count) {
      const out = new Uint8Array(count);
      for (let at = 0; at < count; at += CHUNK) crypto.getRandomValues(out.subarray(at, Math.min(at + CHUNK, count)));
      return out;
    },
  };
}
