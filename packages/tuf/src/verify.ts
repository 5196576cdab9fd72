// SPDX-License-Identifier: Apache-2.0
/** Signatures and thresholds, expiry and versions: the checks that turn a parsed file into a verified one. */
import { fromUtf8 } from '@notary/base';
import { ed25519Spki, type KeyAlgorithm, parsePublicKey, verifySignature } from '@notary/base/crypto';
import { parsePem } from '@notary/base/pem';
import { canonicalKeyId, firstCertificate } from './certificates.ts';
import type { Envelope, Signature } from './envelope.ts';
import { describeExpiry } from './expiry.ts';
import { tufFaults } from './faults.ts';
import { isX509KeyType, type PublicKey } from './keys.ts';
import type { Common, DelegationEntry, Delegations, Root } from './metadata.ts';
import type { RoleName } from './role-name.ts';

/** Who may sign for a role, and how many of them must. Keys are listed under the IDs that their parent gave them. */
export interface Signers {
  readonly role: string;
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly threshold: number;
}

/** The signers of a base role. Faults: `TUF_ROLE_INVALID`. */
export function rootSigners(root: Root, role: string): Signers {
  const listed = root.roles.get(role);
  if (listed === undefined) throw tufFaults.ROLE_INVALID({ role, reason: 'role not found in root file' });
  return { role, threshold: listed.threshold, keys: pick(root.keys, listed.keyIds, role) };
}

/** The signers of a delegation that its parent lists. */
export function delegationSigners(delegations: Delegations, entry: DelegationEntry): Signers {
  return { role: entry.name, threshold: entry.threshold, keys: pick(delegations.keys, entry.keyIds, entry.name) };
}

function pick(keys: ReadonlyMap<string, PublicKey>, ids: readonly string[], role: string): Map<string, PublicKey> {
  const picked = new Map<string, PublicKey>();
  for (const id of ids) {
    const key = keys.get(id);
    if (key === undefined) throw tufFaults.ROLE_INVALID({ role, reason: `key with ID ${id} was not found in root metadata` });
    picked.set(id, key);
  }
  return picked;
}

/**
 * Enough distinct listed keys must have signed the canonical form.
 * Returns the IDs whose signatures are valid. Faults: `TUF_NO_SIGNATURES`, `TUF_THRESHOLD`, `TUF_KEY_ID_MISMATCH`.
 */
export async function checkSignatures(envelope: Envelope, signers: Signers): Promise<ReadonlySet<string>> {
  if (envelope.signatures.length === 0) throw tufFaults.NO_SIGNATURES({ role: signers.role });
  if (signers.threshold < 1) throw tufFaults.THRESHOLD({ role: '', valid: 0, threshold: signers.threshold });
  const valid = new Set<string>();
  for (const signature of envelope.signatures) {
    const key = signers.keys.get(signature.keyId);
    if (key === undefined || valid.has(signature.keyId)) continue;
    if (key.id !== signature.keyId) throw tufFaults.KEY_ID_MISMATCH({ keyId: signature.keyId });
    if (await isSignedBy(envelope.canonical, signature, key)) valid.add(signature.keyId);
  }
  const count = countSigners(valid, signers);
  if (count < signers.threshold) throw tufFaults.THRESHOLD({ role: signers.role, valid: count, threshold: signers.threshold });
  return valid;
}

/** One private key behind two listed IDs (bare and in a certificate, say) is one signer, or a threshold of two would mean nothing. */
function countSigners(valid: ReadonlySet<string>, signers: Signers): number {
  if (valid.size < 2 || signers.threshold < 2) return valid.size;
  return new Set([...valid].map((id) => canonicalKeyId(signers.keys.get(id) as PublicKey))).size;
}

/** Is this signature by this key over these bytes? The algorithm comes from the key; a method that does not fit it is "no". */
export async function isSignedBy(data: Uint8Array, signature: Signature, key: PublicKey): Promise<boolean> {
  const check = checkFor(signature, key);
  if (check === undefined) return false;
  return verifySignature({ ...check, data, signature: signature.sig });
}

const MIN_RSA_BITS = 2048;

function checkFor(signature: Signature, key: PublicKey): { algorithm: KeyAlgorithm; spki: Uint8Array } | undefined {
  try {
    switch (signature.method) {
      case 'eddsa':
        if (key.keytype !== 'ed25519' || key.public.length !== 32 || signature.sig.length !== 64) return undefined;
        return { algorithm: 'Ed25519', spki: ed25519Spki(key.public) };
      case 'ecdsa':
        return ecdsaCheck(signature, spkiOfKey(key, 'ecdsa'));
      case 'rsapss':
        return rsaCheck('PS256', signature, spkiOfKey(key, 'rsa'));
      case 'rsapkcs1v15':
        return rsaCheck('RS256', signature, spkiOfKey(key, 'rsa'));
      case 'pycrypto-pkcs#1 pss':
        return key.keytype === 'rsa' ? rsaCheck('PS256', signature, parsePem(key.public)[0]?.bytes) : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined; // a key that cannot be read has signed nothing
  }
}

function spkiOfKey(key: PublicKey, family: 'ecdsa' | 'rsa'): Uint8Array | undefined {
  if (key.keytype === family) return key.public;
  if (isX509KeyType(key.keytype) && key.keytype.startsWith(family)) return firstCertificate(key.public)?.spki;
  return undefined;
}

const CURVE_BYTES = { 'P-224': 28, 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const;

function ecdsaCheck(signature: Signature, spki: Uint8Array | undefined): { algorithm: KeyAlgorithm; spki: Uint8Array } | undefined {
  if (spki === undefined) return undefined;
  const key = parsePublicKey(spki);
  if (key.type !== 'ec' || signature.sig.length !== 2 * CURVE_BYTES[key.curve]) return undefined;
  return { algorithm: 'ECDSA-SHA256', spki };
}

function rsaCheck(
  algorithm: 'PS256' | 'RS256',
  signature: Signature,
  spki: Uint8Array | undefined,
): { algorithm: KeyAlgorithm; spki: Uint8Array } | undefined {
  if (spki === undefined) return undefined;
  const key = parsePublicKey(spki);
  if (key.type !== 'rsa' || key.bits < MIN_RSA_BITS || signature.sig.length < MIN_RSA_BITS / 8) return undefined;
  return { algorithm, spki };
}

/** Faults with `TUF_EXPIRED` if the payload ran out before `at`. */
export function checkExpiry(payload: Common, role: RoleName | string, at: Date): void {
  if (payload.expires.at < at) throw tufFaults.EXPIRED({ role, expired: describeExpiry(payload.expires), expires: payload.expires.text });
}

/** Faults with `TUF_VERSION_LOW` if the payload is older than what is known. */
export function checkVersion(payload: Common, role: RoleName | string, minVersion: number): void {
  if (payload.version < minVersion) throw tufFaults.VERSION_LOW({ role, actual: payload.version, current: minVersion });
}

/** `rsa` or `ecdsa` of a SubjectPublicKeyInfo; `undefined` for anything else. */
export function keyTypeOfSpki(spki: Uint8Array): 'rsa' | 'ecdsa' | undefined {
  const key = parsePublicKey(spki);
  return key.type === 'rsa' ? 'rsa' : key.type === 'ec' ? 'ecdsa' : undefined;
}

/** The canonical text of an envelope, for logs and debugging. */
export const canonicalText = (envelope: Envelope): string => fromUtf8(envelope.canonical);
