// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '../faults.ts';

/** Faults of keys and signatures. Messages that begin with `x509:` or `crypto/` are those of Go, which users know. */
export const cryptoFaults = defineFaults('CRYPTO', {
  PUBLIC_KEY_INVALID: { category: 'malformed', say: (f: { reason: string }) => f.reason, clause: 'RFC 5280 4.1.2.7, RFC 3279 2.3' },
  CURVE_UNSUPPORTED: {
    category: 'unsupported',
    say: (_: { curve: string }) => 'x509: unsupported elliptic curve',
    clause: 'RFC 5480 2.1.1.1',
  },
  KEY_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { reason: string }) => f.reason,
    remedy: 'sign with RSA of 2048 to 4096 bits or with an EC key on P-256, P-384 or P-521',
  },
  ALGORITHM_MISMATCH: {
    category: 'untrusted',
    say: (f: { algorithm: string; key: string }) => `algorithm ${f.algorithm} does not belong to a key of type ${f.key}`,
    clause: 'Notary Project signature specification, Algorithm Selection',
  },
  SIGNATURE_ALGORITHM_INSECURE: {
    category: 'untrusted',
    say: (f: { algorithm: string }) => `x509: cannot verify signature: insecure algorithm ${f.algorithm}`,
    remedy: 'have the certificate issued again with a signature over SHA-256 or better',
  },
  SIGNATURE_ALGORITHM_UNSUPPORTED: {
    category: 'unsupported',
    say: (_: { oid: string }) => 'x509: cannot verify signature: algorithm unimplemented',
  },
  SIGNATURE_ALGORITHM_MISMATCH: {
    category: 'untrusted',
    say: (f: { algorithm: string; key: string }) =>
      `x509: signature algorithm specifies an ${f.algorithm} public key, but have public key of type ${f.key}`,
  },
  SIGNATURE_ENCODING_INVALID: {
    category: 'malformed',
    say: (f: { reason: string }) => `ECDSA signature is malformed: ${f.reason}`,
    clause: 'RFC 3279 2.2.3',
  },
  PUBLIC_KEY_NOT_FOUND: { category: 'malformed', say: () => 'no PUBLIC KEY block was found' },
  PRIVATE_KEY_NOT_FOUND: {
    category: 'malformed',
    say: (f: { labels: readonly string[] }) =>
      f.labels.length === 0
        ? 'no private key was found'
        : `no private key was found, only ${f.labels.map((l) => JSON.stringify(l)).join(', ')}`,
    remedy: 'give a file that holds a private key as PEM or DER: PKCS#8, PKCS#1 or SEC 1',
  },
  PRIVATE_KEY_INVALID: {
    category: 'malformed',
    say: (f: { reason: string }) => `private key is malformed: ${f.reason}`,
    remedy: 'check the file with: openssl pkey -in FILE -noout -check',
  },
  PRIVATE_KEY_UNSUPPORTED: { category: 'unsupported', say: (f: { what: string }) => `private key uses ${f.what}, which is not supported` },
  PRIVATE_KEY_TOO_LARGE: { category: 'limit', say: (f: { max: number }) => `private key file exceeds ${f.max} bytes` },
  PASSPHRASE_REQUIRED: {
    category: 'usage',
    say: () => 'private key is encrypted and no passphrase was given',
    remedy: 'give the passphrase by prompt, file or environment variable',
  },
  PASSPHRASE_INCORRECT: {
    category: 'usage',
    say: () => 'private key cannot be decrypted: the passphrase is wrong or the file is damaged',
    remedy: 'give the passphrase that the key was encrypted with',
  },
  WORK_FACTOR_EXCEEDED: {
    category: 'limit',
    say: (f: { what: string; value: number; max: number }) => `${f.what} of ${f.value} exceeds the bound of ${f.max}`,
    remedy: 'encrypt the key again with the defaults of OpenSSL',
  },
  PKCS12_INVALID: { category: 'malformed', say: (f: { reason: string }) => `PKCS#12 file is malformed: ${f.reason}` },
  PKCS12_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { what: string }) => `PKCS#12 file uses ${f.what}, which is not supported`,
    remedy: 'export it again with the defaults of OpenSSL 3: openssl pkcs12 -export',
  },
  PKCS12_TOO_LARGE: { category: 'limit', say: (f: { max: number }) => `PKCS#12 file exceeds ${f.max} bytes` },
});
