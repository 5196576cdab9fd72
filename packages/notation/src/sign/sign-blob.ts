// SPDX-License-Identifier: Apache-2.0
/** Signs a blob, any file or stream, into a detached envelope. The blob is hashed as it passes and never held whole. */
import { toHex } from '@notary/base';
import { algorithmForKeySpec, createHasher, hashForAlgorithm } from '@notary/base/crypto';
import { faults } from '../faults.ts';
import { checkMediaType } from '../media-type-syntax.ts';
import { checkExpiry, type SignedTarget, type SigningOptions, signTarget } from './sign-artifact.ts';

export interface SignBlobRequest extends SigningOptions {
  readonly blob: AsyncIterable<Uint8Array>;
  /** Media type of the blob, signed along; `application/octet-stream` where nothing better is known. */
  readonly contentMediaType: string;
}

/** The signature and the digest it covers, made with the hash of the key (blob signing specification). */
export interface SignedBlob extends SignedTarget {
  readonly digest: string;
  readonly size: number;
}

/** Signs. Faults: `NOTATION_EXPIRY_…`, `NOTATION_MEDIA_TYPE_…`, `NOTATION_METADATA_…`, and those of the signer. */
export async function signBlob(request: SignBlobRequest): Promise<SignedBlob> {
  checkExpiry(request.expiryMs);
  if (request.contentMediaType === '') throw faults.MEDIA_TYPE_EMPTY();
  checkMediaType(request.contentMediaType);
  const name = hashForAlgorithm(algorithmForKeySpec(await request.signer.keySpec()));
  const hasher = createHasher(name);
  let size = 0;
  for await (const chunk of request.blob) {
    hasher.update(chunk);
    size += chunk.length;
  }
  const digest = `${name.replace('-', '').toLowerCase()}:${toHex(hasher.digest())}`;
  return { ...(await signTarget(request, { mediaType: request.contentMediaType, digest, size })), digest, size };
}
