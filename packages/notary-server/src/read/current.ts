// SPDX-License-Identifier: Apache-2.0
/**
 * The current state of a collection, walked from its newest timestamp: snapshot by the hash in the timestamp, every other role by
 * the hash in the snapshot. What nothing refers to is not current, whatever its version.
 */
import { decodeSnapshot, decodeTimestamp, digestHexOf, isDelegation, parseEnvelope, type Snapshot, type Timestamp } from '@notary/tuf';
import { storeFaults } from '../faults.ts';
import type { Head, MetadataStore, StoredFile } from '../storage/port.ts';

/** One state of a collection. Files are loaded when asked for. */
export interface CurrentState {
  readonly gun: string;
  readonly head: Head;
  readonly timestamp: { readonly file: StoredFile; readonly payload: Timestamp };
  snapshot(): Promise<{ readonly file: StoredFile; readonly payload: Snapshot }>;
  /** A role's current file; `undefined` if the snapshot does not list it. */
  file(role: string): Promise<StoredFile | undefined>;
}

/** The state now; `undefined` if there is no such collection. Faults: `STORE_TORN`, and those of parsing. */
export async function loadCurrent(store: MetadataStore, gun: string): Promise<CurrentState | undefined> {
  const newest = await store.currentTimestamp(gun);
  if (newest === undefined) return undefined;
  const timestamp = { file: newest.file, payload: decodeTimestamp(parseEnvelope(newest.file.bytes)) };
  let snapshot: Promise<{ file: StoredFile; payload: Snapshot }> | undefined;

  const byHash = async (role: string, sha256: string | undefined): Promise<StoredFile> => {
    const file = sha256 === undefined ? undefined : await store.byChecksum(gun, role, sha256);
    if (file === undefined) throw storeFaults.TORN({ gun, role });
    return file;
  };
  const loadSnapshot = async () => {
    const meta = timestamp.payload.meta.get('snapshot');
    const file = await byHash('snapshot', meta && digestHexOf(meta, 'sha256'));
    return { file, payload: decodeSnapshot(parseEnvelope(file.bytes)) };
  };
  const state: CurrentState = {
    gun,
    head: newest.head,
    timestamp,
    snapshot: () => (snapshot ??= loadSnapshot()),
    async file(role) {
      if (role === 'timestamp') return timestamp.file;
      const { file, payload } = await state.snapshot();
      if (role === 'snapshot') return file;
      const meta = payload.meta.get(role);
      if (meta === undefined) return undefined;
      const sha256 = digestHexOf(meta, 'sha256');
      // a delegation's file may be missing: snapshots made elsewhere keep entries of delegations long gone
      if (isDelegation(role)) return sha256 === undefined ? undefined : store.byChecksum(gun, role, sha256);
      return byHash(role, sha256);
    },
  };
  return state;
}
