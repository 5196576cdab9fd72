// SPDX-License-Identifier: Apache-2.0
/** Content is let through only when it has the size and the digest of its descriptor. */
import { checkDigest, digestFaults, digestHash, fromBase64, joinBytes, toHex } from '@notary/base';
import type { Descriptor } from './descriptor.ts';
import { ociFaults } from './faults.ts';

/** The bytes, if they are what the descriptor says; else `OCI_SIZE_MISMATCH` or `DIGEST_MISMATCH`. */
export function verifyContent(descriptor: Descriptor, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== descriptor.size) throw sizeMismatch(descriptor, bytes.length);
  checkDigest(bytes, descriptor.digest);
  return bytes;
}

/** Collects chunks, giving up as soon as they exceed the size, and verifies the whole. */
export async function readVerified(descriptor: Descriptor, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of streamVerified(descriptor, chunks)) parts.push(chunk);
  return joinBytes(parts);
}

/** Passes chunks on; a fault at the end means that none of them may be used. */
export async function* streamVerified(descriptor: Descriptor, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  // Only streams need a running hash: what is read whole, as by a verifier, loads nothing for it.
  const { createHasher } = await import('@notary/base/crypto');
  const hasher = createHasher(digestHash(descriptor.digest));
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > descriptor.size) throw sizeMismatch(descriptor, size);
    hasher.update(chunk);
    yield chunk;
  }
  if (size !== descriptor.size) throw sizeMismatch(descriptor, size);
  const actual = `${descriptor.digest.slice(0, descriptor.digest.indexOf(':'))}:${toHex(hasher.digest())}`;
  if (actual !== descriptor.digest) throw digestFaults.MISMATCH({ expected: descriptor.digest, actual });
}

/** The content embedded in a descriptor, verified; `undefined` if there is none. Faults: `OCI_DATA_MISMATCH`. */
export function embeddedContent(descriptor: Descriptor): Uint8Array | undefined {
  if (descriptor.data === undefined) return undefined;
  try {
    return verifyContent(descriptor, fromBase64(descriptor.data));
  } catch (cause) {
    throw ociFaults.DATA_MISMATCH({ digest: descriptor.digest }, { cause });
  }
}

/** `OCI_SIZE_MISMATCH` of a descriptor. */
export const sizeMismatch = (descriptor: Descriptor, actual: number) =>
  ociFaults.SIZE_MISMATCH({ digest: descriptor.digest, expected: descriptor.size, actual });

/** `OCI_TOO_LARGE` if a descriptor announces more than `limit` bytes. */
export function checkSize(descriptor: Descriptor, limit: number): void {
  if (descriptor.size > limit) throw ociFaults.TOO_LARGE({ digest: descriptor.digest, size: descriptor.size, limit });
}
