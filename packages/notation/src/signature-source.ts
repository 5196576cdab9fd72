// SPDX-License-Identifier: Apache-2.0
/** Fetches the envelope that a signature manifest points at. */
import type { Digest } from '@notary/base';
import { type Descriptor, OCI_ARTIFACT_MANIFEST, OCI_MANIFEST, type ReadableRepository, type ReadOptions } from '@notary/oci';
import { faults } from './faults.ts';
import { limits } from './limits.ts';
import { parseSignatureManifest } from './signature-manifest.ts';

export interface FetchedEnvelope {
  readonly bytes: Uint8Array;
  /** As the signature manifest names it; it chooses the envelope's decoder. */
  readonly mediaType: string;
}

/**
 * Two requests in sequence: the signature manifest, then its only layer. A manifest whose subject is another artifact is refused before
 * anything is fetched for it, whatever a list of referrers said. Faults: `NOTATION_MANIFEST_…`, `NOTATION_ENVELOPE_…`, and those of the store.
 */
export async function fetchEnvelope(
  repository: ReadableRepository,
  signature: Descriptor,
  subject: Digest,
  options?: ReadOptions,
): Promise<FetchedEnvelope> {
  const { mediaType, size } = signature;
  if (mediaType !== OCI_MANIFEST && mediaType !== OCI_ARTIFACT_MANIFEST) throw faults.MANIFEST_TYPE_UNSUPPORTED({ mediaType });
  if (size > limits.manifestBytes) throw faults.MANIFEST_TOO_LARGE({ size });
  const manifest = parseSignatureManifest(await repository.fetchManifest(signature, options), mediaType);
  if (manifest.subject !== subject) throw faults.MANIFEST_OTHER_SUBJECT({ subject: manifest.subject ?? 'no artifact', expected: subject });
  return { bytes: await repository.fetchBlob(manifest.envelope, limits.envelopeBytes, options), mediaType: manifest.envelope.mediaType };
}
