// SPDX-License-Identifier: Apache-2.0
import { isFault, Secret } from '@notary/base';
import { parsePkcs12, parsePrivateKey, parsePublicKey } from '@notary/base/crypto';
import { vector } from '../crypto/vectors.ts';

const files = [
  'keys/rsa-pkcs8.der',
  'keys/ec-sec1.der',
  'keys/ec-pbes2.der',
  'keys/ec-pbe-rc2-40.pem',
  'notary/notary-ed25519-plain.pem',
  'p12/triple-des.p12',
  'p12/unencrypted.p12',
];
export const seeds = files.map(vector);

const passphrase = new Secret('x');
const ignoreFaults = (e: unknown): void => {
  if (!isFault(e)) throw e;
};

/** Public keys, private key files and PKCS#12 files. Resolves when the asynchronous decoders are done. */
export async function fuzz(bytes: Uint8Array): Promise<void> {
  try {
    parsePublicKey(bytes);
  } catch (e) {
    ignoreFaults(e);
  }
  await parsePrivateKey(bytes, async () => passphrase).catch(ignoreFaults);
  await parsePkcs12(bytes, passphrase).catch(ignoreFaults);
}
