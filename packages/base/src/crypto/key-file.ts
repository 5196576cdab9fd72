// SPDX-License-Identifier: Apache-2.0
/** Private key files as people have them: PEM or DER, plain or encrypted. */
import type { Secret } from '../bytes.ts';
import { DerReader } from '../der/reader.ts';
import { TAG } from '../der/tags.ts';
import { isFault } from '../faults.ts';
import { MAX_PRIVATE_KEY_BYTES } from '../limits.ts';
import { type PemBlock, parsePem } from '../pem/index.ts';
import { cryptoFaults } from './faults.ts';
import { decodeNotaryEd25519, decodePkcs1, decodePkcs8, decodeSec1, decoding, type KeyMaterial } from './pkcs8.ts';
import { keyFrom } from './private-key.ts';
import type { PrivateKey } from './types.ts';

/** Asked for the passphrase only when a key turns out to be encrypted. */
export type PassphraseSource = () => Promise<Secret<string> | undefined>;

/**
 * Reads a private key: PEM (`PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`, Notary's
 * `ED25519 PRIVATE KEY`, each also with `DEK-Info`) or DER of the same structures. The first key block of a PEM file counts. `passphrase` is asked
 * only for an encrypted key. Faults: `CRYPTO_PRIVATE_KEY_…`, `CRYPTO_PASSPHRASE_REQUIRED`, `CRYPTO_PASSPHRASE_INCORRECT`.
 */
export async function parsePrivateKey(bytes: Uint8Array, passphrase?: PassphraseSource): Promise<PrivateKey> {
  if (bytes.length > MAX_PRIVATE_KEY_BYTES) throw cryptoFaults.PRIVATE_KEY_TOO_LARGE({ max: MAX_PRIVATE_KEY_BYTES });
  const blocks = parsePem(bytes);
  const block = blocks.find((b) => b.label === 'PRIVATE KEY' || b.label.endsWith(' PRIVATE KEY'));
  if (block !== undefined) return keyFrom(await fromBlock(block, passphrase));
  if (blocks.length > 0 || bytes[0] !== TAG.SEQUENCE)
    throw cryptoFaults.PRIVATE_KEY_NOT_FOUND({ labels: blocks.map((b) => b.label).slice(0, 10) });
  return keyFrom(await fromDer(bytes, passphrase));
}

async function reveal(passphrase: PassphraseSource | undefined): Promise<Secret<string>> {
  const secret = await passphrase?.();
  if (secret === undefined) throw cryptoFaults.PASSPHRASE_REQUIRED();
  return secret;
}

async function decryptPkcs8(der: Uint8Array, passphrase: PassphraseSource | undefined): Promise<KeyMaterial> {
  const pbes = await import('./pbes.ts');
  const sealed = pbes.parseEncryptedPkcs8(der);
  const plain = await pbes.decryptPbes(sealed, await reveal(passphrase));
  return afterDecryption(() => decodePkcs8(plain));
}

/** Bytes that decrypted to no key mean a wrong passphrase: one padding in 256 is right by chance. */
function afterDecryption<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (isFault(cause, 'CRYPTO_PRIVATE_KEY_INVALID')) throw cryptoFaults.PASSPHRASE_INCORRECT();
    throw cause;
  }
}

async function fromBlock(block: PemBlock, passphrase: PassphraseSource | undefined): Promise<KeyMaterial> {
  if (block.label === 'ENCRYPTED PRIVATE KEY') return decryptPkcs8(block.bytes, passphrase);
  const decode = DECODERS.get(block.label);
  if (decode === undefined) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `the format of "${block.label}"` });
  const info = block.headers.get('DEK-Info');
  if (info === undefined) return decode(block.bytes);
  const { decryptDekInfo } = await import('./dek-info.ts');
  const plain = decryptDekInfo(info, block.bytes, await reveal(passphrase));
  return afterDecryption(() => decode(plain));
}

const DECODERS = new Map<string, (der: Uint8Array) => KeyMaterial>([
  ['PRIVATE KEY', decodePlain],
  ['RSA PRIVATE KEY', decodePkcs1],
  ['EC PRIVATE KEY', (der) => decodeSec1(der)],
  ['ED25519 PRIVATE KEY', decodeNotaryEd25519],
]);

/** What kind of structure a DER private key is, by its first two elements. */
function shapeOf(der: Uint8Array): 'pkcs8' | 'pkcs1' | 'sec1' | 'encrypted' | 'pkcs12' {
  return decoding('a private key', () => {
    const reader = DerReader.over(der).sequence();
    if (reader.is(TAG.SEQUENCE)) return 'encrypted';
    const version = reader.unsigned();
    if (reader.is(TAG.INTEGER)) return 'pkcs1';
    if (reader.is(TAG.OCTET_STRING)) return 'sec1';
    return version === 3 ? 'pkcs12' : 'pkcs8';
  });
}

/** A `PRIVATE KEY` block holds PKCS#8, but PKCS#1 and SEC 1 under that label are met too and Go's TLS reads them. */
function decodePlain(der: Uint8Array): KeyMaterial {
  const shape = shapeOf(der);
  return shape === 'pkcs1' ? decodePkcs1(der) : shape === 'sec1' ? decodeSec1(der) : decodePkcs8(der);
}

async function fromDer(der: Uint8Array, passphrase: PassphraseSource | undefined): Promise<KeyMaterial> {
  const shape = shapeOf(der);
  if (shape === 'encrypted') return decryptPkcs8(der, passphrase);
  if (shape === 'pkcs12') throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: 'the PKCS#12 container' });
  return decodePlain(der);
}
