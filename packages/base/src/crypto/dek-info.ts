// SPDX-License-Identifier: Apache-2.0
/** The PEM encryption of RFC 1421 that OpenSSL wrote before PKCS#8: `DEK-Info: <cipher>,<iv>`, key by MD5. Read only. */
import { concatBytes, fromHex, type Secret, toUtf8 } from '../bytes.ts';
import { isFault } from '../faults.ts';
import { cryptoFaults } from './faults.ts';
import { nodeCrypto } from './primitive.ts';

const CIPHERS = new Map([
  ['DES-EDE3-CBC', { name: 'des-ede3-cbc', keyBytes: 24, block: 8 }],
  ['AES-128-CBC', { name: 'aes-128-cbc', keyBytes: 16, block: 16 }],
  ['AES-192-CBC', { name: 'aes-192-cbc', keyBytes: 24, block: 16 }],
  ['AES-256-CBC', { name: 'aes-256-cbc', keyBytes: 32, block: 16 }],
]);

/** Decrypts the body of a PEM block by its `DEK-Info` header. */
export function decryptDekInfo(info: string, bytes: Uint8Array, passphrase: Secret<string>): Uint8Array {
  const comma = info.indexOf(',');
  const cipher = CIPHERS.get(info.slice(0, Math.max(comma, 0)).trim());
  if (comma < 0) throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: 'DEK-Info header is malformed' });
  if (cipher === undefined)
    throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `PEM cipher ${JSON.stringify(info.slice(0, comma).slice(0, 40))}` });
  const iv = ivOf(info.slice(comma + 1).trim(), cipher.block);
  const key = legacyKey(toUtf8(passphrase.reveal()), iv.subarray(0, 8), cipher.keyBytes);
  return decryptCbc(cipher.name, key, iv, bytes);
}

function ivOf(hex: string, length: number): Uint8Array {
  try {
    const iv = fromHex(hex);
    if (iv.length === length) return iv;
  } catch (e) {
    if (!isFault(e)) throw e;
  }
  throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: 'DEK-Info header has no valid initialization vector' });
}

/** OpenSSL's EVP_BytesToKey with MD5 and one round. */
function legacyKey(passphrase: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const node = nodeCrypto();
  let key = new Uint8Array(0);
  let last: Uint8Array = new Uint8Array(0);
  while (key.length < length) {
    last = new Uint8Array(node.createHash('md5').update(last).update(passphrase).update(salt).digest());
    key = concatBytes(key, last) as Uint8Array<ArrayBuffer>;
  }
  return key.subarray(0, length);
}

/** Faults unless there is something to decrypt, and whole blocks of it. */
export function checkBlocks(iv: Uint8Array, bytes: Uint8Array): void {
  if (bytes.length === 0 || bytes.length % iv.length !== 0)
    throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: 'encrypted part is not a whole number of blocks' });
}

/** CBC with PKCS#7 padding. Whatever goes wrong after the length is right means a wrong passphrase. */
export function decryptCbc(cipher: string, key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  checkBlocks(iv, bytes);
  try {
    const decipher = nodeCrypto().createDecipheriv(cipher, key, iv);
    return concatBytes(new Uint8Array(decipher.update(bytes)), new Uint8Array(decipher.final()));
  } catch {
    throw cryptoFaults.PASSPHRASE_INCORRECT(); // the cause is a padding error, which tells an attacker more than an owner
  }
}
