// SPDX-License-Identifier: Apache-2.0
/**
 * Tells an RSA-PSS signature with a salt of the wrong length from one that is no signature at all (RFC 8017 8.1.2, 9.1.2).
 * Both are refused; this only runs after verification has failed, to name the reason.
 */
import { concatBytes, equalBytes, fromHex, toHex } from '@notary/base';
import { hash, hashForAlgorithm, type PublicKey, type SignatureAlgorithm } from '@notary/base/crypto';

/** The salt lengths found and expected, if the signature would verify with any salt length; else `undefined`. */
export function pssSaltLength(
  algorithm: SignatureAlgorithm,
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): { saltLength: number; expected: number } | undefined {
  if (key.type !== 'rsa' || key.bits > 4096 || signature.length !== key.modulus.length) return undefined;
  const hashName = hashForAlgorithm(algorithm);
  const mHash = hash(hashName, message);
  const expected = mHash.length;
  const encodedBits = key.bits - 1;
  const encoded = publicOperation(key.modulus, key.exponent, signature, Math.ceil(encodedBits / 8));
  if (encoded === undefined || encoded.at(-1) !== 0xbc || encoded.length < expected + 2) return undefined;
  const masked = encoded.subarray(0, encoded.length - expected - 1);
  const h = encoded.subarray(masked.length, encoded.length - 1);
  const block = unmask(hashName, masked, h);
  block[0] = (block[0] as number) & (0xff >> (8 * encoded.length - encodedBits));
  const one = block.findIndex((b) => b !== 0);
  if (one < 0 || block[one] !== 1) return undefined;
  const salt = block.subarray(one + 1);
  if (!equalBytes(hash(hashName, concatBytes(new Uint8Array(8), mHash, salt)), h)) return undefined;
  return { saltLength: salt.length, expected };
}

/** signature ^ exponent mod modulus, in `size` octets; `undefined` if it is no number below the modulus. */
function publicOperation(modulus: Uint8Array, exponent: number, signature: Uint8Array, size: number): Uint8Array | undefined {
  const n = BigInt(`0x${toHex(modulus)}`);
  let base = BigInt(`0x${toHex(signature)}`);
  if (base >= n) return undefined;
  let result = 1n;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = (result * base) % n;
    base = (base * base) % n;
  }
  const digits = result.toString(16).padStart(2 * size, '0');
  return digits.length === 2 * size ? fromHex(digits) : undefined;
}

/** MGF1 with the same hash (RFC 8017 B.2.1). */
function unmask(hashName: Parameters<typeof hash>[0], masked: Uint8Array, seed: Uint8Array): Uint8Array {
  const out = new Uint8Array(masked);
  for (let counter = 0, at = 0; at < out.length; counter++) {
    const block = hash(hashName, concatBytes(seed, Uint8Array.of(counter >> 24, counter >> 16, counter >> 8, counter)));
    for (let i = 0; i < block.length && at < out.length; i++, at++) out[at] = (out[at] as number) ^ (block[i] as number);
  }
  return out;
}
