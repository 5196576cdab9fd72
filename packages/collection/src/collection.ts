// SPDX-License-Identifier: Apache-2.0
/** A trusted collection as a client works with it: what every operation of this package takes. */
import { type Clock, type Log, type Random, silentLog } from '@notary/base';
import type { TrustPins } from '@notary/tuf';
import { createFileCache, createReadOnlyCache, type MetadataCache } from './cache.ts';
import { type Changelist, createChangelist } from './changelist.ts';
import type { Gun } from './gun.ts';
import type { KeyStore } from './key-store.ts';
import { explainMirror } from './mirror-faults.ts';
import type { Remote } from './remote.ts';
import type { TrustDirectory } from './trust-directory.ts';
import { type Update, type UpdateOptions, updateCollection } from './update.ts';

/** What work with a collection needs. */
export interface CollectionOptions {
  readonly gun: Gun;
  readonly directory: TrustDirectory;
  readonly remote: Remote;
  readonly keys: KeyStore;
  readonly pins: TrustPins;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
}

/** A collection that {@link openCollection} has opened: what it was given, its cache, its staged changes. */
export interface Collection extends CollectionOptions {
  readonly log: Log;
  readonly cache: MetadataCache;
  readonly changes: Changelist;
}

/** Puts a collection together. Touches nothing. */
export function openCollection(options: CollectionOptions): Collection {
  const { directory, gun, clock, random } = options;
  const log = options.log ?? silentLog;
  return { ...options, log, cache: createFileCache(directory, gun), changes: createChangelist({ directory, gun, clock, random, log }) };
}

/** How a collection is read, where not as of now and with expiry enforced. */
export interface ReadOptions {
  /** Judges everything at this instant instead of now, and leaves no trace in the cache. */
  readonly asOf?: Date;
  /** Takes expired metadata with a note instead of refusing it, and leaves no trace in the cache. */
  readonly expired?: 'refuse' | 'show';
}

/** Brings the collection up to date for reading. Faults: `COLLECTION_NO_TRUST_DATA`, `COLLECTION_OFFLINE` where nothing is cached, `TUF_…` for what does not verify. */
export async function readCollection(collection: Collection, options: ReadOptions = {}): Promise<Update> {
  const trace = options.asOf === undefined && options.expired !== 'show';
  const cache = trace ? collection.cache : createReadOnlyCache(collection.cache);
  const at = options.asOf ?? collection.clock.now();
  try {
    return await updateCollection({ ...updateOptions(collection), cache, at, expired: options.expired ?? 'refuse' });
  } catch (e) {
    throw explainMirror(e, collection.remote);
  }
}

/** The part of an update that comes from the collection. */
export const updateOptions = (collection: Collection): Omit<UpdateOptions, 'at'> => ({
  gun: collection.gun,
  cache: collection.cache,
  remote: collection.remote,
  pins: collection.pins,
  log: collection.log,
});
