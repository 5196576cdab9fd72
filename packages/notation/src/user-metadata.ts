// SPDX-License-Identifier: Apache-2.0
/** User metadata: what a signer says about an artifact, signed as annotations of the target descriptor. */
import { faults } from './faults.ts';
import { reservedMetadataPrefix } from './media-types.ts';

/** What the signer says about the artifact, signed with it. */
export type UserMetadata = ReadonlyMap<string, string>;

/** Adds metadata to the annotations of the descriptor to sign. Faults: `NOTATION_METADATA_RESERVED`, `NOTATION_METADATA_PRESENT`. */
export function addUserMetadata<D extends { readonly annotations?: Readonly<Record<string, string>> | undefined }>(
  descriptor: D,
  metadata: UserMetadata,
): D {
  if (metadata.size === 0) return descriptor;
  const annotations = new Map(Object.entries(descriptor.annotations ?? {}));
  for (const [key, value] of metadata) {
    if (key.startsWith(reservedMetadataPrefix)) throw faults.METADATA_RESERVED({ key });
    if (annotations.has(key)) throw faults.METADATA_PRESENT({ key });
    annotations.set(key, value);
  }
  return { ...descriptor, annotations: Object.fromEntries(annotations) };
}

/** Does the signed descriptor carry every pair that the verifier demands? */
export function hasUserMetadata(present: UserMetadata, wanted: UserMetadata): boolean {
  for (const [key, value] of wanted) if (present.get(key) !== value) return false;
  return true;
}
