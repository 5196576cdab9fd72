// SPDX-License-Identifier: Apache-2.0
/** Public keys as SubjectPublicKeyInfo, and the two encodings of ECDSA signatures. */

import { concatBytes } from '../bytes.ts';
import { DerReader, readDer } from '../der/reader.ts';
import { TAG } from '../der/tags.ts';
import { derBits, derNull, derOid, derSequence, derUnsigned } from '../der/writer.ts';
import { type Fault, isFault } from '../faults.ts';
import { MAX_RSA_BITS, MAX_RSA_EXPONENT_BYTES, MIN_RSA_BITS } from '../limits.ts';
import { parsePem } from '../pem/index.ts';
import { isOnCurve } from './curves.ts';
import { cryptoFaults } from './faults.ts';
import { CURVES, curveBytes, OID } from './oids.ts';
import type { PublicKey } from './types.ts';

const invalid = (reason: string, cause?: unknown): Fault => cryptoFaults.PUBLIC_KEY_INVALID({ reason }, { cause });

/** Runs one step of the decoder; what the DER breaks is reported in Go's words for that step. */
function step<T>(reason: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw isFault(e) ? invalid(`x509: ${reason}`, e) : e;
  }
}

/** What a SubjectPublicKeyInfo holds, with the rules of Go's crypto/x509. A kind of key that is not known here is no fault. */
export function parsePublicKey(spki: Uint8Array): PublicKey {
  const reader = step('malformed spki', () => DerReader.over(spki).sequence());
  const algorithm = step('malformed public key algorithm identifier', () => reader.sequence());
  const oid = step('malformed OID', () => algorithm.oid());
  const parameters = step('malformed parameters', () => (algorithm.done ? undefined : algorithm.raw()));
  const data = step('malformed subjectPublicKey', () => reader.bitOctets());
  if (oid === OID.RSA) return rsaKey(parameters, data);
  if (oid === OID.EC) return ecKey(parameters, data);
  if (oid !== OID.ED25519) return { type: 'unknown', oid };
  if (parameters !== undefined) throw invalid('x509: Ed25519 key encoded with illegal parameters');
  if (data.length !== 32) throw invalid('x509: wrong Ed25519 public key size');
  return { type: 'ed25519', key: data };
}

function rsaKey(parameters: Uint8Array | undefined, pkcs1: Uint8Array): PublicKey {
  if (parameters?.length !== 2 || parameters[0] !== TAG.NULL) throw invalid('x509: RSA key missing NULL parameters');
  const reader = step('invalid RSA public key', () => DerReader.over(pkcs1).sequence());
  let modulus = step('invalid RSA modulus', () => reader.integer());
  const exponent = step('invalid RSA public exponent', () => reader.unsigned());
  if ((modulus[0] as number) >= 0x80 || (modulus.length === 1 && modulus[0] === 0))
    throw invalid('x509: RSA modulus is not a positive number');
  if (exponent === 0) throw invalid('x509: RSA public exponent is not a positive number');
  if (modulus[0] === 0) modulus = modulus.subarray(1);
  const bits = modulus.length * 8 - Math.clz32(modulus[0] as number) + 24;
  return { type: 'rsa', bits, pkcs1, modulus, exponent };
}

function ecKey(parameters: Uint8Array | undefined, point: Uint8Array): PublicKey {
  const oid = step('invalid ECDSA parameters', () => DerReader.over(parameters ?? new Uint8Array(0)).oid());
  const curve = CURVES.get(oid);
  if (curve === undefined) throw cryptoFaults.CURVE_UNSUPPORTED({ curve: oid });
  const size = curveBytes(curve);
  if (point.length < 1 || point[0] !== 4) throw invalid('ecdsa: invalid uncompressed public key');
  if (point.length !== 1 + 2 * size) throw invalid(`invalid ${curve.replace('-', '')} point encoding`);
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  if (!isOnCurve(curve, x, y)) throw invalid(`${curve.replace('-', '')} point not on curve`);
  return { type: 'ec', curve, x, y };
}

/** Go's name for the type of a key, as its messages have it. */
export function goKeyType(key: PublicKey): string {
  return key.type === 'rsa'
    ? '*rsa.PublicKey'
    : key.type === 'ec'
      ? '*ecdsa.PublicKey'
      : key.type === 'ed25519'
        ? 'ed25519.PublicKey'
        : '<nil>';
}

/** Faults unless an RSA key is one that Go verifies with: runtimes differ on keys that cannot have been made from two primes. */
export function checkRsaKey({ bits, modulus, exponent }: PublicKey & { type: 'rsa' }): void {
  const unsupported = (reason: string): Fault => cryptoFaults.KEY_UNSUPPORTED({ reason });
  if (bits < MIN_RSA_BITS) {
    throw unsupported(`crypto/rsa: ${bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`);
  }
  if (bits > MAX_RSA_BITS) throw unsupported(`RSA key of ${bits} bits exceeds the bound of ${MAX_RSA_BITS}`);
  if (((modulus[modulus.length - 1] as number) & 1) === 0) throw unsupported('crypto/rsa: public modulus is even');
  if (exponent < 2) throw unsupported('crypto/rsa: public exponent too small or negative');
  if (exponent % 2 === 0) throw unsupported('crypto/rsa: public exponent is even');
  if (exponent >= 2 ** (8 * MAX_RSA_EXPONENT_BYTES - 1)) throw unsupported('crypto/rsa: public exponent too large');
}

/** SubjectPublicKeyInfo of the first `PUBLIC KEY` (or PKCS#1 `RSA PUBLIC KEY`) block in a PEM text, checked to be a known key. */
export function spkiOf(publicKeyPem: string | Uint8Array): Uint8Array {
  for (const block of parsePem(publicKeyPem)) {
    if (block.label !== 'PUBLIC KEY' && block.label !== 'RSA PUBLIC KEY') continue;
    const spki = block.label === 'PUBLIC KEY' ? block.bytes : rsaSpki(block.bytes);
    parsePublicKey(spki);
    return spki;
  }
  throw cryptoFaults.PUBLIC_KEY_NOT_FOUND();
}

/** SubjectPublicKeyInfo around a PKCS#1 RSAPublicKey. */
export const rsaSpki = (pkcs1: Uint8Array): Uint8Array => derSequence(derSequence(derOid(OID.RSA), derNull()), derBits(pkcs1));

/** SubjectPublicKeyInfo of an EC point `04 x y` on a named curve. */
export const ecSpki = (curveOid: string, point: Uint8Array): Uint8Array =>
  derSequence(derSequence(derOid(OID.EC), derOid(curveOid)), derBits(point));

/** What stands before the 32 octets of every Ed25519 key (RFC 8410 4): readers of a collection need it, and no encoder. */
const ED25519_HEAD = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/** SubjectPublicKeyInfo of a raw Ed25519 key of 32 octets. */
export function ed25519Spki(raw: Uint8Array): Uint8Array {
  if (raw.length !== 32) throw invalid('x509: wrong Ed25519 public key size');
  const spki = new Uint8Array(ED25519_HEAD.length + 32);
  spki.set(ED25519_HEAD);
  spki.set(raw, ED25519_HEAD.length);
  return spki;
}

/** r‖s with `size` octets each from an `ECDSA-Sig-Value`, which must be strict DER. */
export function rawEcdsaSignature(der: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(2 * size);
  try {
    readDer(der, (outer) => {
      const reader = outer.sequence();
      for (const end of [size, 2 * size]) {
        let octets = reader.integer();
        if ((octets[0] as number) >= 0x80) throw cryptoFaults.SIGNATURE_ENCODING_INVALID({ reason: 'a negative number' });
        if (octets[0] === 0) octets = octets.subarray(1);
        if (octets.length > size) throw cryptoFaults.SIGNATURE_ENCODING_INVALID({ reason: 'a number longer than the curve' });
        out.set(octets, end - octets.length);
      }
      reader.end();
    });
  } catch (e) {
    if (!isFault(e) || e.code.startsWith('CRYPTO_')) throw e;
    throw cryptoFaults.SIGNATURE_ENCODING_INVALID({ reason: e.message }, { cause: e });
  }
  return out;
}

/** The `ECDSA-Sig-Value` of r‖s. */
export function derEcdsaSignature(raw: Uint8Array): Uint8Array {
  if (raw.length === 0 || raw.length % 2 !== 0) throw cryptoFaults.SIGNATURE_ENCODING_INVALID({ reason: 'halves of unequal length' });
  const half = raw.length / 2;
  return derSequence(concatBytes(derUnsigned(raw.subarray(0, half)), derUnsigned(raw.subarray(half))));
}
