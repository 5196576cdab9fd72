// SPDX-License-Identifier: Apache-2.0
import { isFault, Secret } from '@notary/base';
import { parsePkcs12, parsePrivateKey, parsePublicKey } from '@notary/base/crypto';

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
