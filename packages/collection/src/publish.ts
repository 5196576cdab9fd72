// SPDX-License-Identifier: Apache-2.0
/**
 * Publishing is a rebase: bring the collection up to date, apply the changes to that, sign, send everything at once. If somebody
 * else was faster, do it again, a few times. Any failure leaves the staged changes as they are.
 */
import { isFault } from '@notary/base';
import {
  CollectionEditor,
  canonicalKeyId,
  checkHashes,
  checkRoot,
  checkSnapshot,
  checkTargets,
  decodeRoot,
  MAX_METADATA_BYTES,
  type PublicKey,
  parseEnvelope,
  ROOT,
  type RoleName,
  type SignOptions,
  SNAPSHOT,
  startTrustedSet,
  TARGETS,
  type TrustedSet,
} from '@notary/tuf';
import { applyChanges } from './apply-changes.ts';
import { type Collection, updateOptions } from './collection.ts';
import { collectionFaults } from './faults.ts';
import { initializeCollection } from './initialize.ts';
import { MAX_PUBLISH_ATTEMPTS, PUBLISH_PAUSE_MS } from './limits.ts';
import { withLock } from './trust-directory.ts';
import { type Update, updateUnsaved } from './update.ts';
import { settle, type UnsavedUpdate, unsettled } from './update-session.ts';

/** What a publish may do beyond the staged changes. */
export interface PublishOptions {
  /** Sign a new root also with the root keys of this many former versions; -1 for all of them. */
  readonly legacyVersions?: number;
  /** Roles that may have run out and are not taken for an obstacle: whoever replaces a lost key comes too late by nature. */
  readonly tolerateExpired?: readonly string[];
}

/** What a publish has sent. */
export interface Published {
  /** Roles that were sent. */
  readonly roles: readonly RoleName[];
  /** Staged changes that went out. */
  readonly changes: number;
  readonly attempts: number;
  /** Was this the first publish of the collection? */
  readonly initial: boolean;
  readonly firstUse?: Update['firstUse'];
}

const NOTHING_TO_SAVE: UnsavedUpdate['saving'] = Promise.resolve({ ok: true, value: undefined });

/** Changes an editor; called again on every attempt. */
export type Edit = (editor: CollectionEditor) => Promise<void>;

/** Publishes the staged changes and removes them from the list. After a failure they are staged still. Faults: `COLLECTION_PUBLISH_CONFLICT`, `COLLECTION_REJECTED`, `TUF_SIGNING_KEYS_MISSING`, those of an update. */
export async function publishChanges(collection: Collection, options: PublishOptions = {}): Promise<Published> {
  return withLock(collection.directory, collection.gun, async () => {
    const changes = await collection.changes.read();
    const published = await publishEdit(collection, (editor) => applyChanges(editor, changes, collection.log), options);
    await collection.changes.removeFiles(changes.map((c) => c.file));
    return { ...published, changes: changes.length };
  });
}

/** Publishes one edit, without the staged changes: rotations and the like. The caller holds the lock. */
export async function publishEdit(collection: Collection, edit: Edit, options: PublishOptions = {}): Promise<Published> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { ...(await publishOnce(collection, edit, options)), attempts: attempt };
    } catch (e) {
      if (!isFault(e, 'COLLECTION_REJECTED') || e.facts.serverCode !== 'VERSION') throw e;
      if (attempt >= MAX_PUBLISH_ATTEMPTS) throw collectionFaults.PUBLISH_CONFLICT({ attempts: attempt }, { cause: e });
      collection.log.info('somebody else published first: applying the changes to the new state', { attempt });
      await pause(collection, attempt);
    }
  }
}

/** Doubles with each attempt, spread at random, so that many publishers do not meet again. */
function pause(collection: Collection, attempt: number): Promise<void> {
  const spread = ((collection.random.bytes(1)[0] ?? 0) + 128) / 256;
  return collection.clock.sleep(PUBLISH_PAUSE_MS * 2 ** (attempt - 1) * spread);
}

async function publishOnce(collection: Collection, edit: Edit, options: PublishOptions): Promise<Omit<Published, 'attempts'>> {
  const at = collection.clock.now();
  const { set, initial, firstUse, saving } = await baseline(collection, at, options.tolerateExpired ?? []);
  const editor = CollectionEditor.open(set, collection.keys);
  // The disk writes what was fetched while keys are opened and files signed. Nothing is sent before all is there.
  const signing = settle(editAndSign(collection, editor, edit, { at, initial, ...options }));
  unsettled(await saving);
  const files = unsettled(await signing);
  await collection.remote.publish(files);
  // Only now: a private key that goes before its successor is published may be the last one there is.
  for (const key of editor.retiredKeys) await collection.keys.remove(canonicalKeyId(key));
  return { roles: [...files.keys()], changes: 0, initial, ...(firstUse ? { firstUse } : {}) };
}

async function editAndSign(
  collection: Collection,
  editor: CollectionEditor,
  edit: Edit,
  { at, initial, legacyVersions = 0 }: PublishOptions & Required<Pick<SignOptions, 'at' | 'initial'>>,
): Promise<ReadonlyMap<RoleName, Uint8Array>> {
  await edit(editor);
  const legacyRootKeys = initial ? [] : await legacyKeys(collection, editor.rootVersion, legacyVersions);
  return editor.sign({ at, initial, legacyRootKeys });
}

interface Baseline {
  readonly set: TrustedSet;
  readonly initial: boolean;
  readonly firstUse?: Update['firstUse'];
  readonly saving: UnsavedUpdate['saving'];
}

/** What the changes are applied to: the published state, or the local one if nothing is published yet. */
async function baseline(collection: Collection, at: Date, tolerated: readonly string[]): Promise<Baseline> {
  try {
    const expired = tolerated.length > 0 ? 'show' : 'refuse';
    const { update, saving } = await updateUnsaved({ ...updateOptions(collection), at, mode: 'write', expired });
    const { set, firstUse, expired: found } = update;
    const obstacle = found.find((f) => !tolerated.includes(String(f.facts.role)));
    if (obstacle !== undefined) {
      unsettled(await saving);
      throw obstacle;
    }
    return { set, initial: false, saving, ...(firstUse ? { firstUse } : {}) };
  } catch (e) {
    if (!isFault(e, 'COLLECTION_NO_TRUST_DATA')) throw e;
  }
  const local = await loadLocal(collection, at);
  if (local !== undefined) return { set: local, initial: true, saving: NOTHING_TO_SAVE };
  collection.log.info(`No TUF data found locally or remotely - initializing repository ${collection.gun} for the first time`);
  await initializeCollection(collection);
  const made = await loadLocal(collection, at);
  if (made === undefined) throw collectionFaults.NOT_INITIALIZED();
  return { set: made, initial: true, saving: NOTHING_TO_SAVE };
}

/** The collection as it lies in the cache, unpublished or since deleted from the server: expiry is not asked for. */
export async function loadLocal(collection: Collection, at: Date): Promise<TrustedSet | undefined> {
  const { cache, gun, pins } = collection;
  const rootBytes = await cache.read(ROOT);
  const targetsBytes = await cache.read(TARGETS);
  if (rootBytes === undefined || targetsBytes === undefined) return undefined;
  const root = await checkRoot(rootBytes, { gun, at, pins, expiry: 'ignore' });
  const base = { at, root: root.payload, expiry: 'ignore' } as const;
  const targets = await checkTargets(targetsBytes, base);
  const set: TrustedSet = { ...startTrustedSet(root, gun, at), targets: new Map([[TARGETS as RoleName, targets]]) };
  const snapshotBytes = await cache.read(SNAPSHOT);
  if (snapshotBytes === undefined) return set;
  const snapshot = await checkSnapshot(snapshotBytes, base);
  checkHashes(rootBytes, ROOT, snapshot.payload.meta.get(ROOT));
  checkHashes(targetsBytes, TARGETS, snapshot.payload.meta.get(TARGETS));
  return { ...set, snapshot };
}

/** Root keys of former versions. A version that the server does not have is passed over. */
async function legacyKeys(collection: Collection, current: number, versions: number): Promise<PublicKey[]> {
  if (versions === 0 || current <= 1) return [];
  const oldest = versions < 0 ? 1 : Math.max(1, current - versions);
  const keys = new Map<string, PublicKey>();
  for (let version = current; version >= oldest; version--) {
    try {
      const bytes = await collection.remote.get(`${version}.${ROOT}`, MAX_METADATA_BYTES);
      const root = decodeRoot(parseEnvelope(bytes));
      for (const id of root.roles.get(ROOT)?.keyIds ?? []) {
        const key = root.keys.get(id);
        if (key !== undefined) keys.set(key.id, key);
      }
    } catch (e) {
      if (!isFault(e, 'COLLECTION_METADATA_NOT_FOUND', 'COLLECTION_SERVER_UNAVAILABLE')) throw e;
      collection.log.debug(`error downloading ${version}.${ROOT}`, { problem: e.message });
    }
  }
  return [...keys.values()];
}
