// SPDX-License-Identifier: Apache-2.0
/** The OCI manifest that ties a signature envelope to its subject (Notary Project signature specification, "Storage"). */
import { type Digest, digestOf, knownFault, parseDigest, toUtf8 } from '@notary/base';
import { encodeGoJson, goMember, isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { type Descriptor, OCI_ARTIFACT_MANIFEST, OCI_EMPTY, OCI_MANIFEST } from '@notary/oci';
import { faults } from './faults.ts';
import { formatRfc3339Utc } from './go-time.ts';
import { limits } from './limits.ts';
import { createdAnnotation, signatureArtifactType, thumbprintAnnotation } from './media-types.ts';

/** The two bytes that every signature manifest names as its configuration (image-spec, manifest.md, "Guidance for an Empty Descriptor"). */
export const emptyConfig = toUtf8('{}');
export const emptyConfigDescriptor: Descriptor = {
  mediaType: OCI_EMPTY,
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' as Digest,
  size: 2,
};

export interface SignatureManifestInput {
  readonly envelope: Descriptor;
  readonly subject: Descriptor;
  /** Lower-case hexadecimal SHA-256 of each certificate, leaf first. */
  readonly thumbprints: readonly string[];
  readonly signingTime: Date;
  /** Annotations of a signing plugin; the two of the specification win over them. */
  readonly annotations?: ReadonlyMap<string, string>;
}

/** The manifest's bytes, member for member as notation-go writes them, and its descriptor with artifact type and annotations. */
export function encodeSignatureManifest(input: SignatureManifestInput): { readonly bytes: Uint8Array; readonly descriptor: Descriptor } {
  const annotations = new Map(input.annotations ?? []);
  annotations.set(thumbprintAnnotation, JSON.stringify(input.thumbprints));
  annotations.set(createdAnnotation, formatRfc3339Utc(input.signingTime));
  const sorted = Object.fromEntries([...annotations].sort(([a], [b]) => (a < b ? -1 : 1)));
  const brief = (d: Descriptor) => ({ mediaType: d.mediaType, digest: d.digest, size: d.size });
  const text = encodeGoJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: signatureArtifactType,
    config: { ...brief(emptyConfigDescriptor), data: 'e30=' },
    layers: [brief(input.envelope)],
    subject: brief(input.subject),
    annotations: sorted,
  });
  const bytes = toUtf8(text);
  const descriptor: Descriptor = {
    mediaType: OCI_MANIFEST,
    digest: digestOf(bytes),
    size: bytes.length,
    artifactType: signatureArtifactType,
    annotations: sorted,
  };
  return { bytes, descriptor };
}

/** Where the envelope of a signature manifest is, and what the manifest says it signs. */
export interface SignatureManifest {
  readonly envelope: Descriptor;
  readonly subject: Digest | undefined;
}

/**
 * Reads a signature manifest, image or artifact form. Faults: `NOTATION_MANIFEST_…`, `NOTATION_ENVELOPE_COUNT`, `NOTATION_ENVELOPE_TOO_LARGE`.
 * Does not check that the subject is the artifact: callers do, since only they know it.
 */
export function parseSignatureManifest(bytes: Uint8Array, mediaType: string): SignatureManifest {
  let document: JsonValue;
  try {
    document = parseJsonStrict(bytes, { maxBytes: limits.manifestBytes, maxDepth: 16, maxValues: limits.manifestValues });
  } catch (cause) {
    throw faults.MANIFEST_MALFORMED({ reason: knownFault(cause).message }, { cause });
  }
  if (!isJsonObject(document)) throw faults.MANIFEST_MALFORMED({ reason: 'it is not a JSON object' });
  const entries = goMember(document, mediaType === OCI_ARTIFACT_MANIFEST ? 'blobs' : 'layers');
  const list = Array.isArray(entries) ? entries : [];
  const [first] = list;
  if (list.length !== 1 || first === undefined) throw faults.ENVELOPE_COUNT({ count: list.length });
  const envelope = readDescriptor(first, 'layer');
  if (envelope.size > limits.envelopeBytes) throw faults.ENVELOPE_TOO_LARGE({ size: envelope.size });
  const subject = goMember(document, 'subject');
  return { envelope, subject: subject === undefined ? undefined : readDescriptor(subject, 'subject').digest };
}

function readDescriptor(value: JsonValue, what: string): Descriptor & { digest: Digest } {
  if (!isJsonObject(value)) throw faults.MANIFEST_MALFORMED({ reason: `its ${what} is not a descriptor` });
  const [mediaType, digest, size] = ['mediaType', 'digest', 'size'].map((name) => goMember(value as JsonObject, name));
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw faults.MANIFEST_MALFORMED({ reason: `its ${what} is not a descriptor` });
  try {
    return { mediaType, digest: parseDigest(digest), size };
  } catch (cause) {
    throw faults.MANIFEST_MALFORMED({ reason: knownFault(cause).message }, { cause });
  }
}

/** Thumbprints that a descriptor's annotation claims: a hint for the order in which candidates are tried, nothing more. */
export function hintedThumbprints(descriptor: Descriptor): readonly string[] | undefined {
  const text = descriptor.annotations?.[thumbprintAnnotation];
  if (text === undefined || text.length > limits.thumbprintHintChars) return undefined;
  try {
    const value = parseJsonStrict(text, { maxDepth: 2 });
    return Array.isArray(value) ? value.filter((t): t is string => typeof t === 'string').map((t) => t.toLowerCase()) : undefined;
  } catch (e) {
    knownFault(e);
    return undefined;
  }
}
