// SPDX-License-Identifier: Apache-2.0
/** The vocabulary of keys and signatures. */
import type { Secret } from '../bytes.ts';
import type { HashName } from './hash.ts';

/** The six signature algorithms of the Notary Project. */
export type SignatureAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';
/** The six kinds of signing keys of the Notary Project. Each has exactly one algorithm. */
export type KeySpec = 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'EC-256' | 'EC-384' | 'EC-521';
/** The curves that certificates may name. P-224 is read and never signed with. */
export type Curve = 'P-224' | 'P-256' | 'P-384' | 'P-521';

/**
 * What {@link verifySignature} and a private key can do. `ECDSA-SHA256/384/512` take a key on any curve; ES256/384/512 are bound to
 * theirs. EC signatures are always r‖s, each as long as the curve's order.
 */
export type KeyAlgorithm = SignatureAlgorithm | 'RS256' | 'RS384' | 'RS512' | 'ECDSA-SHA256' | 'ECDSA-SHA384' | 'ECDSA-SHA512' | 'Ed25519';

/** What a SubjectPublicKeyInfo says about its key. */
export type PublicKey =
  | { readonly type: 'rsa'; readonly bits: number; readonly pkcs1: Uint8Array; readonly modulus: Uint8Array; readonly exponent: number }
  | { readonly type: 'ec'; readonly curve: Curve; readonly x: Uint8Array; readonly y: Uint8Array }
  | { readonly type: 'ed25519'; readonly key: Uint8Array }
  | { readonly type: 'unknown'; readonly oid: string };

/** A signing key in memory. Its secret leaves only through `pkcs8()`. */
export interface PrivateKey {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  /** `undefined` for keys that Notation does not sign with (Ed25519, P-224, other RSA sizes). */
  readonly keySpec: KeySpec | undefined;
  /** SubjectPublicKeyInfo of the public half. */
  readonly spki: Uint8Array;
  /** Signs; EC signatures are r‖s. An algorithm of another key type or curve is `CRYPTO_ALGORITHM_MISMATCH`. */
  sign(algorithm: KeyAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  /** The unencrypted PKCS#8 form, as RFC 5208 and RFC 8410 have it. */
  pkcs8(): Secret<Uint8Array>;
}

const SPECS: ReadonlyMap<KeySpec, SignatureAlgorithm> = new Map([
  ['RSA-2048', 'PS256'],
  ['RSA-3072', 'PS384'],
  ['RSA-4096', 'PS512'],
  ['EC-256', 'ES256'],
  ['EC-384', 'ES384'],
  ['EC-521', 'ES512'],
]);

/** The algorithm that a key of this kind signs with. */
export const algorithmForKeySpec = (spec: KeySpec): SignatureAlgorithm => SPECS.get(spec) as SignatureAlgorithm;

/** The hash inside a signature algorithm; Ed25519 hashes with SHA-512. */
export function hashForAlgorithm(algorithm: KeyAlgorithm): HashName {
  if (algorithm === 'Ed25519' || algorithm.endsWith('512')) return 'SHA-512';
  return algorithm.endsWith('384') ? 'SHA-384' : 'SHA-256';
}

/** The kind of a public key, if Notation signs with such keys. RSA keys are sized by the octets of their modulus, as Go does. */
export function keySpecOf(key: PublicKey): KeySpec | undefined {
  if (key.type === 'rsa') {
    const bits = key.modulus.length * 8;
    return bits === 2048 || bits === 3072 || bits === 4096 ? `RSA-${bits}` : undefined;
  }
  if (key.type !== 'ec') return undefined;
  return key.curve === 'P-256' ? 'EC-256' : key.curve === 'P-384' ? 'EC-384' : key.curve === 'P-521' ? 'EC-521' : undefined;
}
