// SPDX-License-Identifier: Apache-2.0
/** The key derivation of PKCS#12 (RFC 7292 B.2). */
import { nodeCrypto } from './primitive.ts';

/** What stands for an empty passphrase: its two closing zero octets as RFC 7292 B.1 has it, or nothing at all, as some writers do. */
export type EmptyPassphrase = 'terminated' | 'nothing';

/** A passphrase as PKCS#12 hashes it: UTF-16 big-endian with two zero octets behind (RFC 7292 B.1). */
export function bmpPassphrase(passphrase: string, empty: EmptyPassphrase = 'terminated'): Uint8Array {
  if (passphrase === '' && empty === 'nothing') return new Uint8Array(0);
  const out = new Uint8Array(2 * passphrase.length + 2);
  for (let i = 0; i < passphrase.length; i++) {
    const unit = passphrase.charCodeAt(i);
    out[2 * i] = unit >> 8;
    out[2 * i + 1] = unit & 255;
  }
  return out;
}

export interface Pkcs12Derivation {
  readonly hash: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
  /** 1 for a key, 2 for an initialization vector, 3 for a MAC key. */
  readonly id: 1 | 2 | 3;
  readonly secret: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly length: number;
}

function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const out = new Uint8Array(block * Math.ceil(bytes.length / block));
  for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length] as number;
  return out;
}

/** Adds `addend + 1` to the number in `block`, modulo its size. */
function increase(block: Uint8Array, addend: Uint8Array): void {
  let carry = 1;
  for (let i = block.length - 1; i >= 0; i--) {
    carry += (block[i] as number) + (addend[i] as number);
    block[i] = carry & 255;
    carry >>= 8;
  }
}

export function pkcs12Derive({ hash, id, secret, salt, iterations, length }: Pkcs12Derivation): Uint8Array {
  const node = nodeCrypto();
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = new Uint8Array(block).fill(id);
  const input = new Uint8Array([...repeated(salt, block), ...repeated(secret, block)]);
  const out = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    let digest = node.createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round++) digest = node.createHash(hash).update(digest).digest();
    out.set(digest.subarray(0, length - at), at);
    at += digest.length;
    const addend = repeated(digest, block).subarray(0, block);
    for (let i = 0; i < input.length; i += block) increase(input.subarray(i, i + block), addend);
  }
  return out;
}
