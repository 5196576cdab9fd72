// SPDX-License-Identifier: Apache-2.0
export {
  type Annotations,
  annotationsJson,
  type Descriptor,
  describe,
  descriptorJson,
  isMediaType,
  type Platform,
  parseDescriptor,
  plainDescriptor,
  sameContent,
} from './descriptor.ts';
export { ociFaults, type StatusFacts } from './faults.ts';
export { type ArtifactLocation, type LayoutReference, parseArtifactLocation, parseLayoutReference } from './location.ts';
export { childrenOf, effectiveArtifactType, type Manifest, parseManifest } from './manifest.ts';
export * from './media-types.ts';
export { formatPlatform, parsePlatform, selectPlatform } from './platform.ts';
export {
  digestProblem,
  expandDockerReference,
  formatReference,
  isRegistryName,
  isRepositoryName,
  isTag,
  type OciReference,
  parseArtifactReference,
  parseReference,
  parseRegistry,
  referenceTarget,
  repositoryName,
} from './reference.ts';
export { checkSubject, collectReferrers, fetchReferrer, type Referrer } from './referrers.ts';
export type {
  Attachment,
  BlobContent,
  BlobReader,
  BlobWriter,
  ManifestReader,
  ManifestWriter,
  ReadableRepository,
  ReadOptions,
  ReferrerLister,
  ReferrersQuery,
  ReferrerWriter,
  Repository,
  Resolver,
  Subject,
  WriteOptions,
} from './repository.ts';
