// SPDX-License-Identifier: Apache-2.0
/**
 * Password-based encryption of PKCS#8 (RFC 8018, RFC 7292): PBES2 with PBKDF2 or scrypt, and the old PBE of PKCS#12. Decoded here
 * because Bun's node:crypto refuses scrypt and HMAC-SHA-512 in PKCS#8, and so that every work factor is bounded before it is spent.
 */
import { type Secret, toUtf8 } from '../bytes.ts';
import { DerReader } from '../der/reader.ts';
import { TAG } from '../der/tags.ts';
import { derInteger, derNull, derOctets, derOid, derSequence } from '../der/writer.ts';
import { MAX_PBKDF2_ITERATIONS, MAX_PKCS12_ITERATIONS, MAX_SALT_BYTES, MAX_SCRYPT_MEMORY, MAX_SCRYPT_WORK } from '../limits.ts';
import type { Random } from '../ports.ts';
import { checkBlocks, decryptCbc } from './dek-info.ts';
import { cryptoFaults } from './faults.ts';
import { decoding } from './pkcs8.ts';
import { bmpPassphrase, type EmptyPassphrase, pkcs12Derive } from './pkcs12-kdf.ts';
import { nodeCrypto } from './primitive.ts';
import { decryptRc2 } from './rc2.ts';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

const PRFS = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
]);

const CIPHERS = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', keyBytes: 16, iv: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', keyBytes: 24, iv: 16 }],
  ['2.16.840.1.101.3.4.1.42', { name: 'aes-256-cbc', keyBytes: 32, iv: 16 }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', keyBytes: 24, iv: 8 }],
]);

/** PBE of PKCS#12 with SHA-1 (RFC 7292 C). */
const PKCS12_PBE = new Map([
  ['1.2.840.113549.1.12.1.3', { cipher: 'des-ede3', keyBytes: 24 }],
  ['1.2.840.113549.1.12.1.4', { cipher: 'des-ede2', keyBytes: 16 }],
  ['1.2.840.113549.1.12.1.5', { cipher: 'rc2', keyBytes: 16 }],
  ['1.2.840.113549.1.12.1.6', { cipher: 'rc2', keyBytes: 5 }],
]);

/** An algorithm's parameters, read but not yet acted on, and what they encrypt. */
export interface Sealed {
  readonly algorithm: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** The two parts of an EncryptedPrivateKeyInfo. */
export function parseEncryptedPkcs8(der: Uint8Array): Sealed {
  return decoding('an encrypted PKCS#8 key', () => {
    const reader = DerReader.over(der).sequence();
    const algorithm = reader.raw(TAG.SEQUENCE);
    const ciphertext = reader.octets();
    reader.end();
    return { algorithm, ciphertext };
  });
}

/** Decrypts with a key derived from the passphrase. A wrong one is `CRYPTO_PASSPHRASE_INCORRECT`, as far as padding can tell. */
export async function decryptPbes(sealed: Sealed, passphrase: Secret<string>, empty?: EmptyPassphrase): Promise<Uint8Array> {
  const { algorithm, parameters } = decoding('a password-based encryption', () => {
    const reader = DerReader.over(sealed.algorithm).sequence();
    return { algorithm: reader.oid(), parameters: reader.sequence() };
  });
  if (algorithm === PBES2) return decryptPbes2(parameters, sealed.ciphertext, passphrase);
  const old = PKCS12_PBE.get(algorithm);
  if (old === undefined) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `encryption ${algorithm}` });
  const { salt, iterations } = decoding('PKCS#12 encryption', () => ({ salt: parameters.octets(), iterations: parameters.unsigned() }));
  bound('PKCS#12 iteration count', iterations, MAX_PKCS12_ITERATIONS, 1);
  bound('salt length', salt.length, MAX_SALT_BYTES);
  const secret = bmpPassphrase(passphrase.reveal(), empty);
  const derive = (id: 1 | 2, length: number): Uint8Array => pkcs12Derive({ hash: 'sha1', id, secret, salt, iterations, length });
  const key = derive(1, old.keyBytes);
  const iv = derive(2, 8);
  if (old.cipher === 'rc2') return decryptRc2(key, iv, sealed.ciphertext);
  const triple = new Uint8Array(24);
  triple.set(key);
  if (old.cipher === 'des-ede2') triple.set(key.subarray(0, 8), 16);
  return decryptCbc('des-ede3-cbc', triple, iv, sealed.ciphertext);
}

function bound(what: string, value: number, max: number, min = 0): void {
  if (value < min) throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: `${what} is ${value}` });
  if (value > max) throw cryptoFaults.WORK_FACTOR_EXCEEDED({ what, value, max });
}

async function decryptPbes2(parameters: DerReader, ciphertext: Uint8Array, passphrase: Secret<string>): Promise<Uint8Array> {
  const parts = decoding('PBES2', () => {
    const kdf = parameters.sequence();
    const scheme = parameters.sequence();
    const cipherOid = scheme.oid();
    return { kdfOid: kdf.oid(), kdf: kdf.sequence(), cipherOid, iv: scheme.octets() };
  });
  const cipher = CIPHERS.get(parts.cipherOid);
  if (cipher === undefined) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `cipher ${parts.cipherOid}` });
  if (parts.iv.length !== cipher.iv) throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: 'initialization vector has the wrong length' });
  const secret = toUtf8(passphrase.reveal());
  const key = await deriveKey(parts.kdfOid, parts.kdf, secret, cipher.keyBytes);
  return cipher.name.startsWith('aes-') && isOnBun()
    ? decryptWebCbc(key, parts.iv, ciphertext)
    : decryptCbc(cipher.name, key, parts.iv, ciphertext);
}

async function deriveKey(oid: string, parameters: DerReader, secret: Uint8Array, length: number): Promise<Uint8Array> {
  if (oid === PBKDF2) {
    const { salt, iterations, keyLength, prf } = decoding('PBKDF2', () => pbkdf2Parameters(parameters));
    const hash = PRFS.get(prf);
    if (hash === undefined) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `PBKDF2 with ${prf}` });
    bound('PBKDF2 iteration count', iterations, MAX_PBKDF2_ITERATIONS, 1);
    checkDerivation(salt, keyLength, length);
    return pbkdf2(secret, salt, iterations, length, hash);
  }
  if (oid !== SCRYPT) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `key derivation ${oid}` });
  const { salt, n, r, p, keyLength } = decoding('scrypt', () => scryptParameters(parameters));
  bound('scrypt memory', 128 * n * r, MAX_SCRYPT_MEMORY, 1);
  bound('scrypt work', n * r * p, MAX_SCRYPT_WORK, 1);
  if (n < 2 || !Number.isInteger(Math.log2(n))) throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: `scrypt cost is ${n}` });
  checkDerivation(salt, keyLength, length);
  const options = { N: n, r, p, maxmem: 256 * n * r + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    nodeCrypto().scrypt(secret, salt, length, options, (error, key) => (error ? reject(error) : resolve(new Uint8Array(key))));
  });
}

function checkDerivation(salt: Uint8Array, stated: number | undefined, length: number): void {
  bound('salt length', salt.length, MAX_SALT_BYTES);
  if (stated !== undefined && stated !== length) throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: `derived key length is ${stated}` });
}

function pbkdf2Parameters(reader: DerReader): { salt: Uint8Array; iterations: number; keyLength: number | undefined; prf: string } {
  const salt = reader.octets();
  const iterations = reader.unsigned();
  const keyLength = reader.is(TAG.INTEGER) ? reader.unsigned() : undefined;
  const prf = reader.is(TAG.SEQUENCE) ? reader.sequence().oid() : '1.2.840.113549.2.7';
  reader.end();
  return { salt, iterations, keyLength, prf };
}

function scryptParameters(reader: DerReader): { salt: Uint8Array; n: number; r: number; p: number; keyLength: number | undefined } {
  const salt = reader.octets();
  const [n, r, p] = [reader.unsigned(), reader.unsigned(), reader.unsigned()];
  const keyLength = reader.is(TAG.INTEGER) ? reader.unsigned() : undefined;
  reader.end();
  return { salt, n, r, p, keyLength };
}

/** WebCrypto's names of what it has. On Bun that is there at once, while loading node:crypto takes a cold command 2 ms. */
const WEB_HASHES: Readonly<Record<string, string>> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

const isOnBun = (): boolean => (globalThis as { Bun?: unknown }).Bun !== undefined;

function pbkdf2(secret: Uint8Array, salt: Uint8Array, iterations: number, length: number, hash: string): Promise<Uint8Array> {
  const webHash = isOnBun() ? WEB_HASHES[hash] : undefined;
  if (webHash !== undefined) return webPbkdf2(secret, { name: 'PBKDF2', hash: webHash, salt: salt as BufferSource, iterations }, length);
  return new Promise((resolve, reject) => {
    nodeCrypto().pbkdf2(secret, salt, iterations, length, hash, (error, key) => (error ? reject(error) : resolve(new Uint8Array(key))));
  });
}

async function webPbkdf2(secret: Uint8Array, parameters: Pbkdf2Params, length: number): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', secret as BufferSource, 'PBKDF2', false, ['deriveBits']);
  return new Uint8Array(await subtle.deriveBits(parameters, key, length * 8));
}

/** {@link decryptCbc} of AES by WebCrypto. */
async function decryptWebCbc(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  checkBlocks(iv, bytes);
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey('raw', key as BufferSource, 'AES-CBC', false, ['decrypt']);
  try {
    return new Uint8Array(await subtle.decrypt({ name: 'AES-CBC', iv: iv as BufferSource }, imported, bytes as BufferSource));
  } catch {
    throw cryptoFaults.PASSPHRASE_INCORRECT(); // as for the other one: a padding error, and no more is said
  }
}

/** How {@link encryptPkcs8} derives its key. Notary v1 reads only `sha1`, which it takes for granted without a PRF field. */
export interface EncryptPkcs8Options {
  readonly iterations: number;
  readonly prf: 'sha1' | 'sha256';
  readonly saltLength: number;
  /** Source of salt and initialization vector; the runtime's generator if none is given. */
  readonly random?: Random;
}

/** Encrypts PKCS#8 with PBES2, PBKDF2 and AES-256-CBC. With `sha1` the PRF field is left out, which is the form that Notary v1 writes. */
export async function encryptPkcs8(der: Secret<Uint8Array>, passphrase: Secret<string>, options: EncryptPkcs8Options): Promise<Uint8Array> {
  const { iterations, prf, saltLength } = options;
  bound('PBKDF2 iteration count', iterations, MAX_PBKDF2_ITERATIONS, 1);
  bound('salt length', saltLength, MAX_SALT_BYTES, 8);
  const random = (count: number): Uint8Array => options.random?.bytes(count) ?? globalThis.crypto.getRandomValues(new Uint8Array(count));
  const salt = random(saltLength);
  const iv = random(16);
  const key = await pbkdf2(toUtf8(passphrase.reveal()), salt, iterations, 32, prf);
  const cipher = nodeCrypto().createCipheriv('aes-256-cbc', key, iv);
  const head = new Uint8Array(cipher.update(der.reveal()));
  const tail = new Uint8Array(cipher.final());
  const prfField = prf === 'sha1' ? [] : [derSequence(derOid('1.2.840.113549.2.9'), derNull())];
  const kdf = derSequence(derOid(PBKDF2), derSequence(derOctets(salt), derInteger(iterations), ...prfField));
  const scheme = derSequence(derOid('2.16.840.1.101.3.4.1.42'), derOctets(iv));
  return derSequence(derSequence(derOid(PBES2), derSequence(kdf, scheme)), derOctets(head, tail));
}
