// SPDX-License-Identifier: Apache-2.0
import type { PrivateKey } from '@notary/base/crypto';
import type { Certificate } from '@notary/x509';
import type {
  AttributeKey,
  AttributeValue,
  DecodedEnvelope,
  Descriptor,
  EnvelopeContent,
  EnvelopeMediaType,
  Payload,
  Signer,
  SignRequest,
  UnverifiedEnvelope,
} from './types.ts';

/** Go's ParseEnvelope: the outer structure only. */
export declare function decodeEnvelope(bytes: Uint8Array, mediaType: string): Promise<DecodedEnvelope>;
/** Structure, headers and certificates; nothing verified. */
export declare function parseEnvelope(bytes: Uint8Array, mediaType: string): Promise<UnverifiedEnvelope>;
/** What Go's `Envelope.Content()` adds to parsing: payload present, times in order, chain rules, algorithm of the key. For `inspect`. */
export declare function checkEnvelope(envelope: UnverifiedEnvelope): Promise<void>;
export declare class VerifiedEnvelope {
  readonly #content: EnvelopeContent;
  private constructor();
  get content(): EnvelopeContent;
}
/**
 * Integrity: signature, structure, chain rules. `criticalAttributes: 'refuse'` (default) refuses every critical extended
 * attribute; with `'defer'` the caller must call {@link checkCriticalAttributes} with what its plugin processed.
 */
export declare function verifyEnvelope(
  envelope: DecodedEnvelope | UnverifiedEnvelope,
  options?: { readonly criticalAttributes?: 'refuse' | 'defer' },
): Promise<VerifiedEnvelope>;
export declare function checkCriticalAttributes(envelope: EnvelopeContent, processed: Iterable<AttributeKey>): void;
/** Builds, signs and verifies its own output. */
export declare function signEnvelope(request: SignRequest): Promise<Uint8Array>;
export declare function createLocalSigner(key: PrivateKey, chain: readonly Certificate[]): Signer;
export declare function encodePayload(target: Descriptor, format: 'jws' | 'cose' | 'plugin'): Uint8Array;
/** Go: `payload content type %q not supported`. */
export declare function checkPayloadContentType(contentType: string): void;
export declare function parsePayload(bytes: Uint8Array): Payload;
/** Go's `fmt.Sprint` of an extended attribute's key or value, as `inspect` prints it. */
export declare function attributeText(value: AttributeValue): string;
/** `jws` or `cose` to a media type: Go's message for any other. */
export declare function mediaTypeForFormat(format: string): EnvelopeMediaType;
