// SPDX-License-Identifier: Apache-2.0
/** PKCS#12 files (RFC 7292): one private key with its certificates, under one passphrase. */
import { equalSecrets, type Secret } from '../bytes.ts';
import { berToDer } from '../der/ber.ts';
import { DerReader } from '../der/reader.ts';
import { contextTag, TAG } from '../der/tags.ts';
import { type Fault, isFault } from '../faults.ts';
import { MAX_PKCS12_BYTES, MAX_PKCS12_ITERATIONS, MAX_SALT_BYTES } from '../limits.ts';
import { cryptoFaults } from './faults.ts';
import { decryptPbes, parseEncryptedPkcs8 } from './pbes.ts';
import { decodePkcs8, type KeyMaterial } from './pkcs8.ts';
import { bmpPassphrase, type EmptyPassphrase, type Pkcs12Derivation, pkcs12Derive } from './pkcs12-kdf.ts';
import { nodeCrypto } from './primitive.ts';
import { keyFrom } from './private-key.ts';
import type { PrivateKey } from './types.ts';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const BAG = '1.2.840.113549.1.12.10.1.';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

const MAC_HASHES = new Map<string, { name: Pkcs12Derivation['hash']; length: number }>([
  ['1.3.14.3.2.26', { name: 'sha1', length: 20 }],
  ['2.16.840.1.101.3.4.2.4', { name: 'sha224', length: 28 }],
  ['2.16.840.1.101.3.4.2.1', { name: 'sha256', length: 32 }],
  ['2.16.840.1.101.3.4.2.2', { name: 'sha384', length: 48 }],
  ['2.16.840.1.101.3.4.2.3', { name: 'sha512', length: 64 }],
]);

/** What a PKCS#12 file holds. Certificates come in the order of the file. */
export interface Pkcs12Contents {
  readonly key: PrivateKey;
  readonly certificates: readonly Uint8Array[];
}

interface Bags {
  readonly keys: KeyMaterial[];
  readonly certificates: Uint8Array[];
  readonly passphrase: Secret<string>;
  readonly empty: EmptyPassphrase;
}

const invalid = (reason: string): Fault => cryptoFaults.PKCS12_INVALID({ reason });

/** Reads a PKCS#12 file with exactly one key. Its MAC, where there is one, is checked first: a wrong passphrase shows there. */
export async function parsePkcs12(bytes: Uint8Array, passphrase: Secret<string>): Promise<Pkcs12Contents> {
  if (bytes.length > MAX_PKCS12_BYTES) throw cryptoFaults.PKCS12_TOO_LARGE({ max: MAX_PKCS12_BYTES });
  try {
    return await parseWith(bytes, passphrase, 'terminated');
  } catch (e) {
    if (passphrase.reveal() !== '' || !isFault(e, 'CRYPTO_PASSPHRASE_INCORRECT')) throw e;
    return parseWith(bytes, passphrase, 'nothing');
  }
}

async function parseWith(bytes: Uint8Array, passphrase: Secret<string>, empty: EmptyPassphrase): Promise<Pkcs12Contents> {
  const bags: Bags = { keys: [], certificates: [], passphrase, empty };
  try {
    const reader = DerReader.over(berToDer(bytes, MAX_PKCS12_BYTES)).sequence();
    if (reader.unsigned() !== 3) throw invalid('version is not 3');
    const safe = reader.sequence();
    if (safe.oid() !== DATA) throw cryptoFaults.PKCS12_UNSUPPORTED({ what: 'public-key integrity' });
    const contents = safe.enter(contextTag(0)).octets();
    if (!reader.done) checkMac(reader.sequence(), contents, bmpPassphrase(passphrase.reveal(), empty));
    const list = DerReader.over(contents).sequence();
    while (!list.done) await readSafe(list.sequence(), bags);
  } catch (e) {
    throw isFault(e) && e.code.startsWith('DER_') ? invalid(e.message) : e;
  }
  const [key] = bags.keys;
  if (key === undefined) throw invalid('it holds no private key');
  if (bags.keys.length > 1) throw cryptoFaults.PKCS12_UNSUPPORTED({ what: 'several private keys' });
  return { key: keyFrom(key), certificates: bags.certificates };
}

function checkMac(mac: DerReader, contents: Uint8Array, secret: Uint8Array): void {
  const info = mac.sequence();
  const algorithm = info.sequence().oid();
  const hash = MAC_HASHES.get(algorithm);
  if (hash === undefined) throw cryptoFaults.PKCS12_UNSUPPORTED({ what: `integrity by ${algorithm}` });
  const expected = info.octets();
  const salt = mac.octets();
  const iterations = mac.is(TAG.INTEGER) ? mac.unsigned() : 1;
  if (salt.length === 0 || salt.length > MAX_SALT_BYTES || iterations < 1) throw invalid('MAC parameters are out of range');
  if (iterations > MAX_PKCS12_ITERATIONS) {
    throw cryptoFaults.WORK_FACTOR_EXCEEDED({ what: 'PKCS#12 iteration count', value: iterations, max: MAX_PKCS12_ITERATIONS });
  }
  const key = pkcs12Derive({ hash: hash.name, id: 3, secret, salt, iterations, length: hash.length });
  const actual = new Uint8Array(nodeCrypto().createHmac(hash.name, key).update(contents).digest());
  if (!equalSecrets(actual, expected)) throw cryptoFaults.PASSPHRASE_INCORRECT();
}

async function readSafe(info: DerReader, bags: Bags): Promise<void> {
  const type = info.oid();
  const content = info.enter(contextTag(0));
  if (type === DATA) return readBags(DerReader.over(content.octets()).sequence(), bags);
  if (type !== ENCRYPTED_DATA) throw cryptoFaults.PKCS12_UNSUPPORTED({ what: `content ${type}` });
  const encrypted = content.sequence();
  encrypted.unsigned();
  const inner = encrypted.sequence();
  inner.oid();
  const algorithm = inner.raw(TAG.SEQUENCE);
  // [0] IMPLICIT OCTET STRING: primitive, or cut into segments that only BER allows.
  const ciphertext = inner.optionalPrimitive(0) ?? joinedSegments(inner.enter(contextTag(0)));
  const plain = await decryptPbes({ algorithm, ciphertext }, bags.passphrase, bags.empty);
  return readBags(DerReader.over(plain).sequence(), bags);
}

function joinedSegments(reader: DerReader): Uint8Array {
  const parts: number[] = [];
  while (!reader.done) for (const b of reader.octets()) parts.push(b);
  return Uint8Array.from(parts);
}

async function readBags(list: DerReader, bags: Bags): Promise<void> {
  while (!list.done) {
    const bag = list.sequence();
    const type = bag.oid();
    const value = bag.enter(contextTag(0));
    if (type === `${BAG}1`) bags.keys.push(decodePkcs8(value.raw()));
    else if (type === `${BAG}2`)
      bags.keys.push(decodePkcs8(await decryptPbes(parseEncryptedPkcs8(value.raw()), bags.passphrase, bags.empty)));
    else if (type === `${BAG}3`) readCertificateBag(value.sequence(), bags);
    else if (type === `${BAG}6`) await readBags(value.sequence(), bags);
    // CRL and secret bags hold nothing that signing needs.
  }
}

function readCertificateBag(bag: DerReader, bags: Bags): void {
  if (bag.oid() === X509_CERTIFICATE) bags.certificates.push(bag.enter(contextTag(0)).octets());
}
