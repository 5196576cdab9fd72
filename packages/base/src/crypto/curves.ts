// SPDX-License-Identifier: Apache-2.0
/** The curves of FIPS 186-4: y² = x³ - 3x + b over a prime field. Only public points are computed with, so time does not matter. */
import { toHex } from '../bytes.ts';
import type { Curve } from './types.ts';

interface Field {
  readonly p: bigint;
  readonly b: bigint;
  /** The order of the base point. */
  readonly n: bigint;
}

/** Primes and coefficients (SP 800-186, 3.2.1), made on first use: big integers at import would cost every start. */
function field(curve: Curve): Field {
  switch (curve) {
    case 'P-224':
      return {
        p: 2n ** 224n - 2n ** 96n + 1n,
        b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
        n: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
      };
    case 'P-256':
      return {
        p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
        b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
        n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
      };
    case 'P-384':
      return {
        p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
        b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
        n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
      };
    case 'P-521':
      return {
        p: 2n ** 521n - 1n,
        b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
        n: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
      };
  }
}

const number = (octets: Uint8Array): bigint => BigInt(`0x${toHex(octets)}`);

/** Is this a private key of the curve: from 1 to below the order? */
export function isScalar(curve: Curve, octets: Uint8Array): boolean {
  const d = number(octets);
  return d > 0n && d < field(curve).n;
}

/** Is (x, y) a point of the curve, with coordinates below the prime? */
export function isOnCurve(curve: Curve, xOctets: Uint8Array, yOctets: Uint8Array): boolean {
  const { p, b } = field(curve);
  const [x, y] = [number(xOctets), number(yOctets)];
  if (x >= p || y >= p) return false;
  return (y * y - ((x * x - 3n) * x + b)) % p === 0n;
}
