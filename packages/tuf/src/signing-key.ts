// SPDX-License-Identifier: Apache-2.0
/** The port to one private key, apart from what signs with it: to name a key takes no more than this. */
import { type PrivateKey, parsePublicKey } from '@notary/base/crypto';
import { tufFaults } from './faults.ts';
import { createPublicKey, type PublicKey } from './keys.ts';

/** A private key that can sign metadata: from a file, a signer service, a token. */
export interface SigningKey {
  /** The bare public key: its ID is the canonical one. */
  readonly publicKey: PublicKey;
  readonly method: 'ecdsa' | 'rsapss' | 'eddsa';
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** Wraps a private key in memory. RSA signs with PSS, everything with SHA-256, Ed25519 the message itself. */
export function createSigningKey(key: PrivateKey): SigningKey {
  switch (key.keyType) {
    case 'rsa':
      return { publicKey: createPublicKey('rsa', key.spki), method: 'rsapss', sign: (data) => key.sign('PS256', data) };
    case 'ec':
      return { publicKey: createPublicKey('ecdsa', key.spki), method: 'ecdsa', sign: (data) => key.sign('ECDSA-SHA256', data) };
    case 'ed25519': {
      const parsed = parsePublicKey(key.spki);
      if (parsed.type !== 'ed25519') throw tufFaults.KEY_INVALID({ problem: 'the public half of an ed25519 key is of another type' });
      return { publicKey: createPublicKey('ed25519', parsed.key), method: 'eddsa', sign: (data) => key.sign('Ed25519', data) };
    }
  }
}
