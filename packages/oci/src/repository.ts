// SPDX-License-Identifier: Apache-2.0
/**
 * Storage as small capabilities. A registry, an image layout, an archive and a memory store offer all of them, so a
 * workflow never asks which one it has. Everything that is fetched was checked against the size and digest asked for.
 */
import type { Digest, Fault } from '@notary/base';
import type { Descriptor } from './descriptor.ts';

/** What every way of reading may be told. */
export interface ReadOptions {
  /** Ends the requests: the faults are then those of the port, `HTTP_ABORTED`. Stores without a network may ignore it. */
  readonly signal?: AbortSignal | undefined;
}

/** Finds the manifest that a tag or digest names. */
export interface Resolver {
  /** `reference` is a tag or a digest, never a full reference. Faults: `OCI_NOT_FOUND`, and `OCI_RESPONSE_INVALID` when another digest comes back. */
  resolve(reference: string, options?: ReadOptions): Promise<Descriptor>;
}

/** Reads manifests. Faults: `OCI_NOT_FOUND`, `OCI_SIZE_MISMATCH`, `DIGEST_MISMATCH`, those of the store. */
export interface ManifestReader {
  /** The exact bytes of a manifest or index. */
  fetchManifest(descriptor: Descriptor, options?: ReadOptions): Promise<Uint8Array>;
  hasManifest(descriptor: Descriptor): Promise<boolean>;
}

/** Reads blobs. Faults: `OCI_NOT_FOUND`, `OCI_TOO_LARGE`, `OCI_SIZE_MISMATCH`, `DIGEST_MISMATCH`, those of the store. */
export interface BlobReader {
  /** The bytes of a blob; a descriptor of more than `maxBytes` is `OCI_TOO_LARGE` before anything is asked for. */
  fetchBlob(descriptor: Descriptor, maxBytes: number, options?: ReadOptions): Promise<Uint8Array>;
  /** The blob in chunks. Size and digest are proven only when the iteration ends without a fault: act on nothing before. */
  streamUnverifiedBlob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
  hasBlob(descriptor: Descriptor): Promise<boolean>;
}

/** What is asked of a list of referrers. */
export interface ReferrersQuery extends ReadOptions {
  /** Only referrers of this type. An entry that does not say its type, or a meaningless one, is decided by its manifest. */
  readonly artifactType?: string;
  /** Stop after this many. */
  readonly limit?: number;
  /** Told once, at the end, that entries were left undecided: `OCI_REFERRERS_UNDECIDED`. Who needs all of them must not overhear it. */
  readonly onIncomplete?: (fault: Fault) => void;
}

/** All that a listing needs to know about the subject: it can run before the subject is resolved. */
export interface Subject {
  readonly digest: Digest;
}

/** Lists what refers to a manifest (distribution specification, "Listing Referrers"). */
export interface ReferrerLister {
  /**
   * Manifests that claim to refer to `subject`, in the order of the store, each once. An entry is a claim: whoever uses it
   * calls {@link fetchReferrer}, which fetches the manifest and checks its subject.
   */
  listReferrers(subject: Subject, query?: ReferrersQuery): AsyncIterable<Descriptor>;
}

/** Content to write: bytes, or a source that can be opened again when a transfer has to be repeated. */
export type BlobContent = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** What every way of writing may be told. */
export interface WriteOptions {
  /** Ends the requests, as in {@link ReadOptions}. What was sent by then may be stored. */
  readonly signal?: AbortSignal | undefined;
}

export interface PushBlobOptions extends WriteOptions {
  /** It was made a moment ago, so the store need not be asked whether it has it. */
  readonly fresh?: boolean;
}

/** Stores blobs. */
export interface BlobWriter {
  /** Stores a blob; what is there already is not sent again. */
  pushBlob(descriptor: Descriptor, content: BlobContent, options?: PushBlobOptions): Promise<void>;
}

/** Stores manifests. */
export interface ManifestWriter {
  /** Stores a manifest by digest, and under `tag` if one is given. */
  pushManifest(descriptor: Descriptor, bytes: Uint8Array, tag?: string): Promise<void>;
}

/** How a referrer was made known. */
export interface Attachment {
  /** `api`: the registry indexed it. `tag`: it stands in the index at the fallback tag. `layout`: it stands in index.json. */
  readonly via: 'api' | 'tag' | 'layout';
  /**
   * What became of the index that the new one replaced at the fallback tag: `none` (there was none), `deleted`, `kept` (it could
   * not be proven to be ours alone, so it was not touched), `undeletable` (the registry refused; it wants garbage collection).
   */
  readonly replacedIndex: 'none' | 'deleted' | 'kept' | 'undeletable';
}

/** Stores what refers to a manifest (distribution specification, "Pushing Manifests with Subject"). */
export interface ReferrerWriter {
  /** Stores a manifest that has a subject and makes it discoverable as a referrer of it. The blobs it names must be there. */
  attach(descriptor: Descriptor, bytes: Uint8Array, options?: WriteOptions): Promise<Attachment>;
  /** Looks the referrer up as a reader would; `OCI_REFERRER_NOT_DISCOVERABLE` if it is not found within a bound. */
  confirmDiscoverable(subject: Subject, descriptor: Descriptor, options?: ReadOptions): Promise<void>;
}

/** What is needed to verify. */
export interface ReadableRepository extends Resolver, ManifestReader, BlobReader, ReferrerLister {
  /** `registry/repository`, or the path of a layout, as messages print it. */
  readonly name: string;
}

/** What is needed to sign. */
export interface Repository extends ReadableRepository, BlobWriter, ManifestWriter, ReferrerWriter {}
