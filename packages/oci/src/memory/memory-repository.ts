// SPDX-License-Identifier: Apache-2.0
import { concatBytes, type Digest, isDigest } from '@notary/base';
import { type Descriptor, plainDescriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { MAX_MANIFEST_BYTES } from '../limits.ts';
import { effectiveArtifactType, parseManifest } from '../manifest.ts';
import type { Repository } from '../repository.ts';
import { checkSize, readVerified, verifyContent } from '../verified-content.ts';

/** An empty repository. It checks what it is given and what it returns like any other. */
export function createMemoryRepository(name = 'memory'): Repository {
  const blobs = new Map<Digest, Uint8Array>();
  const manifests = new Map<Digest, { readonly descriptor: Descriptor; readonly bytes: Uint8Array }>();
  const tags = new Map<string, Digest>();
  const referrers = new Map<Digest, Descriptor[]>();
  const notFound = (reference: string) => ociFaults.NOT_FOUND({ reference });
  const blobOf = (descriptor: Descriptor): Uint8Array => {
    const bytes = blobs.get(descriptor.digest);
    if (bytes === undefined) throw notFound(descriptor.digest);
    return verifyContent(descriptor, bytes);
  };
  const store = (descriptor: Descriptor, bytes: Uint8Array): void => {
    checkSize(descriptor, MAX_MANIFEST_BYTES);
    const manifest = parseManifest(descriptor, verifyContent(descriptor, bytes));
    if (!manifests.has(descriptor.digest) && manifest.subject !== undefined) {
      const artifactType = effectiveArtifactType(manifest);
      const { annotations, subject } = manifest;
      const entry = {
        ...plainDescriptor(descriptor),
        ...(annotations === undefined ? {} : { annotations }),
        ...(artifactType === undefined ? {} : { artifactType }),
      };
      referrers.set(subject.digest, [...(referrers.get(subject.digest) ?? []), entry]);
    }
    manifests.set(descriptor.digest, { descriptor: plainDescriptor(descriptor), bytes: bytes.slice() });
  };
  return {
    name,
    async resolve(reference) {
      const digest = isDigest(reference) ? reference : tags.get(reference);
      const found = digest === undefined ? undefined : manifests.get(digest);
      if (found === undefined) throw notFound(`${name}${isDigest(reference) ? '@' : ':'}${reference}`);
      return found.descriptor;
    },
    async fetchManifest(descriptor) {
      const found = manifests.get(descriptor.digest);
      if (found === undefined) throw notFound(descriptor.digest);
      return verifyContent(descriptor, found.bytes).slice();
    },
    hasManifest: async (descriptor) => manifests.has(descriptor.digest),
    async fetchBlob(descriptor, maxBytes) {
      checkSize(descriptor, maxBytes);
      return blobOf(descriptor).slice();
    },
    async *streamUnverifiedBlob(descriptor) {
      yield blobOf(descriptor).slice();
    },
    hasBlob: async (descriptor) => blobs.has(descriptor.digest),
    async *listReferrers(subject, query = {}) {
      const all = (referrers.get(subject.digest) ?? []).filter(
        (d) => query.artifactType === undefined || d.artifactType === query.artifactType,
      );
      yield* all.slice(0, query.limit ?? all.length);
    },
    async pushBlob(descriptor, content) {
      const bytes = content instanceof Uint8Array ? verifyContent(descriptor, content) : await readVerified(descriptor, content());
      blobs.set(descriptor.digest, concatBytes(bytes));
    },
    async pushManifest(descriptor, bytes, tag) {
      store(descriptor, bytes);
      if (tag !== undefined) tags.set(tag, descriptor.digest);
    },
    async attach(descriptor, bytes) {
      if (parseManifest(descriptor, bytes).subject === undefined) throw ociFaults.SUBJECT_MISSING({ digest: descriptor.digest });
      store(descriptor, bytes);
      return { via: 'api', replacedIndex: 'none' };
    },
    async confirmDiscoverable(subject, descriptor) {
      if (referrers.get(subject.digest)?.some((d) => d.digest === descriptor.digest) === true) return;
      throw ociFaults.REFERRER_NOT_DISCOVERABLE({ digest: descriptor.digest, subject: subject.digest });
    },
  };
}
