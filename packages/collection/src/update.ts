// SPDX-License-Identifier: Apache-2.0
/**
 * The update workflow (reference: client/tufclient.go). The cached root is the anchor; the timestamp is always asked for; snapshot,
 * targets and delegations come from the cache where their digests fit. Any failure leads to one look for a newer root and one
 * more try. Roots are kept as soon as their chain is proven; everything else only when the whole update has succeeded: a server
 * that signs a timestamp for files it cannot show leaves no trace, and the cache is never worse than before.
 */
import { Fault, isFault, silentLog } from '@notary/base';
import {
  checkHashes,
  choosePin,
  describeExpiry,
  digestHexOf,
  expectedMeta,
  type FileMeta,
  isNearExpiry,
  ROOT,
  type RoleName,
  readRoot,
  rootFingerprints,
  SNAPSHOT,
  startTrustedSet,
  TARGETS,
  TIMESTAMP,
  type TrustedSet,
  type TrustPins,
  tufFaults,
  type VerifiedRoot,
  verifyRoot,
} from '@notary/tuf';
import { createPendingCache, type MetadataCache } from './cache.ts';
import { collectionFaults } from './faults.ts';
import type { Gun } from './gun.ts';
import { NO_PROOFS, type Proofs, proveCached } from './proofs.ts';
import { followRoots } from './root-chain.ts';
import {
  fetchPlain,
  prefetch,
  type Session,
  settle,
  type UnsavedUpdate,
  type Update,
  type UpdateOptions,
  unsettled,
} from './update-session.ts';
import { fits, loadDelegations, loadListed, loadTimestamp } from './update-steps.ts';

/** Brings the collection up to date and returns what is trusted. Faults: `COLLECTION_NO_TRUST_DATA`, `COLLECTION_…`, `TUF_…`. */
export async function updateCollection(options: UpdateOptions): Promise<Update> {
  const { update, saving } = await updateUnsaved(options);
  unsettled(await saving);
  return update;
}

/** {@link updateCollection} for callers who have work to do while the disk has: what is found is proven, and not yet in the cache. */
export async function updateUnsaved(options: UpdateOptions): Promise<UnsavedUpdate> {
  const { gun, cache } = options;
  const cached = await cache.read(ROOT);
  // Asked for while the root is being checked: nobody waits for the network twice. What comes is judged as if it came later.
  const prefetched = prefetch(options.remote, cached === undefined || options.mode === 'write' ? [ROOT, TIMESTAMP] : [TIMESTAMP]);
  const pending = createPendingCache(cache);
  const { old, proofs } = cached === undefined ? NOTHING_CACHED : await checkCached(cached, pending, options);
  const session: Session = {
    ...options,
    cache: pending,
    log: options.log ?? silentLog,
    old,
    expiredFound: new Map(),
    fromCache: false,
    rootMeta: undefined,
    proofs,
    prefetched,
  };
  const set = await updateFrom(session).catch(async (e) => {
    await pending.rootsWritten();
    throw e;
  });
  warnNearExpiry(session, set);
  const firstUse = old === undefined && !isPinned(options.pins, gun) ? { firstUse: rootFingerprints(set.root, gun) } : {};
  const update = { set, ...firstUse, fromCache: session.fromCache, expired: [...session.expiredFound.values()] };
  return { update, saving: settle(pending.commit()) };
}

const updateFrom = async (session: Session): Promise<TrustedSet> => updateTwice(session, await bootstrap(session));

interface Cached {
  readonly old: VerifiedRoot | undefined;
  readonly proofs: Proofs;
}

const NOTHING_CACHED: Cached = { old: undefined, proofs: NO_PROOFS };

/** The cached root and, in the same wait for signatures, the files under it. A broken cached root fails hard: it is what pins trust. */
async function checkCached(bytes: Uint8Array, cache: MetadataCache, { gun, at }: UpdateOptions): Promise<Cached> {
  const root = readRoot(bytes);
  const checking = verifyRoot(root, { gun, at, expiry: 'ignore' });
  const proofs = proveCached(cache, root, at);
  return { old: await checking, proofs };
}

const isPinned = (pins: TrustPins, gun: Gun): boolean => choosePin(pins, gun).kind !== 'tofu';

/** The root to begin with: the cached one while it is valid, else one from the remote. */
async function bootstrap(session: Session): Promise<VerifiedRoot> {
  const { old } = session;
  let usable: VerifiedRoot | undefined;
  if (old !== undefined && (session.expired === 'show' || old.payload.expires.at >= session.at)) usable = old;
  if (usable !== undefined && session.mode !== 'write') return usable;
  let bytes: Uint8Array;
  try {
    bytes = await fetchPlain(session, ROOT);
  } catch (e) {
    throw noTrustData(e, session);
  }
  return usable ?? acceptRoot(session, bytes, undefined);
}

function noTrustData(e: unknown, session: Session): unknown {
  if (isFault(e, 'COLLECTION_METADATA_NOT_FOUND') && /(?:^|\.)root(?:\.|$)/.test(String(e.facts.name))) {
    return collectionFaults.NO_TRUST_DATA({ location: session.remote.location, gun: session.gun }, { cause: e });
  }
  return e;
}

/** Verifies a downloaded root against the one that is trusted, over the roots between if need be, and caches it. */
async function acceptRoot(session: Session, bytes: Uint8Array, expected: FileMeta | undefined): Promise<VerifiedRoot> {
  const { gun, at, old, remote, cache } = session;
  // The cached root stands in for the pins, except where it has expired and the pins have to vouch for its successor.
  const pins = old === undefined || old.payload.expires.at < at ? { pins: session.pins } : {};
  const root = await followRoots(bytes, {
    gun,
    at,
    remote,
    trusted: old,
    expected,
    expiry: session.expired === 'show' ? 'ignore' : 'enforce',
    ...pins,
  });
  noteExpiry(session, ROOT, root.payload.expires.at < at ? root : undefined);
  await cache.write(ROOT, root.bytes);
  return root;
}

async function updateTwice(session: Session, root: VerifiedRoot): Promise<TrustedSet> {
  try {
    return await updateOnce(session, root);
  } catch (first) {
    if (!isFault(first)) throw first;
    session.log.debug('an update step failed: looking for a newer root', { code: first.code, problem: first.message });
    try {
      const newer = await refreshRoot(session, root);
      return await updateOnce(session, newer);
    } catch (second) {
      throw explainSecond(session, first, second);
    }
  }
}

/** The second failure is the reference's message; the first one is kept beside it, because it is often the cause. */
function explainSecond(session: Session, first: Fault, second: unknown): unknown {
  const fault = noTrustData(second, session);
  if (!isFault(fault)) return fault;
  const attempts = [fault, first].sort((a, b) => b.rank - a.rank);
  return new Fault({ ...faultInit(fault), attempts });
}

const faultInit = (f: Fault) => ({
  code: f.code,
  category: f.category,
  message: f.message,
  facts: f.facts,
  remedy: f.remedy,
  cause: f.cause,
  rank: f.rank,
});

async function refreshRoot(session: Session, root: VerifiedRoot): Promise<VerifiedRoot> {
  const expected = session.rootMeta;
  const hex = expected === undefined ? undefined : digestHexOf(expected, 'sha256');
  if (expected !== undefined && hex !== undefined) {
    const cached = await session.cache.read(ROOT);
    if (cached !== undefined && fits(cached, expected)) return root;
    return acceptRoot(session, await session.remote.get(`${ROOT}.${hex}`, expected.length), expected);
  }
  return acceptRoot(session, await fetchPlain(session, ROOT), undefined);
}

async function updateOnce(session: Session, root: VerifiedRoot): Promise<TrustedSet> {
  let set = startTrustedSet(root, session.gun, session.at);
  set = await loadTimestamp(session, set);
  set = await loadListed(session, set, SNAPSHOT);
  session.rootMeta = expectedMeta(set, ROOT);
  if (session.rootMeta !== undefined) checkHashes(root.bytes, ROOT, session.rootMeta);
  set = await loadListed(session, set, TARGETS);
  return loadDelegations(session, set);
}

function noteExpiry(session: Session, role: RoleName, expired: VerifiedRoot | undefined): void {
  if (expired === undefined) return;
  session.expiredFound.set(
    role,
    tufFaults.EXPIRED({ role, expired: describeExpiry(expired.payload.expires), expires: expired.payload.expires.text }),
  );
}

function warnNearExpiry(session: Session, set: TrustedSet): void {
  const near = (expires: Date): boolean => isNearExpiry(expires, session.at);
  if (near(set.root.payload.expires.at)) session.log.warn('root is nearing expiry, you should re-sign the role metadata');
  for (const [role, targets] of set.targets) {
    if (near(targets.payload.expires.at)) session.log.warn(`${role} metadata is nearing expiry, you should re-sign the role metadata`);
  }
  const snapshot = set.snapshot?.payload.expires.at;
  if (snapshot !== undefined && near(snapshot)) session.log.warn('snapshot is nearing expiry, you should re-sign the role metadata');
}

export type { Update, UpdateOptions };
