// SPDX-License-Identifier: Apache-2.0
/** Signs a payload with every key of its role that the signing service holds. */
import { isFault } from '@notary/base';
import {
  canonicalKeyId,
  encodeEnvelope,
  encodePayload,
  isSignedBy,
  type PublicKey,
  type Root,
  rootSigners,
  type Signature,
  type Snapshot,
  type Timestamp,
  tufFaults,
} from '@notary/tuf';
import { type SigningService, signingFaults } from './port.ts';

const METHODS: ReadonlyMap<string, string> = new Map([
  ['ecdsa', 'ecdsa'],
  ['ecdsa-x509', 'ecdsa'],
  ['rsa', 'rsapss'],
  ['rsa-x509', 'rsapss'],
  ['ed25519', 'eddsa'],
]);

/** A key that a root lists for a role. */
interface ListedKey {
  readonly listedId: string;
  readonly key: PublicKey;
  /** Of the bare key. */
  readonly keyId: string;
}

interface ListedKeys {
  readonly threshold: number;
  readonly keys: readonly ListedKey[];
}

/** By the root itself, which is the same object in update after update. */
const listedByRoot = new WeakMap<Root, Map<string, ListedKeys>>();

function keysOf(root: Root, role: 'snapshot' | 'timestamp'): ListedKeys {
  let roles = listedByRoot.get(root);
  if (roles === undefined) {
    roles = new Map();
    listedByRoot.set(root, roles);
  }
  let listed = roles.get(role);
  if (listed === undefined) {
    const { keys, threshold } = rootSigners(root, role);
    listed = { threshold, keys: [...keys].map(([listedId, key]) => ({ listedId, key, keyId: canonicalKeyId(key) })) };
    roles.set(role, listed);
  }
  return listed;
}

/**
 * The file of a payload, signed to its role's threshold. What another process returns is verified before it is used,
 * never stored unchecked. Faults: `TUF_SIGNATURES_INSUFFICIENT` when too few keys are held, `SIGNING_…`.
 */
export async function signForRole(
  signing: SigningService,
  root: Root,
  role: 'snapshot' | 'timestamp',
  payload: Snapshot | Timestamp,
): Promise<Uint8Array> {
  const { keys, threshold } = keysOf(root, role);
  const canonical = encodePayload(payload);
  const signatures: Signature[] = [];
  const missing: string[] = [];
  for (const key of keys) {
    const signature = await signWith(signing, key, canonical);
    if (signature === undefined) missing.push(key.keyId);
    else signatures.push(signature);
  }
  if (signatures.length < threshold) {
    throw tufFaults.SIGNATURES_INSUFFICIENT({ role, found: signatures.length, needed: threshold, missing });
  }
  return encodeEnvelope(canonical, signatures);
}

async function signWith(signing: SigningService, { listedId, key, keyId }: ListedKey, data: Uint8Array): Promise<Signature | undefined> {
  const method = METHODS.get(key.keytype);
  if (method === undefined || key.id !== listedId) return undefined;
  try {
    const signature = { keyId: listedId, method, sig: await signing.sign(keyId, data) };
    if (signing.inProcess !== true && !(await isSignedBy(data, signature, key))) throw signingFaults.WRONG_SIGNATURE({ keyId });
    return signature;
  } catch (e) {
    if (isFault(e, 'SIGNING_KEY_NOT_FOUND')) return undefined;
    throw e;
  }
}
