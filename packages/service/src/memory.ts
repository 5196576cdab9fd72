// SPDX-License-Identifier: Apache-2.0
/** A bounded memory of credentials that were checked: keyed by an HMAC under a key of this process, so no credential is kept. */
import type { Clock, Random } from '@notary/base';
import { toHex } from '@notary/base';
import { hash } from '@notary/base/crypto';

const BLOCK = 64;

/** HMAC-SHA-256 (RFC 2104). The key is at most one block. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const inner = new Uint8Array(BLOCK + data.length);
  const outer = new Uint8Array(BLOCK + 32);
  for (let i = 0; i < BLOCK; i++) {
    inner[i] = (key[i] ?? 0) ^ 0x36;
    outer[i] = (key[i] ?? 0) ^ 0x5c;
  }
  inner.set(data, BLOCK);
  outer.set(hash('SHA-256', inner), BLOCK);
  return hash('SHA-256', outer);
}

export interface CredentialMemory<T> {
  get(credential: string): T | undefined;
  set(credential: string, value: T, untilMs: number): void;
  clear(): void;
}

const encoder = new TextEncoder();

/** Keeps at most `max` results until their time; the oldest leave first. */
export function createCredentialMemory<T>(deps: { clock: Clock; random: Random; max: number }): CredentialMemory<T> {
  const key = deps.random.bytes(32);
  const entries = new Map<string, { value: T; untilMs: number }>();
  const nameOf = (credential: string): string => toHex(hmacSha256(key, encoder.encode(credential)));
  return {
    get(credential) {
      const name = nameOf(credential);
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      if (entry.untilMs > deps.clock.now().getTime()) return entry.value;
      entries.delete(name);
      return undefined;
    },
    set(credential, value, untilMs) {
      while (entries.size >= deps.max) {
        const oldest = entries.keys().next().value;
        if (oldest === undefined) break;
        entries.delete(oldest);
      }
      entries.set(nameOf(credential), { value, untilMs });
    },
    clear: () => entries.clear(),
  };
}
