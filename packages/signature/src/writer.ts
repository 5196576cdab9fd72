// SPDX-License-Identifier: Apache-2.0
/** What a format offers to whoever signs: the bytes to sign, then the envelope around the result. */
import type { SignatureAlgorithm } from '@notary/base/crypto';
import type { SignRequest } from './types.ts';

/** A request whose times are whole seconds and whose algorithm is that of the signer's key. */
export type WritableRequest = Pick<
  SignRequest,
  'payload' | 'contentType' | 'signingTime' | 'utcOffsetMinutes' | 'expiry' | 'signingScheme' | 'extendedAttributes'
> & { readonly algorithm: SignatureAlgorithm };

export interface UnsignedParts {
  readonly signature: Uint8Array;
  /** DER, leaf first. */
  readonly certificates: readonly Uint8Array[];
  readonly signingAgent: string;
  readonly timestampToken: Uint8Array | undefined;
}

export interface EnvelopeWriter {
  readonly toBeSigned: Uint8Array;
  finish(parts: UnsignedParts): Uint8Array;
}
