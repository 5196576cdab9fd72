// SPDX-License-Identifier: Apache-2.0
/**
 * The reference's raw form of private keys: SEC 1 DER for ECDSA P-256, and for Ed25519 the 96 bytes public ‖ seed ‖ public.
 */
import { concatBytes, equalBytes, Secret } from '@notary/base';
import {
  createDirectSigner,
  type DirectSigner,
  generatePrivateKey,
  importPkcs8,
  type KeyAlgorithm,
  type PrivateKey,
  parsePrivateKey,
  parsePublicKey,
} from '@notary/base/crypto';

export type VaultAlgorithm = 'ecdsa' | 'ed25519';

/** A key in memory, ready to sign. */
export interface OpenKey {
  readonly algorithm: VaultAlgorithm;
  /** SPKI DER for ECDSA, the raw 32 bytes for Ed25519: what metadata holds. */
  readonly public: Uint8Array;
  /** The signature in TUF form. */
  sign(data: Uint8Array): Uint8Array;
  /** The same, made in another thread. */
  signAside(data: Uint8Array): Promise<Uint8Array>;
}

export const isVaultAlgorithm = (name: string): name is VaultAlgorithm => name === 'ecdsa' || name === 'ed25519';

/** TUF's name of the signature method. */
export const methodOf = (algorithm: VaultAlgorithm): string => (algorithm === 'ecdsa' ? 'ecdsa' : 'eddsa');

/** SEC 1 C.4 with parameters and public key, P-256: all lengths are fixed. */
const SEC1_HEAD = Uint8Array.of(0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20);
const SEC1_MIDDLE = Uint8Array.of(
  0xa0,
  0x0a,
  0x06,
  0x08,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  0x03,
  0x01,
  0x07,
  0xa1,
  0x44,
  0x03,
  0x42,
  0x00,
  0x04,
);
/** RFC 8410 7: PKCS#8 of an Ed25519 seed. */
const ED25519_PKCS8_HEAD = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20);

function wrap(key: PrivateKey, algorithm: VaultAlgorithm): OpenKey {
  const parsed = parsePublicKey(key.spki);
  const method: KeyAlgorithm = algorithm === 'ecdsa' ? 'ES256' : 'Ed25519';
  const publicBytes = parsed.type === 'ed25519' ? parsed.key : key.spki;
  let made: DirectSigner | undefined;
  const signer = (): DirectSigner => (made ??= createDirectSigner(key, method));
  return { algorithm, public: publicBytes, sign: (data) => signer().sign(data), signAside: (data) => signer().signAside(data) };
}

/** A new key and its raw form. */
export async function generateKey(algorithm: VaultAlgorithm): Promise<{ key: OpenKey; raw: Secret<Uint8Array> }> {
  const made = await generatePrivateKey(algorithm === 'ecdsa' ? 'EC-256' : 'Ed25519');
  const pkcs8 = made.pkcs8().reveal();
  const parsed = parsePublicKey(made.spki);
  if (parsed.type === 'ed25519') {
    const seed = pkcs8.subarray(ED25519_PKCS8_HEAD.length, ED25519_PKCS8_HEAD.length + 32);
    return { key: wrap(made, 'ed25519'), raw: new Secret(concatBytes(parsed.key, seed, parsed.key)) };
  }
  if (parsed.type !== 'ec') throw new TypeError('a P-256 key was asked for');
  return { key: wrap(made, 'ecdsa'), raw: new Secret(concatBytes(SEC1_HEAD, p256Scalar(pkcs8), SEC1_MIDDLE, parsed.x, parsed.y)) };
}

/** The private scalar out of the PKCS#8 of a P-256 key: the first 32-byte octet string after the version 1. */
function p256Scalar(pkcs8: Uint8Array): Uint8Array {
  for (let at = 0; at + 37 <= pkcs8.length; at++) {
    if (pkcs8[at] === 2 && pkcs8[at + 1] === 1 && pkcs8[at + 2] === 1 && pkcs8[at + 3] === 4 && pkcs8[at + 4] === 32) {
      return pkcs8.subarray(at + 5, at + 37);
    }
  }
  throw new TypeError('not the PKCS#8 of a P-256 key');
}

/** A key from its raw form. It must fit the public key stored beside it. Throws `TypeError` if not. */
export async function openRawKey(algorithm: VaultAlgorithm, raw: Secret<Uint8Array>, publicBytes: Uint8Array): Promise<OpenKey> {
  const bytes = raw.reveal();
  if (algorithm === 'ed25519' && bytes.length !== 96) throw new TypeError('an Ed25519 key has 96 bytes');
  const key =
    algorithm === 'ecdsa' ? await parsePrivateKey(bytes) : await importPkcs8(concatBytes(ED25519_PKCS8_HEAD, bytes.subarray(32, 64)));
  const open = wrap(key, algorithm);
  if (!equalBytes(open.public, publicBytes)) throw new TypeError('it does not fit the public key beside it');
  return open;
}
