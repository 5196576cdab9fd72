// SPDX-License-Identifier: Apache-2.0
/** Unencrypted private keys: PKCS#8, PKCS#1, SEC 1, and the forms that Notary v1 made of them. */
import { concatBytes, equalBytes } from '../bytes.ts';
import { DerReader } from '../der/reader.ts';
import { contextTag, TAG } from '../der/tags.ts';
import { derBits, derContext, derInteger, derNull, derOctets, derOid, derSequence, derUnsigned } from '../der/writer.ts';
import { type Fault, isFault } from '../faults.ts';
import { MAX_RSA_BITS } from '../limits.ts';
import { isScalar } from './curves.ts';
import { cryptoFaults } from './faults.ts';
import { CURVE_OIDS, CURVES, curveBytes, OID } from './oids.ts';
import { ecSpki, ed25519Spki, parsePublicKey, rsaSpki } from './public-key.ts';
import type { Curve } from './types.ts';

/** The secret parts of a key. `spki` is missing where a file holds the secret half only. */
export type KeyMaterial =
  | { readonly type: 'rsa'; readonly pkcs1: Uint8Array; readonly spki: Uint8Array }
  | { readonly type: 'ec'; readonly curve: Curve; readonly scalar: Uint8Array; readonly spki: Uint8Array | undefined }
  | { readonly type: 'ed25519'; readonly seed: Uint8Array; readonly spki: Uint8Array | undefined };

/** Notary v1's object identifier for Ed25519 in PKCS#8, from the GNU arc. */
const NOTARY_ED25519 = '1.3.6.1.4.1.11591.15.1';

const invalid = (reason: string, cause?: unknown): Fault => cryptoFaults.PRIVATE_KEY_INVALID({ reason }, { cause });

/** Runs a decoder; what it says about the DER becomes one fault without the octets. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (e) {
    if (isFault(e) && (e.code.startsWith('DER_') || e.code === cryptoFaults.PUBLIC_KEY_INVALID.code))
      throw invalid(`not ${what} (${e.message})`);
    throw e;
  }
}

/** PKCS#8 PrivateKeyInfo. RSA without NULL parameters and EC with version 1, as Go's notary wrote them, are read as well. */
export function decodePkcs8(der: Uint8Array): KeyMaterial {
  return decoding('PKCS#8', () => {
    const reader = DerReader.over(der).sequence();
    if (reader.unsigned() > 1) throw invalid('PKCS#8 version is not known');
    const algorithm = reader.sequence();
    const oid = algorithm.oid();
    const key = reader.octets();
    if (oid === OID.RSA) return decodePkcs1(key);
    if (oid === OID.EC) return decodeSec1(key, algorithm.is(TAG.OID) ? algorithm.oid() : undefined);
    if (oid === OID.ED25519) return decodeEd25519(DerReader.over(key).octets());
    if (oid === NOTARY_ED25519) return decodeNotaryEd25519(key);
    throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `algorithm ${oid}` });
  });
}

/** PKCS#1 RSAPrivateKey with two primes. */
export function decodePkcs1(der: Uint8Array): KeyMaterial {
  return decoding('an RSA key', () => {
    const reader = DerReader.over(der).sequence();
    if (reader.unsigned() !== 0) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: 'RSA with more than two primes' });
    const numbers: Uint8Array[] = [];
    while (numbers.length < 8) numbers.push(reader.integer());
    for (const number of numbers) if ((number[0] as number) >= 0x80) throw invalid('an RSA number is negative');
    const [n, e] = numbers as [Uint8Array, Uint8Array];
    if (n.length * 8 > MAX_RSA_BITS + 8) throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `RSA above ${MAX_RSA_BITS} bits` });
    const pkcs1 = derSequence(derInteger(0), ...numbers.map(derUnsigned));
    const spki = rsaSpki(derSequence(derUnsigned(n), derUnsigned(e)));
    parsePublicKey(spki);
    return { type: 'rsa', pkcs1, spki };
  });
}

/** SEC 1 ECPrivateKey; `curveOid` comes from PKCS#8 and wins. Leading zeros too many or too few in the scalar are mended, as in Go. */
export function decodeSec1(der: Uint8Array, curveOid?: string): KeyMaterial {
  return decoding('an EC key', () => {
    const reader = DerReader.over(der).sequence();
    if (reader.unsigned() !== 1) throw invalid('EC key version is not 1');
    const secret = reader.octets();
    const parameters = reader.optional(0);
    const named = parameters?.is(TAG.OID) ? parameters.oid() : undefined;
    const oid = curveOid ?? named;
    const curve = oid === undefined ? undefined : CURVES.get(oid);
    if (oid === undefined || curve === undefined)
      throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `EC curve ${oid ?? 'with explicit parameters'}` });
    const point = reader.is(contextTag(1)) ? reader.enter(contextTag(1)).bitOctets() : undefined;
    const spki = point?.[0] === 4 ? ecSpki(oid, point) : undefined;
    if (spki !== undefined) parsePublicKey(spki);
    const scalar = fixedScalar(secret, curveBytes(curve));
    if (!isScalar(curve, scalar)) throw invalid('EC scalar is not in the range of its curve');
    return { type: 'ec', curve, scalar, spki };
  });
}

function fixedScalar(secret: Uint8Array, size: number): Uint8Array {
  const extra = Math.max(0, secret.length - size);
  if (secret.subarray(0, extra).some((b) => b !== 0)) throw invalid('EC scalar is longer than its curve');
  const scalar = new Uint8Array(size);
  scalar.set(secret.subarray(extra), size - (secret.length - extra));
  return scalar;
}

function decodeEd25519(seed: Uint8Array): KeyMaterial {
  if (seed.length !== 32) throw invalid('an Ed25519 seed has 32 bytes');
  return { type: 'ed25519', seed, spki: undefined };
}

/** Notary v1's own form: public key, seed and public key again, 96 bytes. */
export function decodeNotaryEd25519(key: Uint8Array): KeyMaterial {
  if (key.length !== 96 || !equalBytes(key.subarray(0, 32), key.subarray(64))) throw invalid('not an Ed25519 key of Notary');
  return { type: 'ed25519', seed: key.subarray(32, 64), spki: ed25519Spki(key.subarray(0, 32)) };
}

/** PKCS#8 as RFC 5958, RFC 5915 and RFC 8410 want it. */
export function encodePkcs8(key: KeyMaterial): Uint8Array {
  if (key.type === 'rsa') return derSequence(derInteger(0), derSequence(derOid(OID.RSA), derNull()), derOctets(key.pkcs1));
  if (key.type === 'ed25519') return derSequence(derInteger(0), derSequence(derOid(OID.ED25519)), derOctets(derOctets(key.seed)));
  const algorithm = derSequence(derOid(OID.EC), derOid(CURVE_OIDS[key.curve]));
  return derSequence(derInteger(0), algorithm, derOctets(encodeSec1(key)));
}

function encodeSec1(key: KeyMaterial & { type: 'ec' }): Uint8Array {
  const parts = [derInteger(1), derOctets(key.scalar)];
  if (key.spki !== undefined) {
    const point = parsePublicKey(key.spki);
    if (point.type === 'ec') parts.push(derContext(1, derBits(concatBytes(Uint8Array.of(4), point.x, point.y))));
  }
  return derSequence(...parts);
}
