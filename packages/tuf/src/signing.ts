// SPDX-License-Identifier: Apache-2.0
/** Making signatures: the port to private keys and the one place where metadata is signed. */
import { canonicalKeyId } from './certificates.ts';
import { encodePayload } from './encode.ts';
import { encodeEnvelope, type Signature } from './envelope.ts';
import { tufFaults } from './faults.ts';
import type { PublicKey } from './keys.ts';
import type { Payload } from './metadata.ts';
import type { SigningKey } from './signing-key.ts';
import type { Signers } from './verify.ts';

/** Private keys by canonical ID. */
export interface SigningKeys {
  /** Is the key there? Must not ask for a passphrase. */
  has(canonicalId: string): Promise<boolean>;
  /** The key, unlocked; `undefined` if it is not there. */
  get(canonicalId: string): Promise<SigningKey | undefined>;
  /** These keys are about to be asked for: a store may unlock them side by side. Never fails; what is wrong shows in `get`. */
  prepare?(canonicalIds: readonly string[]): Promise<void>;
}

/** What is signed, and by whom. */
export interface SignRequest {
  readonly payload: Payload;
  /** Each group must reach its threshold with the keys at hand; all keys at hand sign. */
  readonly groups: readonly Signers[];
  /** Keys that sign if they are there: former root keys, for old clients. */
  readonly optional?: readonly PublicKey[];
}

/** The finished file. Faults: `TUF_SIGNATURES_INSUFFICIENT`, `CANONICAL_JSON_…`. */
export async function signPayload(
  request: SignRequest,
  keys: SigningKeys,
): Promise<{ bytes: Uint8Array; signatures: readonly Signature[] }> {
  const canonical = encodePayload(request.payload);
  const signatures = new Map<string, Signature>();
  for (const group of request.groups) await signGroup(group, canonical, keys, signatures);
  for (const key of request.optional ?? []) {
    if (!signatures.has(key.id)) await signWith(key, canonical, keys, signatures);
  }
  const list = [...signatures.values()];
  return { bytes: encodeEnvelope(canonical, list), signatures: list };
}

async function signGroup(group: Signers, canonical: Uint8Array, keys: SigningKeys, signatures: Map<string, Signature>): Promise<void> {
  const canonicalIds = new Map([...group.keys.values()].map((key) => [key, canonicalKeyId(key)]));
  const missing: string[] = [];
  for (const id of canonicalIds.values()) if (!(await keys.has(id))) missing.push(id);
  const found = group.keys.size - missing.length;
  if (found < group.threshold) throw tufFaults.SIGNATURES_INSUFFICIENT({ role: group.role, found, needed: group.threshold, missing });
  for (const key of group.keys.values()) {
    if (!signatures.has(key.id)) await signWith(key, canonical, keys, signatures);
  }
}

async function signWith(key: PublicKey, canonical: Uint8Array, keys: SigningKeys, signatures: Map<string, Signature>): Promise<void> {
  const signer = await keys.get(canonicalKeyId(key));
  if (signer === undefined) return;
  signatures.set(key.id, { keyId: key.id, method: signer.method, sig: await signer.sign(canonical) });
}

/** Several sources of keys as one: the first that has a key gives it. */
export function combineSigningKeys(...sources: readonly SigningKeys[]): SigningKeys {
  return {
    async has(id) {
      for (const source of sources) if (await source.has(id)) return true;
      return false;
    },
    async get(id) {
      for (const source of sources) if (await source.has(id)) return source.get(id);
      return undefined;
    },
  };
}
