// SPDX-License-Identifier: Apache-2.0
/** Signs a blob, any file or stream, into a detached envelope. The blob is hashed as it passes and never held whole. */
import type { Fault } from '@notary/base';
import { algorithmForKeySpec } from '@notary/base/crypto';
import { withinDeadline } from '@notary/base/deadline';
import { describeBlob } from '../blob-content.ts';
import type { EndOptions } from '../deadline.ts';
import { faults } from '../faults.ts';
import { checkMediaType } from '../media-type-syntax.ts';
import { checkExpiry, type SignedTarget, type SigningOptions, signTarget } from './sign-artifact.ts';

/** Content that is read once, as a stream, and how to sign it. */
export interface SignBlobRequest extends SigningOptions, EndOptions {
  readonly blob: AsyncIterable<Uint8Array>;
  /** Media type of the blob, signed along; `application/octet-stream` where nothing better is known. */
  readonly contentMediaType: string;
}

/** The signature and the digest it covers, made with the hash of the key (blob signing specification). */
export interface SignedBlob extends SignedTarget {
  readonly digest: string;
  readonly size: number;
}

/** Signs. Faults: `NOTATION_EXPIRY_…`, `NOTATION_MEDIA_TYPE_…`, `NOTATION_METADATA_…`, those of the signer, and `NOTATION_DEADLINE_EXCEEDED` where a deadline is given. */
export async function signBlob(request: SignBlobRequest): Promise<SignedBlob> {
  checkExpiry(request.expiryMs);
  if (request.contentMediaType === '') throw faults.MEDIA_TYPE_EMPTY();
  checkMediaType(request.contentMediaType);
  const { clock, deadlineMs, signal } = request;
  const fault = (): Fault => faults.DEADLINE_EXCEEDED({ work: 'signing', reference: 'the blob', deadlineMs: deadlineMs ?? 0 });
  return withinDeadline({ clock, from: clock.now(), ms: deadlineMs, fault, signal }, async (over) => {
    const blob = await describeBlob(request.blob, algorithmForKeySpec(await request.signer.keySpec()), over);
    return { ...(await signTarget(request, { mediaType: request.contentMediaType, ...blob })), ...blob };
  });
}
