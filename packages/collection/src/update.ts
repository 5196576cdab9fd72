// SPDX-License-Identifier: Apache-2.0
/**
 * The update workflow (reference: client/tufclient.go). The cached root is the anchor; the timestamp is always asked for; snapshot,
 * targets and delegations come from the cache where their digests fit. Any failure leads to one look for a newer root and one
 * more try. Roots are kept as soon as their chain is proven; everything else only when the whole update has succeeded: a server
 * that signs a timestamp for files it cannot show leaves no trace, and the cache is never worse than before.
 */
import { Fault, isFault, type Log, silentLog } from '@notary/base';
import {
  acceptDelegation,
  acceptSnapshot,
  acceptTargets,
  acceptTimestamp,
  checkDelegation,
  checkHashes,
  checkRoot,
  checkSnapshot,
  checkTargets,
  checkTimestamp,
  choosePin,
  describeExpiry,
  digestHexOf,
  expectedMeta,
  type FileMeta,
  findDelegation,
  isDelegation,
  isNearExpiry,
  MAX_METADATA_BYTES,
  MAX_TIMESTAMP_BYTES,
  payloads,
  ROOT,
  type RoleName,
  type RootFingerprint,
  rootFingerprints,
  SNAPSHOT,
  type StepOptions,
  startTrustedSet,
  TARGETS,
  TIMESTAMP,
  type TrustedSet,
  type TrustPins,
  tufFaults,
  type VerifiedRoot,
} from '@notary/tuf';
import { createPendingCache, type MetadataCache } from './cache.ts';
import { collectionFaults } from './faults.ts';
import type { Gun } from './gun.ts';
import { MAX_PARALLEL_FETCHES } from './limits.ts';
import { OUT_OF_REACH, type Remote } from './remote.ts';
import { followRoots } from './root-chain.ts';

export interface UpdateOptions {
  readonly gun: Gun;
  /** Read once by the caller: every expiry in this update is judged at this instant. */
  readonly at: Date;
  readonly cache: MetadataCache;
  readonly remote: Remote;
  readonly pins: TrustPins;
  readonly log?: Log;
  /** `write`: the collection must exist on the server, whatever the cache holds. */
  readonly mode?: 'read' | 'write';
  /** `show`: expired metadata is accepted, each with a warning. For looking, never for deciding. */
  readonly expired?: 'refuse' | 'show';
}

export interface Update {
  readonly set: TrustedSet;
  /** The keys of a root that was trusted because it was the first one seen: nobody vouched for it. */
  readonly firstUse?: readonly RootFingerprint[];
  /** Could the remote not be asked for a timestamp? Then this is the last known state. */
  readonly fromCache: boolean;
  /** What expired, where `expired` is `show`. */
  readonly expired: readonly Fault[];
}

/** State of one update. `old` is the anchor that rollbacks are measured against, `root` the root in force. */
interface Session extends UpdateOptions {
  readonly log: Log;
  readonly old: VerifiedRoot | undefined;
  readonly expiredFound: Map<string, Fault>;
  fromCache: boolean;
  /** What the last accepted snapshot said of the root. */
  rootMeta: FileMeta | undefined;
}

/** Brings the collection up to date and returns what is trusted. Faults: `COLLECTION_NO_TRUST_DATA`, `COLLECTION_…`, `TUF_…`. */
export async function updateCollection(options: UpdateOptions): Promise<Update> {
  const { gun, at, cache } = options;
  const cached = await cache.read(ROOT);
  // A broken cached root fails hard: it is what pins trust.
  const old = cached === undefined ? undefined : await checkRoot(cached, { gun, at, expiry: 'ignore' });
  const pending = createPendingCache(cache);
  const session: Session = {
    ...options,
    cache: pending,
    log: options.log ?? silentLog,
    old,
    expiredFound: new Map(),
    fromCache: false,
    rootMeta: undefined,
  };
  const root = await bootstrap(session);
  const set = await updateTwice(session, root);
  await pending.commit();
  warnNearExpiry(session, set);
  const firstUse = old === undefined && !isPinned(options.pins, gun) ? { firstUse: rootFingerprints(set.root, gun) } : {};
  return { set, ...firstUse, fromCache: session.fromCache, expired: [...session.expiredFound.values()] };
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
    bytes = await session.remote.get(ROOT, MAX_METADATA_BYTES);
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
  return acceptRoot(session, await session.remote.get(ROOT, MAX_METADATA_BYTES), undefined);
}

function fits(bytes: Uint8Array, meta: FileMeta): boolean {
  try {
    checkHashes(bytes, '', meta);
    return bytes.length === meta.length;
  } catch (e) {
    if (isFault(e)) return false;
    throw e;
  }
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

async function loadTimestamp(session: Session, set: TrustedSet): Promise<TrustedSet> {
  const cached = await session.cache.read(TIMESTAMP, MAX_TIMESTAMP_BYTES);
  let bytes: Uint8Array;
  try {
    bytes = await session.remote.get(TIMESTAMP, MAX_TIMESTAMP_BYTES);
  } catch (e) {
    if (!isFault(e, ...OUT_OF_REACH) || cached === undefined) throw e;
    session.fromCache = true;
    session.log.warn(
      'Error while downloading remote metadata, using cached timestamp - this might not be the latest version available remotely',
    );
    return step(session, TIMESTAMP, (options) => acceptTimestamp(set, cached, options));
  }
  const minVersion = await knownVersion(session, TIMESTAMP, cached);
  const next = await step(session, TIMESTAMP, (options) => acceptTimestamp(set, bytes, { ...options, minVersion }));
  await session.cache.write(TIMESTAMP, bytes);
  session.fromCache = false;
  return next;
}

/** A file whose digests the trusted set knows: from the cache if it fits, else from the remote by its hash name. */
async function loadListed(session: Session, set: TrustedSet, role: RoleName): Promise<TrustedSet> {
  const meta = requireMeta(set, role);
  const { bytes, cached } = await fetchListed(session, role, meta);
  return acceptListed(session, set, role, { bytes, cached, meta });
}

function requireMeta(set: TrustedSet, role: RoleName): FileMeta {
  return expectedMeta(set, role) ?? { length: 0, hashes: new Map() };
}

interface Fetched {
  readonly bytes: Uint8Array;
  /** The cached file that the bytes replace; the same object if nothing was downloaded. */
  readonly cached: Uint8Array | undefined;
}

async function fetchListed(session: Session, role: RoleName, meta: FileMeta): Promise<Fetched> {
  const cached = await session.cache.read(role);
  if (cached !== undefined && fits(cached, meta)) return { bytes: cached, cached };
  const bytes = await download(session, role, meta);
  return { bytes, cached };
}

async function download(session: Session, role: RoleName, meta: FileMeta): Promise<Uint8Array> {
  const hex = digestHexOf(meta, 'sha256');
  return session.remote.get(hex === undefined ? role : `${role}.${hex}`, meta.length);
}

async function acceptListed(
  session: Session,
  set: TrustedSet,
  role: RoleName,
  file: Fetched & { readonly meta: FileMeta },
): Promise<TrustedSet> {
  const accept = role === SNAPSHOT ? acceptSnapshot : acceptTargets;
  if (file.bytes === file.cached) {
    try {
      return await step(session, role, (options) => accept(set, file.bytes, options));
    } catch (e) {
      // Signed by keys that no longer count, or run out: the server may have the same content signed anew.
      if (!isFault(e)) throw e;
      const bytes = await download(session, role, file.meta);
      return acceptListed(session, set, role, { ...file, bytes });
    }
  }
  const minVersion = await knownVersion(session, role, file.cached);
  const next = await step(session, role, (options) => accept(set, file.bytes, { ...options, minVersion }));
  checkLength(role, file.bytes, file.meta);
  await session.cache.write(role, file.bytes);
  return next;
}

function checkLength(role: string, bytes: Uint8Array, meta: FileMeta): void {
  if (bytes.length !== meta.length) throw tufFaults.LENGTH_MISMATCH({ name: role, expected: meta.length, actual: bytes.length });
}

/** Level by level: the files of one level are fetched side by side and judged in order. */
async function loadDelegations(session: Session, start: TrustedSet): Promise<TrustedSet> {
  let set = start;
  let level = childRoles(set, TARGETS);
  while (level.length > 0) {
    const listed = level.filter((role) => expectedMeta(set, role) !== undefined);
    const snapshotSet = set;
    const fetched = await mapLimited(listed, (role) => settle(fetchListed(session, role, requireMeta(snapshotSet, role))));
    const next: RoleName[] = [];
    for (const [i, role] of listed.entries()) {
      const result = fetched[i] as Settled<Fetched>;
      if (!result.ok) throw result.fault;
      set = await loadDelegation(session, set, role, result.value);
      if (set.targets.has(role)) next.push(...childRoles(set, role));
    }
    level = next;
  }
  return set;
}

const childRoles = (set: TrustedSet, role: RoleName): RoleName[] =>
  set.targets.get(role)?.payload.delegations.roles.map((r) => r.name) ?? [];

async function loadDelegation(session: Session, set: TrustedSet, role: RoleName, file: Fetched): Promise<TrustedSet> {
  const fromCache = file.bytes === file.cached;
  const minVersion = fromCache ? 1 : await knownVersion(session, role, file.cached);
  let result = await acceptDelegation(set, role, file.bytes, { minVersion });
  if (result.fault?.code === 'TUF_EXPIRED' && session.expired === 'show') {
    session.expiredFound.set(role, result.fault);
    result = await acceptDelegation(set, role, file.bytes, { minVersion, expiry: 'ignore' });
  }
  if (result.fault !== undefined) session.log.warn(`Error getting ${role}: ${result.fault.message}`);
  if (!fromCache) {
    checkLength(role, file.bytes, requireMeta(set, role));
    if (result.fault === undefined) await session.cache.write(role, file.bytes);
  }
  return result.set;
}

/** Runs a step; where expired metadata may be shown, an expired file is noted and taken. */
async function step(session: Session, role: RoleName, run: (options: StepOptions) => Promise<TrustedSet>): Promise<TrustedSet> {
  try {
    return await run({});
  } catch (e) {
    if (session.expired !== 'show' || !isFault(e, 'TUF_EXPIRED')) throw e;
    session.expiredFound.set(role, e);
    return run({ expiry: 'ignore' });
  }
}

function noteExpiry(session: Session, role: RoleName, expired: VerifiedRoot | undefined): void {
  if (expired === undefined) return;
  session.expiredFound.set(
    role,
    tufFaults.EXPIRED({ role, expired: describeExpiry(expired.payload.expires), expires: expired.payload.expires.text }),
  );
}

/**
 * The version below which a download is a rollback: that of the cached file, if the old root's keys (or its parent's) signed it.
 * The old root counts on purpose, as in the reference: a rotation must not open the door to something older.
 */
async function knownVersion(session: Session, role: RoleName, cached: Uint8Array | undefined): Promise<number> {
  const { old, at } = session;
  if (cached === undefined || old === undefined) return 1;
  const check = { at, root: old.payload, expiry: 'ignore' } as const;
  try {
    if (role === TIMESTAMP) return (await checkTimestamp(cached, check)).payload.version;
    if (role === SNAPSHOT) return (await checkSnapshot(cached, check)).payload.version;
    if (role === TARGETS) return (await checkTargets(cached, check)).payload.version;
    return await knownDelegationVersion(session, role, cached, old);
  } catch (e) {
    if (isFault(e)) return 1;
    throw e;
  }
}

/** A cached delegation counts if the cached chain of its parents vouches for it. */
async function knownDelegationVersion(session: Session, role: RoleName, cached: Uint8Array, old: VerifiedRoot): Promise<number> {
  const { at, cache, gun } = session;
  const bytes = await cache.read(TARGETS);
  if (bytes === undefined || !isDelegation(role)) return 1;
  const targets = await checkTargets(bytes, { at, root: old.payload, expiry: 'ignore' });
  let set: TrustedSet = { ...startTrustedSet(old, gun, at), targets: new Map([[TARGETS, targets]]) };
  const parts = role.split('/');
  for (let depth = 2; depth <= parts.length; depth++) {
    const name = parts.slice(0, depth).join('/') as RoleName;
    const file = name === role ? cached : await cache.read(name);
    if (file === undefined) return 1;
    const result = await checkDelegation(file, { at, delegation: findDelegation(payloads(set), name), expiry: 'ignore' });
    if (result.verified === undefined) return 1;
    set = { ...set, targets: new Map(set.targets).set(name, result.verified) };
  }
  return set.targets.get(role)?.payload.version ?? 1;
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

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: unknown };

const settle = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ ok: true, value }),
    (fault: unknown) => ({ ok: false, fault }),
  );

/** Runs `work` for every item, a few at a time; results in the order of the items. */
async function mapLimited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL_FETCHES, items.length) }, lane));
  return results;
}
