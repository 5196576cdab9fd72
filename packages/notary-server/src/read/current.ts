// SPDX-License-Identifier: Apache-2.0
/**
 * The current state of a collection, walked from its newest timestamp: snapshot by the hash in the timestamp, every other role by
 * the hash in the snapshot. What nothing refers to is not current, whatever its version.
 */
import {
  decodeSnapshot,
  decodeTimestamp,
  digestHexOf,
  type FileMeta,
  isDelegation,
  parseEnvelope,
  type Snapshot,
  type Timestamp,
} from '@notary/tuf';
import { storeFaults } from '../faults.ts';
import type { Head, MetadataStore, StoredFile } from '../storage/port.ts';

/** What the newest snapshot and timestamp hold, where that is known without parsing them. */
export interface MadePayloads {
  readonly snapshot: Snapshot;
  readonly timestamp: Timestamp;
}

/** A snapshot's file and what it holds. */
export interface HeldSnapshot {
  readonly file: StoredFile;
  readonly payload: Snapshot;
}

/** One state of a collection. Files are loaded when asked for, once. */
export interface CurrentState {
  readonly gun: string;
  readonly head: Head;
  readonly timestamp: { readonly file: StoredFile; readonly payload: Timestamp };
  /** At once where it is known. */
  snapshot(): HeldSnapshot | Promise<HeldSnapshot>;
  /** A role's current file; `undefined` if the snapshot does not list it. At once where it is known. */
  file(role: string): StoredFile | undefined | Promise<StoredFile | undefined>;
  /** The state that an update makes of this one: what it stored, and what was loaded before and still counts. */
  next(head: Head, stored: readonly StoredFile[], made: MadePayloads): CurrentState;
}

/** The state now; `undefined` if there is no such collection. Faults: `STORE_TORN`, and those of parsing. */
export async function loadCurrent(store: MetadataStore, gun: string): Promise<CurrentState | undefined> {
  const newest = await store.currentTimestamp(gun);
  return newest && new State(store, gun, newest.head, [newest.file]);
}

/** The state that the first update of a collection makes. */
export const firstState = (
  store: MetadataStore,
  gun: string,
  head: Head,
  stored: readonly StoredFile[],
  made: MadePayloads,
): CurrentState => new State(store, gun, head, stored, made);

class State implements CurrentState {
  readonly gun: string;
  readonly head: Head;
  readonly timestamp: { readonly file: StoredFile; readonly payload: Timestamp };
  readonly #store: MetadataStore;
  /** By role. A file counts only if it has the hash that is asked for. */
  readonly #loaded: Map<string, StoredFile>;
  #snapshot: HeldSnapshot | Promise<HeldSnapshot> | undefined;

  constructor(store: MetadataStore, gun: string, head: Head, files: Iterable<StoredFile>, made?: MadePayloads) {
    this.#store = store;
    this.gun = gun;
    this.head = head;
    this.#loaded = new Map([...files].map((f) => [f.role, f]));
    const file = this.#loaded.get('timestamp') as StoredFile;
    this.timestamp = { file, payload: made?.timestamp ?? decodeTimestamp(parseEnvelope(file.bytes)) };
    const snapshot = made && this.#loaded.get('snapshot');
    if (made && snapshot) this.#snapshot = { file: snapshot, payload: made.snapshot };
  }

  snapshot(): HeldSnapshot | Promise<HeldSnapshot> {
    this.#snapshot ??= this.#loadSnapshot();
    return this.#snapshot;
  }

  async #loadSnapshot(): Promise<HeldSnapshot> {
    const file = await this.#byHash('snapshot', this.timestamp.payload.meta.get('snapshot'));
    if (file === undefined) throw storeFaults.TORN({ gun: this.gun, role: 'snapshot' });
    return { file, payload: decodeSnapshot(parseEnvelope(file.bytes)) };
  }

  file(role: string): StoredFile | undefined | Promise<StoredFile | undefined> {
    if (role === 'timestamp') return this.timestamp.file;
    const snapshot = this.snapshot();
    if (snapshot instanceof Promise) return snapshot.then((s) => this.#listed(role, s));
    const meta = snapshot.payload.meta.get(role);
    const loaded = this.#loaded.get(role);
    if (meta !== undefined && loaded !== undefined && digestHexOf(meta, 'sha256') === loaded.sha256) return loaded;
    return this.#listed(role, snapshot);
  }

  async #listed(role: string, { file, payload }: HeldSnapshot): Promise<StoredFile | undefined> {
    if (role === 'snapshot') return file;
    const meta = payload.meta.get(role);
    const found = await this.#byHash(role, meta);
    // a delegation's file may be missing: snapshots made elsewhere keep entries of delegations long gone
    if (meta !== undefined && found === undefined && !isDelegation(role)) throw storeFaults.TORN({ gun: this.gun, role });
    return found;
  }

  async #byHash(role: string, meta: FileMeta | undefined): Promise<StoredFile | undefined> {
    const sha256 = meta && digestHexOf(meta, 'sha256');
    if (sha256 === undefined) return undefined;
    const loaded = this.#loaded.get(role);
    if (loaded?.sha256 === sha256) return loaded;
    const file = await this.#store.byChecksum(this.gun, role, sha256);
    if (file !== undefined) this.#loaded.set(role, file);
    return file;
  }

  next(head: Head, stored: readonly StoredFile[], made: MadePayloads): CurrentState {
    return new State(this.#store, this.gun, head, [...this.#loaded.values(), ...stored], made);
  }
}
