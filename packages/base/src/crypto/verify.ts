// SPDX-License-Identifier: Apache-2.0
/**
 * Signature verification. The key decides about the algorithm: one that does not belong to the key's type and curve is a fault,
 * whatever the message says. `false` means exactly that the mathematics did not hold.
 */
import { isFault } from '../faults.ts';
import { cryptoFaults } from './faults.ts';
import type { HashName } from './hash.ts';
import { curveBytes } from './oids.ts';
import { checkPrimitive, type Primitive, preparePrimitive } from './primitive.ts';
import { checkRsaKey, goKeyType, parsePublicKey, rawEcdsaSignature } from './public-key.ts';
import { hashForAlgorithm, type KeyAlgorithm, type PublicKey } from './types.ts';
import { type X509Algorithm, x509Algorithm } from './x509-algorithm.ts';

/** A signature and what it is said to be over. */
export interface SignatureCheck {
  readonly algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo of the signer. */
  readonly spki: Uint8Array;
  readonly data: Uint8Array;
  /** r‖s for EC keys. */
  readonly signature: Uint8Array;
}

const CURVE_OF = new Map<KeyAlgorithm, string>([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
]);

/** The primitive behind an algorithm, or a fault if the algorithm is not one for this key. */
export function primitiveFor(algorithm: KeyAlgorithm, key: PublicKey): Primitive {
  const hash = hashForAlgorithm(algorithm);
  if (key.type === 'rsa' && algorithm.startsWith('PS')) return { scheme: 'pss', hash };
  if (key.type === 'rsa' && algorithm.startsWith('RS')) return { scheme: 'pkcs1', hash };
  const curve = CURVE_OF.get(algorithm);
  if (key.type === 'ec' && (curve === key.curve || algorithm.startsWith('ECDSA-'))) return { scheme: 'ecdsa', hash };
  if (key.type === 'ed25519' && algorithm === 'Ed25519') return { scheme: 'ed25519', hash };
  throw cryptoFaults.ALGORITHM_MISMATCH({
    algorithm,
    key: key.type === 'ec' ? `EC ${key.curve}` : key.type === 'rsa' ? `RSA ${key.bits}` : key.type,
  });
}

/** Does `signature` over `data` verify under this key? PSS salts are as long as the hash, no other length passes. */
export async function verifySignature(check: SignatureCheck): Promise<boolean> {
  const key = parsePublicKey(check.spki);
  return verifyWith(primitiveFor(check.algorithm, key), key, check);
}

/** {@link verifySignature} for many signatures by one key: the key is judged now and imported once. It keeps `spki`, not a copy. */
export function createSignatureVerifier({ algorithm, spki }: Pick<SignatureCheck, 'algorithm' | 'spki'>): SignatureVerifier {
  const key = parsePublicKey(spki);
  const primitive = primitiveFor(algorithm, key);
  if (key.type === 'rsa') checkRsaKey(key);
  const check = preparePrimitive({ primitive, key, spki });
  return async (data, signature) => hasLengthFor(key, signature) && check(data, signature);
}

/** Does `signature` over `data` verify? */
export type SignatureVerifier = (data: Uint8Array, signature: Uint8Array) => Promise<boolean>;

async function verifyWith(
  primitive: Primitive,
  key: PublicKey,
  { spki, data, signature }: { spki: Uint8Array; data: Uint8Array; signature: Uint8Array },
): Promise<boolean> {
  if (key.type === 'rsa') checkRsaKey(key);
  return hasLengthFor(key, signature) && checkPrimitive({ primitive, key, spki, data, signature });
}

/** A shorter RSA signature would be the same number; runtimes differ on whether they take it. */
function hasLengthFor(key: PublicKey, signature: Uint8Array): boolean {
  if (key.type === 'rsa') return signature.length === key.modulus.length;
  if (key.type === 'ec') return signature.length === 2 * curveBytes(key.curve);
  return key.type !== 'ed25519' || signature.length === 64;
}

/** A signature as X.509 structures carry it, with the algorithm that they name. */
export interface X509SignatureCheck {
  readonly algorithmOid: string;
  /** The whole parameters element, if there is one. */
  readonly algorithmParameters?: Uint8Array | undefined;
  readonly spki: Uint8Array;
  readonly data: Uint8Array;
  /** As X.509 has it: ECDSA signatures are DER. */
  readonly signature: Uint8Array;
  /** SHA-1 is refused unless the signature vouches for nothing, as on a self-signed certificate that is trusted by its bytes. */
  readonly sha1?: 'accept' | 'refuse';
}

/**
 * Verifies a signature of a certificate, CMS message, CRL or OCSP response by its AlgorithmIdentifier, with the rules and words of
 * Go's crypto/x509: MD5 and SHA-1 are refused, PSS parameters must be the ordinary ones.
 */
export async function verifyX509Signature(check: X509SignatureCheck): Promise<boolean> {
  const algorithm = x509Algorithm(check.algorithmOid, check.algorithmParameters);
  const hash = allowedHash(algorithm, check.sha1 === 'accept');
  const key = parsePublicKey(check.spki);
  const wanted = { rsa: 'RSA', ec: 'ECDSA', ed25519: 'Ed25519', dsa: 'DSA' }[algorithm.keyType];
  if (key.type === 'unknown') throw cryptoFaults.SIGNATURE_ALGORITHM_UNSUPPORTED({ oid: key.oid });
  if (key.type !== algorithm.keyType) throw cryptoFaults.SIGNATURE_ALGORITHM_MISMATCH({ algorithm: wanted, key: goKeyType(key) });
  const primitive: Primitive = { scheme: algorithm.scheme, hash };
  if (key.type !== 'ec') return verifyWith(primitive, key, check);
  let signature: Uint8Array;
  try {
    signature = rawEcdsaSignature(check.signature, curveBytes(key.curve));
  } catch (e) {
    if (isFault(e, cryptoFaults.SIGNATURE_ENCODING_INVALID.code)) return false; // what no signer can have made does not verify
    throw e;
  }
  return verifyWith(primitive, key, { ...check, signature });
}

function allowedHash(algorithm: X509Algorithm, acceptSha1: boolean): HashName {
  if (algorithm.hash === 'MD5' || (algorithm.hash === 'SHA-1' && !acceptSha1)) {
    throw cryptoFaults.SIGNATURE_ALGORITHM_INSECURE({ algorithm: algorithm.name });
  }
  return algorithm.hash;
}
