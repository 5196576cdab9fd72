// SPDX-License-Identifier: Apache-2.0
/**
 * RC2 in CBC mode, decryption only (RFC 2268). Old PKCS#12 files hide their certificates with it, and neither OpenSSL 3 nor Bun
 * offers it any more. Nothing is ever encrypted with it here.
 */
import { fromHex } from '../bytes.ts';
import { cryptoFaults } from './faults.ts';

// RFC 2268 section 2: a permutation of 0..255 from the digits of pi.
const PI_HEX =
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
  '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
  '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
  '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad';
let table: Uint8Array | undefined;
/** Made on first use: it would take every command that opens a key half a millisecond. */
const piTable = (): Uint8Array => (table ??= fromHex(PI_HEX));

/** 64 words of 16 bits from the key; the effective length is that of the key. */
function expand(key: Uint8Array): Uint16Array {
  const bits = key.length * 8;
  const l = new Uint8Array(128);
  l.set(key);
  const table = piTable();
  const pi = (i: number): number => table[i & 255] as number;
  const at = (i: number): number => l[i] as number;
  for (let i = key.length; i < 128; i++) l[i] = pi(at(i - 1) + at(i - key.length));
  const t8 = (bits + 7) >> 3;
  const mask = 255 >> (8 * t8 - bits);
  l[128 - t8] = pi(at(128 - t8) & mask);
  for (let i = 127 - t8; i >= 0; i--) l[i] = pi(at(i + 1) ^ at(i + t8));
  return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8));
}

const SHIFTS = [1, 2, 3, 5] as const;

function decryptBlock(words: Uint16Array, r: Uint16Array): void {
  const k = (i: number): number => words[i] as number;
  const get = (i: number): number => r[i & 3] as number;
  let j = 63;
  const mix = (): void => {
    for (let i = 3; i >= 0; i--) {
      const s = SHIFTS[i] as number;
      const rotated = ((get(i) >> s) | (get(i) << (16 - s))) & 0xffff;
      r[i] = rotated - k(j--) - (get(i + 3) & get(i + 2)) - (~get(i + 3) & get(i + 1));
    }
  };
  const mash = (): void => {
    for (let i = 3; i >= 0; i--) r[i] = get(i) - k(get(i + 3) & 63);
  };
  for (let round = 0; round < 16; round++) {
    if (round === 5 || round === 11) mash();
    mix();
  }
}

/** CBC decryption with PKCS#7 padding; bad padding is taken for a wrong passphrase. */
export function decryptRc2(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || bytes.length % 8 !== 0)
    throw cryptoFaults.PRIVATE_KEY_INVALID({ reason: 'encrypted part is not a whole number of blocks' });
  const words = expand(key);
  const out = new Uint8Array(bytes.length);
  const r = new Uint16Array(4);
  for (let at = 0; at < bytes.length; at += 8) {
    for (let i = 0; i < 4; i++) r[i] = (bytes[at + 2 * i] as number) | ((bytes[at + 2 * i + 1] as number) << 8);
    decryptBlock(words, r);
    for (let i = 0; i < 8; i++) {
      const previous = at === 0 ? (iv[i] as number) : (bytes[at - 8 + i] as number);
      out[at + i] = (((r[i >> 1] as number) >> (8 * (i & 1))) & 255) ^ previous;
    }
  }
  const pad = out[out.length - 1] as number;
  if (pad < 1 || pad > 8 || out.subarray(out.length - pad).some((b) => b !== pad)) throw cryptoFaults.PASSPHRASE_INCORRECT();
  return out.subarray(0, out.length - pad);
}
