// SPDX-License-Identifier: Apache-2.0
import type { Random } from '@notary/base';
import type { PasswordCheck } from '@notary/service';

export const systemRandom: Random = { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };

/** Checks by a table, counting; each check ends when `release` is called, or at once. */
export function scriptedCheck(right: ReadonlyMap<string, string>): PasswordCheck & { readonly checks: string[] } {
  const checks: string[] = [];
  return {
    checks,
    async verify(password, hash) {
      checks.push(password);
      return right.get(hash) === password;
    },
  };
}

/** Two hashes of the right form; what they are hashes of is the scripted check's business. */
export const HASH_A = `$2y$10$${'a'.repeat(53)}`;
export const HASH_B = `$2b$04$${'b'.repeat(53)}`;
export const basic = (user: string, password: string): string => `Basic ${btoa(`${user}:${password}`)}`;
