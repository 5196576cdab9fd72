// SPDX-License-Identifier: Apache-2.0
/** Entry points to code that few commands need, loaded on first use so that verification does not pay for it. */
import type { Secret } from '../bytes.ts';
import type { EncryptPkcs8Options } from './pbes.ts';
import type { Pkcs12Contents } from './pkcs12.ts';

export type { EncryptPkcs8Options, Pkcs12Contents };

/**
 * Encrypts PKCS#8 with PBES2, PBKDF2 and AES-256-CBC. With `prf: 'sha1'` the PRF field is left out: the only form that Notary v1
 * reads.
 */
export async function encryptPkcs8(der: Secret<Uint8Array>, passphrase: Secret<string>, options: EncryptPkcs8Options): Promise<Uint8Array> {
  return (await import('./pbes.ts')).encryptPkcs8(der, passphrase, options);
}

/** Reads a PKCS#12 file (RFC 7292) with exactly one key and its certificates. Faults: `CRYPTO_PKCS12_…`, `CRYPTO_PASSPHRASE_INCORRECT`, `CRYPTO_WORK_FACTOR_EXCEEDED`. */
export async function parsePkcs12(bytes: Uint8Array, passphrase: Secret<string>): Promise<Pkcs12Contents> {
  return (await import('./pkcs12.ts')).parsePkcs12(bytes, passphrase);
}
