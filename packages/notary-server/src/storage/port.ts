// SPDX-License-Identifier: Apache-2.0
/**
 * What the server asks of a store of collections.
 *
 * A collection is a set of files, each with a role, a version and its bytes. Every stored update ends in a new timestamp, so
 * the newest timestamp row, the *head*, names the state of the whole collection: snapshot by hash, every other role by hash.
 */

/** The newest timestamp row of a collection. Two heads with the same fields are the same row. */
export interface Head {
  /** Row id: grows within one database, so that deletion and re-creation never yield an old head again. */
  readonly id: number;
  readonly version: number;
  readonly sha256: string;
}

/** One stored file. */
export interface StoredFile {
  readonly role: string;
  readonly version: number;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  /** When the row was written. */
  readonly storedAt: Date;
}

/** A file to store. */
export interface FileUpdate {
  readonly role: string;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** One row of the changefeed. */
export interface Change {
  readonly id: number;
  readonly createdAt: Date;
  readonly gun: string;
  readonly version: number;
  readonly sha256: string;
  readonly category: 'update' | 'deletion';
}

/** Who did what, as kept beside the data. */
export interface AuditEntry {
  readonly at: Date;
  readonly action: 'publish' | 'rotate-key' | 'delete' | 'resign' | 'import';
  readonly gun: string;
  /** The token's subject, or `anonymous` where the server asks for none. */
  readonly subject: string;
  readonly requestId: string;
  /** JSON-safe particulars: roles and versions, the new key's ID. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Which changes to return: `after`/`before` are exclusive change ids. Always oldest first. */
export interface ChangeQuery {
  readonly gun?: string;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** Exclusive bound; `undefined` with `backward` starts at the newest. */
  readonly from?: number;
}

/** A page of collections by name. */
export interface CollectionPage {
  readonly guns: readonly string[];
}

/** Where collections are kept, with the changefeed and audit records. An update leaves all of its files or none. */
export interface MetadataStore {
  /**
   * Stores all files of an update or none. `expectedHead` is the head the update was judged against (`undefined`: no collection).
   * Faults with `STORE_CONFLICT` if the head has moved and with `STORE_OLD_VERSION` if a role has this version or a newer one.
   * A timestamp among the files adds a change. Files are ordered by the store; rival writers always meet at the timestamp.
   * Returns the new head.
   */
  update(gun: string, files: readonly FileUpdate[], expectedHead: Head | undefined, audit?: AuditEntry): Promise<Head>;
  /** The heads of these collections; those without one are absent. One round trip, begun by this call. */
  heads(guns: readonly string[]): Promise<ReadonlyMap<string, Head>>;
  /** The newest timestamp with its head. */
  currentTimestamp(gun: string): Promise<{ head: Head; file: StoredFile } | undefined>;
  byChecksum(gun: string, role: string, sha256: string): Promise<StoredFile | undefined>;
  byVersion(gun: string, role: string, version: number): Promise<StoredFile | undefined>;
  /** Removes every file of exactly this collection; false if there was none (and then no change is written). */
  delete(gun: string, audit?: AuditEntry): Promise<boolean>;
  changes(query: ChangeQuery): Promise<readonly Change[]>;
  /** Names after `after`, in ascending order of the database. */
  collections(after: string, limit: number): Promise<CollectionPage>;
  /** Records something that stored no file. */
  audit(entry: AuditEntry): Promise<void>;
  /** Rejects when the store cannot serve. */
  checkHealth(): Promise<void>;
  /** A value that differs after any committed write by anyone; absent where asking costs a round trip. */
  changeToken?(): number;
  /** Asking for the token costs system calls, so that requests which arrive together had better ask once. */
  readonly changeTokenCosts?: boolean;
  /** Is "no record" of a changefeed page `null` (memory, as in the reference) or an empty list? */
  readonly emptyChanges: 'null' | 'list';
}
