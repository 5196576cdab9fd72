// SPDX-License-Identifier: Apache-2.0
/** Object identifiers of keys, signatures, hashes and ciphers. */
import type { HashName } from './hash.ts';
import type { Curve } from './types.ts';

export const OID = {
  RSA: '1.2.840.113549.1.1.1',
  RSA_PSS: '1.2.840.113549.1.1.10',
  MGF1: '1.2.840.113549.1.1.8',
  EC: '1.2.840.10045.2.1',
  ED25519: '1.3.101.112',
} as const;

export const CURVES: ReadonlyMap<string, Curve> = new Map([
  ['1.3.132.0.33', 'P-224'],
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
]);

export const CURVE_OIDS: Readonly<Record<Curve, string>> = {
  'P-224': '1.3.132.0.33',
  'P-256': '1.2.840.10045.3.1.7',
  'P-384': '1.3.132.0.34',
  'P-521': '1.3.132.0.35',
};

const CURVE_BYTES = { 'P-224': 28, 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const;
/** Octets of a coordinate, and of each half of a signature, on this curve. */
export const curveBytes = (curve: Curve): number => CURVE_BYTES[curve];

export const HASHES: ReadonlyMap<string, HashName> = new Map([
  ['1.3.14.3.2.26', 'SHA-1'],
  ['2.16.840.1.101.3.4.2.1', 'SHA-256'],
  ['2.16.840.1.101.3.4.2.2', 'SHA-384'],
  ['2.16.840.1.101.3.4.2.3', 'SHA-512'],
]);

const HASH_BYTES = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 } as const;
export const hashBytes = (hash: HashName): number => HASH_BYTES[hash];
