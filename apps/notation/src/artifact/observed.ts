// SPDX-License-Identifier: Apache-2.0
/** A repository whose resolving is watched: the reference warns about a tag once it is resolved, and words a failure in its own way. */
import type { Descriptor, ReadableRepository } from '@notary/oci';
import { prefixed } from '../faults.ts';

/** What the watch saw. */
export interface Resolution {
  artifact?: Descriptor;
  /** As the reference words it. */
  failure?: Error;
}

/** `seen` is filled when the reference is resolved. */
export function observeResolving(repository: ReadableRepository, seen: Resolution): ReadableRepository {
  return {
    name: repository.name,
    async resolve(reference) {
      try {
        seen.artifact = await repository.resolve(reference);
        return seen.artifact;
      } catch (e) {
        seen.failure = prefixed('failed to get manifest descriptor: ', e);
        throw seen.failure;
      }
    },
    fetchManifest: (descriptor) => repository.fetchManifest(descriptor),
    hasManifest: (descriptor) => repository.hasManifest(descriptor),
    fetchBlob: (descriptor, maxBytes) => repository.fetchBlob(descriptor, maxBytes),
    streamUnverifiedBlob: (descriptor) => repository.streamUnverifiedBlob(descriptor),
    hasBlob: (descriptor) => repository.hasBlob(descriptor),
    listReferrers: (subject, query) => repository.listReferrers(subject, query),
  };
}
