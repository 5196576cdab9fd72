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
  const signers = rootSigners(root, role);
  const canonical = encodePayload(payload);
  const signatures: Signature[] = [];
  const missing: string[] = [];
  for (const [listedId, key] of signers.keys) {
    const signature = await signWith(signing, listedId, key, canonical);
    if (signature === undefined) missing.push(canonicalKeyId(key));
    else signatures.push(signature);
  }
  if (signatures.length < signers.threshold) {
    throw tufFaults.SIGNATURES_INSUFFICIENT({ role, found: signatures.length, needed: signers.threshold, missing });
  }
  return encodeEnvelope(canonical, signatures);
}

async function signWith(signing: SigningService, listedId: string, key: PublicKey, data: Uint8Array): Promise<Signature | undefined> {
  const method = METHODS.get(key.keytype);
  if (method === undefined || key.id !== listedId) return undefined;
  const keyId = canonicalKeyId(key);
  try {
    const signature = { keyId: listedId, method, sig: await signing.sign(keyId, data) };
    if (signing.inProcess !== true && !(await isSignedBy(data, signature, key))) throw signingFaults.WRONG_SIGNATURE({ keyId });
    return signature;
  } catch (e) {
    if (isFault(e, 'SIGNING_KEY_NOT_FOUND')) return undefined;
    throw e;
  }
}
