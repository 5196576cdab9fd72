// SPDX-License-Identifier: Apache-2.0
/** What a signature says of a blob: its digest with the hash of the signing key (blob signing specification), and its size. */
import { toHex } from '@notary/base';
import { createHasher, hashForAlgorithm, type SignatureAlgorithm } from '@notary/base/crypto';

/** Hashes a blob as it passes. Once the signal is aborted no further chunk is asked for. */
export async function describeBlob(
  chunks: AsyncIterable<Uint8Array>,
  algorithm: SignatureAlgorithm,
  signal: AbortSignal,
): Promise<{ readonly digest: string; readonly size: number }> {
  const name = hashForAlgorithm(algorithm);
  const hasher = createHasher(name);
  let size = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    hasher.update(chunk);
    size += chunk.length;
  }
  return { digest: `${name.replace('-', '').toLowerCase()}:${toHex(hasher.digest())}`, size };
}
