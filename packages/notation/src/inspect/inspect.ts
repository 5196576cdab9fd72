// SPDX-License-Identifier: Apache-2.0
/**
 * Shows what the signatures of an artifact say, without trusting any of it: the structure, the critical headers and the certificate rules
 * must hold, the cryptographic signature is not checked and no policy is asked.
 */
import { type Fault, knownFault } from '@notary/base';
import type { Descriptor, ReadableRepository, ReadOptions } from '@notary/oci';
import {
  checkEnvelope,
  checkPayloadContentType,
  type EnvelopeContent,
  parseEnvelope,
  parsePayload,
  type TargetArtifact,
} from '@notary/signature';
import type { TimestampToken } from '@notary/x509/timestamp';
import { limits } from '../limits.ts';
import { fetchEnvelope } from '../signature-source.ts';

/** A countersignature as claimed: its token, or why it cannot be read. */
export type InspectedTimestamp = { readonly token: TimestampToken } | { readonly fault: Fault };

/** One signature as it describes itself. */
export interface InspectedSignature {
  readonly envelope: EnvelopeContent;
  readonly target: TargetArtifact;
  readonly timestamp?: InspectedTimestamp | undefined;
}

/** Reads one envelope. Faults: those of parsing, of the headers, of the certificate chain and of the payload. */
export async function inspectEnvelope(bytes: Uint8Array, mediaType: string): Promise<InspectedSignature> {
  const envelope = await parseEnvelope(bytes, mediaType);
  await checkEnvelope(envelope);
  checkPayloadContentType(envelope.contentType);
  const target = parsePayload(envelope.payload).targetArtifact;
  return {
    envelope,
    target,
    timestamp: envelope.timestampToken === undefined ? undefined : await readTimestamp(envelope.timestampToken, envelope.signature),
  };
}

/** Reads a token and checks that it speaks of this signature, as the reference does; who made it is not asked. */
async function readTimestamp(bytes: Uint8Array, signature: Uint8Array): Promise<InspectedTimestamp> {
  const { checkTimestampImprint, parseTimestampToken } = await import('@notary/x509/timestamp');
  try {
    const token = parseTimestampToken(bytes);
    checkTimestampImprint(token, signature);
    return { token };
  } catch (e) {
    return { fault: knownFault(e) };
  }
}

/** What became of one listed signature. */
export type InspectionStep =
  | { readonly kind: 'signature'; readonly signature: Descriptor; readonly mediaType: string; readonly inspected: InspectedSignature }
  /** Its manifest or envelope could not be fetched. */
  | { readonly kind: 'unavailable'; readonly signature: Descriptor; readonly fault: Fault }
  /** It was fetched and cannot be read. */
  | { readonly kind: 'unreadable'; readonly signature: Descriptor; readonly fault: Fault }
  | { readonly kind: 'limit'; readonly max: number };

/** How much is shown, and until when. */
export interface InspectOptions extends ReadOptions {
  /** Signatures shown at most; default 100. */
  readonly maxSignatures?: number | undefined;
}

/**
 * Inspects signatures one after the other in the order given, fetching ahead within a bound. Once the signal is aborted it throws the
 * signal's reason: what is then unavailable says nothing about the signatures.
 */
export async function* inspectSignatures(
  repository: ReadableRepository,
  artifact: Descriptor,
  listed: readonly Descriptor[],
  { maxSignatures = limits.signatures, signal }: InspectOptions = {},
): AsyncGenerator<InspectionStep> {
  const shown = listed.slice(0, maxSignatures);
  for (let from = 0; from < shown.length; from += limits.fetchesAtOnce) {
    const batch = shown.slice(from, from + limits.fetchesAtOnce);
    const steps = batch.map((signature) => inspectOne(repository, artifact, signature, { signal }));
    for (const step of steps) {
      const inspected = await step;
      signal?.throwIfAborted();
      yield inspected;
    }
  }
  if (listed.length > maxSignatures) yield { kind: 'limit', max: maxSignatures };
}

async function inspectOne(
  repository: ReadableRepository,
  artifact: Descriptor,
  signature: Descriptor,
  options: ReadOptions,
): Promise<InspectionStep> {
  let fetched: { bytes: Uint8Array; mediaType: string };
  try {
    fetched = await fetchEnvelope(repository, signature, artifact.digest, options);
  } catch (e) {
    return { kind: 'unavailable', signature, fault: knownFault(e) };
  }
  try {
    return {
      kind: 'signature',
      signature,
      mediaType: fetched.mediaType,
      inspected: await inspectEnvelope(fetched.bytes, fetched.mediaType),
    };
  } catch (e) {
    return { kind: 'unreadable', signature, fault: knownFault(e) };
  }
}
