// SPDX-License-Identifier: Apache-2.0
/**
 * The storage port of the registry: repositories of manifests, blobs and uploads. Adapters: `./store-disk`, `./store-memory`. A store
 * receives parsed names only, and resolves a change when it would survive a power cut.
 */
import type { Digest } from '@notary/base';
import type { Algorithm, RepositoryName } from './names.ts';
import type { Change, ManifestEntry, RepositoryState, TagExpectation } from './state.ts';

/** Both ends included, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An upload in progress. One request at a time may write to it. */
export interface Upload {
  readonly id: string;
  readonly name: RepositoryName;
  /** Bytes received so far. */
  readonly size: number;
  /** Takes the upload for one request; false if another has it. */
  take(): boolean;
  /** Gives it back. */
  give(): void;
  /**
   * Adds bytes. May hold them back for a moment: resolves when more are welcome. A chunk that is `given` belongs to the upload, which
   * may give its memory back as soon as it needs it no longer.
   */
  write(chunk: Uint8Array, ownership?: 'given'): Promise<void> | void;
  /** Waits until everything written has reached the operating system, so that a later session may resume here. */
  settle(): Promise<void>;
  /**
   * Ends the upload: checks the digest over all bytes and makes the blob durable.
   * Faults: `REGISTRY_DIGEST_MISMATCH`, after which the upload is gone.
   */
  commit(digest: Digest): Promise<void>;
  /** Drops it with its bytes. */
  cancel(): Promise<void>;
}

/** What may go, and how old it must be. */
export interface CollectOptions {
  /** Content younger than this stays. */
  readonly graceMs: number;
  /** Also removes manifests that no tag, index or living subject leads to. Default: no. */
  readonly untagged?: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** What went and what stayed. */
export interface CollectReport {
  repositories: number;
  manifestsRemoved: number;
  blobsRemoved: number;
  bytesRemoved: number;
  blobsKept: number;
}

/** Where repositories are kept. */
export interface RegistryStore {
  /** False: every change is refused. */
  readonly writable: boolean;
  /** A repository that is in memory already. */
  peek(name: string): RepositoryState | undefined;
  /** The repository, read if needed; `undefined` if there is none. */
  open(name: RepositoryName): Promise<RepositoryState | undefined>;
  /** Names after `last` in byte order, at most `limit`. */
  names(last: string | undefined, limit: number): Promise<readonly RepositoryName[]>;
  /** Bytes of a listed manifest, checked against its digest. Faults: `REGISTRY_CONTENT_CORRUPT`. */
  manifestBytes(state: RepositoryState, entry: ManifestEntry): Uint8Array | Promise<Uint8Array>;
  /** Makes a change durable, then visible. `expect` is judged in the order in which changes become visible. Faults: `REGISTRY_PRECONDITION_FAILED`. */
  commit(change: Change, expect?: TagExpectation): Promise<void>;

  blobSize(name: RepositoryName, digest: Digest): number | undefined | Promise<number | undefined>;
  /** The bytes of a blob that is there, whole or in part. */
  blobBody(name: RepositoryName, digest: Digest, size: number, range?: ByteRange): BodyInit | Promise<BodyInit>;
  /** Stores a small blob whose digest was checked. */
  putBlob(name: RepositoryName, digest: Digest, bytes: Uint8Array): Promise<void>;
  /** False if the source does not have it. */
  mountBlob(from: RepositoryName, to: RepositoryName, digest: Digest): Promise<boolean>;
  deleteBlob(name: RepositoryName, digest: Digest): Promise<boolean>;
  /** Some repositories that hold a blob, most promising first; bounded, so not all. */
  findBlob(digest: Digest): AsyncIterable<RepositoryName>;

  /** Faults: `REGISTRY_UPLOADS_FULL`. */
  startUpload(name: RepositoryName, algorithm: Algorithm): Upload | Promise<Upload>;
  findUpload(name: RepositoryName, id: string): Upload | undefined | Promise<Upload | undefined>;
  /** Uploads in progress. */
  readonly uploadCount: number;

  collect(options: CollectOptions): Promise<CollectReport>;
  /** Rejects when changes cannot be made durable just now. */
  check(): Promise<void>;
  /** Writes what is due and lets go of everything. */
  close(): Promise<void>;
}
