// SPDX-License-Identifier: Apache-2.0
/**
 * A repository whose resolving is watched: the reference warns about a tag once it is resolved, and words a failure in its own way. With a
 * memory of the reference it also serves what is known already, and notes what was fetched.
 */
import type { Descriptor, ReadableRepository } from '@notary/oci';
import { prefixed } from '../faults.ts';
import { limits } from '../limits.ts';
import type { Content, Contents, ReferenceMemory } from './memory.ts';

/** What the watch saw. */
export interface Resolution {
  artifact?: Descriptor;
  /** As the reference words it. */
  failure?: Error;
  /** What the registry took to say what the reference names, as the clock of the memory has it. */
  tookMs?: number;
  /** Manifests and blobs that were read whole, by digest; `undefined` once they are more than would be kept. */
  contents?: Contents | undefined;
}

/** `seen` is filled when the reference is resolved, `seen.contents` as content is read. */
export function observeResolving(repository: ReadableRepository, seen: Resolution, memory?: ReferenceMemory): ReadableRepository {
  const read = memory === undefined ? undefined : reader(seen, memory);
  return {
    name: repository.name,
    async resolve(reference, options) {
      try {
        seen.artifact = await repository.resolve(reference, options);
        if (memory !== undefined) seen.tookMs = memory.elapsedMs();
        return seen.artifact;
      } catch (e) {
        seen.failure = prefixed('failed to get manifest descriptor: ', e);
        throw seen.failure;
      }
    },
    fetchManifest: (descriptor, options) => {
      const fetch = (): Promise<Uint8Array> => repository.fetchManifest(descriptor, options);
      return read === undefined ? fetch() : read(descriptor, fetch);
    },
    hasManifest: (descriptor) => repository.hasManifest(descriptor),
    fetchBlob: (descriptor, maxBytes, options) => {
      const fetch = (): Promise<Uint8Array> => repository.fetchBlob(descriptor, maxBytes, options);
      return read === undefined || descriptor.size > maxBytes ? fetch() : read(descriptor, fetch);
    },
    streamUnverifiedBlob: (descriptor) => repository.streamUnverifiedBlob(descriptor),
    hasBlob: (descriptor) => repository.hasBlob(descriptor),
    listReferrers: (subject, query) => repository.listReferrers(subject, query),
  };
}

type Reader = (descriptor: Descriptor, fetch: () => Promise<Uint8Array>) => Promise<Uint8Array>;

/** Content by its digest from memory, where it is the same in size and type; else fetched. */
function reader(seen: Resolution, memory: ReferenceMemory): Reader {
  const contents = new Map<string, Content>();
  let total = 0;
  seen.contents = contents;
  return async ({ digest, mediaType, size }, fetch) => {
    const known = (await memory.recalled)?.contents.get(digest);
    const bytes = known !== undefined && known.mediaType === mediaType && known.bytes.length === size ? known.bytes : await fetch();
    total += bytes.length;
    if (total > limits.memoryBytes) seen.contents = undefined;
    else contents.set(digest, { mediaType, bytes });
    return bytes;
  };
}
