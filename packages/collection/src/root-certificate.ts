// SPDX-License-Identifier: Apache-2.0
/** The self-signed certificate that binds a root key to a collection's name (reference: cryptoservice.GenerateCertificate). */
import type { Random } from '@notary/base';
import type { KeyAlgorithm, PrivateKey } from '@notary/base/crypto';
import { bundleKey, type PublicKey, type SigningKey } from '@notary/tuf';
import { createCertificate, parseCertificate } from '@notary/x509';
import type { Gun } from './gun.ts';

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60 * 1000;
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/**
 * The x509 key for a root key: CN is the GUN, ten years, digital signature and key encipherment, code signing, not a CA.
 * The signature is checked while it is parsed by whoever reads the root, never trusted by itself.
 */
export async function createRootCertificate(options: { gun: Gun; key: SigningKey; at: Date; random: Random }): Promise<PublicKey> {
  const { gun, key, at, random } = options;
  const spki = key.publicKey.public;
  const notBefore = new Date(Math.floor(at.getTime() / 1000) * 1000);
  const der = await createCertificate({
    subject: [[{ type: 'CN', value: gun }]],
    publicKey: spki,
    signer: certificateSigner(key, spki),
    signatureAlgorithm: key.method === 'ecdsa' ? 'ECDSA-SHA256' : 'PS256',
    serialNumber: positive(random.bytes(16)),
    notBefore,
    notAfter: new Date(notBefore.getTime() + TEN_YEARS_MS),
    keyUsage: { critical: true, bits: ['digitalSignature', 'keyEncipherment'] },
    extendedKeyUsage: { oids: [CODE_SIGNING] },
    basicConstraints: { critical: true, ca: false },
  });
  return bundleKey(parseCertificate(der));
}

const positive = (serial: Uint8Array): Uint8Array => Uint8Array.of(((serial[0] ?? 1) & 0x7f) | 0x01, ...serial.subarray(1));

/** A signing key, maybe in a token, in the shape that issuance wants. It has no secret to give away. */
function certificateSigner(key: SigningKey, spki: Uint8Array): PrivateKey {
  return {
    keyType: key.method === 'ecdsa' ? 'ec' : 'rsa',
    keySpec: undefined,
    spki,
    sign: (_algorithm: KeyAlgorithm, data: Uint8Array) => key.sign(data),
    pkcs8: () => {
      throw new TypeError('this key cannot be exported');
    },
  };
}
