// SPDX-License-Identifier: Apache-2.0
/** Signature algorithms as X.509 and CMS name them. */

import { type DerReader, readDer } from '../der/reader.ts';
import { isFault } from '../faults.ts';
import { cryptoFaults } from './faults.ts';
import type { HashName } from './hash.ts';
import { HASHES, hashBytes, OID } from './oids.ts';
import type { Primitive } from './primitive.ts';

export interface X509Algorithm {
  /** Go's name, as its messages have it. */
  readonly name: string;
  readonly keyType: 'rsa' | 'ec' | 'ed25519' | 'dsa';
  readonly scheme: Primitive['scheme'];
  readonly hash: HashName | 'MD5';
}

const row = (
  name: string,
  keyType: X509Algorithm['keyType'],
  scheme: X509Algorithm['scheme'],
  hash: X509Algorithm['hash'],
): X509Algorithm => ({
  name,
  keyType,
  scheme,
  hash,
});

const ALGORITHMS: ReadonlyMap<string, X509Algorithm> = new Map([
  ['1.2.840.113549.1.1.4', row('MD5-RSA', 'rsa', 'pkcs1', 'MD5')],
  ['1.2.840.113549.1.1.5', row('SHA1-RSA', 'rsa', 'pkcs1', 'SHA-1')],
  ['1.3.14.3.2.29', row('SHA1-RSA', 'rsa', 'pkcs1', 'SHA-1')],
  ['1.2.840.113549.1.1.11', row('SHA256-RSA', 'rsa', 'pkcs1', 'SHA-256')],
  ['1.2.840.113549.1.1.12', row('SHA384-RSA', 'rsa', 'pkcs1', 'SHA-384')],
  ['1.2.840.113549.1.1.13', row('SHA512-RSA', 'rsa', 'pkcs1', 'SHA-512')],
  ['1.2.840.10045.4.1', row('ECDSA-SHA1', 'ec', 'ecdsa', 'SHA-1')],
  ['1.2.840.10045.4.3.2', row('ECDSA-SHA256', 'ec', 'ecdsa', 'SHA-256')],
  ['1.2.840.10045.4.3.3', row('ECDSA-SHA384', 'ec', 'ecdsa', 'SHA-384')],
  ['1.2.840.10045.4.3.4', row('ECDSA-SHA512', 'ec', 'ecdsa', 'SHA-512')],
  ['1.2.840.10040.4.3', row('DSA-SHA1', 'dsa', 'pkcs1', 'SHA-1')],
  ['2.16.840.1.101.3.4.3.2', row('DSA-SHA256', 'dsa', 'pkcs1', 'SHA-256')],
  [OID.ED25519, row('Ed25519', 'ed25519', 'ed25519', 'SHA-512')],
]);

/** The algorithm of an AlgorithmIdentifier; anything Go does not verify is `CRYPTO_SIGNATURE_ALGORITHM_UNSUPPORTED`. */
export function x509Algorithm(oid: string, parameters: Uint8Array | undefined): X509Algorithm {
  if (oid === OID.RSA_PSS && parameters !== undefined) {
    const hash = pssHash(parameters);
    if (hash !== undefined) return row(`${hash.replace('-', '')}-RSAPSS`, 'rsa', 'pss', hash);
  }
  const algorithm = ALGORITHMS.get(oid);
  if (algorithm === undefined || (oid === OID.ED25519 && parameters !== undefined))
    throw cryptoFaults.SIGNATURE_ALGORITHM_UNSUPPORTED({ oid });
  return algorithm;
}

/** The hash of RSASSA-PSS parameters in the one form in use: same hash in MGF1, salt as long as the hash, trailer 1. */
function pssHash(parameters: Uint8Array): HashName | undefined {
  try {
    return readDer(parameters, (outer) => {
      const reader = outer.sequence();
      const hash = hashOf(reader.enter(0xa0).sequence());
      const mgf = reader.enter(0xa1).sequence();
      const inner = mgf.oid() === OID.MGF1 ? hashOf(mgf.sequence()) : undefined;
      const salt = reader.enter(0xa2).unsigned();
      const trailer = reader.optional(3)?.unsigned() ?? 1;
      reader.end();
      return hash !== undefined && hash !== 'SHA-1' && inner === hash && salt === hashBytes(hash) && trailer === 1 ? hash : undefined;
    });
  } catch (e) {
    if (isFault(e)) return undefined; // unreadable parameters: an algorithm nobody implements
    throw e;
  }
}

function hashOf(algorithm: DerReader): HashName | undefined {
  const hash = HASHES.get(algorithm.oid());
  if (!algorithm.done) algorithm.null();
  algorithm.end();
  return hash;
}
