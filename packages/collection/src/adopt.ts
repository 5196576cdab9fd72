// SPDX-License-Identifier: Apache-2.0
/**
 * Adoption: a collection moves to a server that has imported its mirror. The owner of the root key publishes a root that names the
 * new server's timestamp key, and its snapshot key unless the owner signs snapshots. The whole root chain stays.
 */
import { equalBytes, isFault } from '@notary/base';
import {
  CollectionEditor,
  canonicalKeyId,
  decodeRoot,
  MAX_METADATA_BYTES,
  parseEnvelope,
  ROOT,
  rootSigners,
  SNAPSHOT,
  TARGETS,
  type TrustedSet,
  type VerifiedRoot,
} from '@notary/tuf';
import { createReadOnlyCache } from './cache.ts';
import { type Collection, updateOptions } from './collection.ts';
import { collectionFaults } from './faults.ts';
import { explainMirror } from './mirror-faults.ts';
import type { Remote } from './remote.ts';
import { followRoots } from './root-chain.ts';
import { withLock } from './trust-directory.ts';
import { updateCollection } from './update.ts';

/** What came of an adoption. */
export interface Adoption {
  readonly rootVersion: number;
  /** Was it adopted before? Then nothing was sent. */
  readonly already: boolean;
  /** Who signs snapshots from now on. */
  readonly snapshot: 'server' | 'client';
  readonly roles: readonly string[];
}

/** `collection` is opened on the new server. Faults: `COLLECTION_ADOPTION_NOT_IMPORTED`, and those of updates and publishing. */
export async function adoptCollection(collection: Collection, mirror: Remote): Promise<Adoption> {
  return withLock(collection.directory, collection.gun, async () => {
    const at = collection.clock.now();
    const set = await readMirror(collection, mirror, at);
    const done = await alreadyAdopted(collection, set.root, at);
    if (done !== undefined) return done;
    const editor = CollectionEditor.open(set, collection.keys);
    await editor.checkCanSign(ROOT);
    editor.replaceKeys('timestamp', [await collection.remote.key('timestamp')], 1);
    const ownSnapshot = await holdsKey(collection, set.root);
    if (!ownSnapshot) editor.replaceKeys('snapshot', [await collection.remote.key('snapshot')], 1);
    // Targets that ran out while nobody served them have to be signed again, or no reader would take them.
    if ((set.targets.get(TARGETS)?.payload.expires.at ?? at) < at) editor.witness(TARGETS);
    const files = await editor.sign({ at });
    await collection.remote.publish(files);
    return { rootVersion: editor.rootVersion, already: false, snapshot: ownSnapshot ? 'client' : 'server', roles: [...files.keys()] };
  });
}

/** The mirror may have expired: the root key's owner vouches for it. Everything else about it must be right. */
async function readMirror(collection: Collection, mirror: Remote, at: Date): Promise<TrustedSet> {
  try {
    const cache = createReadOnlyCache(collection.cache);
    return (await updateCollection({ ...updateOptions(collection), cache, remote: mirror, at, expired: 'show' })).set;
  } catch (e) {
    throw explainMirror(e, mirror);
  }
}

/** `undefined` if the server holds exactly the mirrored root, so that the next version can be published. */
async function alreadyAdopted(collection: Collection, mirrored: VerifiedRoot, at: Date): Promise<Adoption | undefined> {
  const { remote, gun } = collection;
  const mirrorRoot = mirrored.payload.version;
  let bytes: Uint8Array;
  try {
    bytes = await remote.get(ROOT, MAX_METADATA_BYTES);
  } catch (cause) {
    if (!isFault(cause, 'COLLECTION_METADATA_NOT_FOUND')) throw cause;
    throw collectionFaults.ADOPTION_NOT_IMPORTED({ location: remote.location, gun, serverRoot: undefined, mirrorRoot }, { cause });
  }
  if (equalBytes(bytes, mirrored.bytes)) return undefined;
  const serverRoot = decodeRoot(parseEnvelope(bytes)).version;
  if (serverRoot <= mirrorRoot) throw collectionFaults.ADOPTION_NOT_IMPORTED({ location: remote.location, gun, serverRoot, mirrorRoot });
  const newest = await followRoots(bytes, { gun, at, remote, trusted: mirrored, expiry: 'enforce' });
  return {
    rootVersion: newest.payload.version,
    already: true,
    snapshot: (await holdsKey(collection, newest)) ? 'client' : 'server',
    roles: [],
  };
}

async function holdsKey(collection: Collection, root: VerifiedRoot): Promise<boolean> {
  for (const key of rootSigners(root.payload, SNAPSHOT).keys.values()) if (await collection.keys.has(canonicalKeyId(key))) return true;
  return false;
}
