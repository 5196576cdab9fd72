// SPDX-License-Identifier: Apache-2.0
/** The steps of an update after the root: timestamp, the files that the snapshot names, and the tree of delegations. */
import { equalBytes, isFault } from '@notary/base';
import {
  acceptDelegation,
  acceptSnapshot,
  acceptTargets,
  acceptTimestamp,
  checkHashes,
  digestHexOf,
  expectedMeta,
  type FileMeta,
  MAX_TIMESTAMP_BYTES,
  type RoleName,
  SNAPSHOT,
  type StepOptions,
  TARGETS,
  TIMESTAMP,
  type TrustedSet,
  tufFaults,
} from '@notary/tuf';
import { knownVersion } from './known-version.ts';
import { OUT_OF_REACH } from './remote.ts';
import { fetchPlain, mapLimited, type Session, type Settled, settle } from './update-session.ts';

/** Are these the bytes that a signed file names? */
export function fits(bytes: Uint8Array, meta: FileMeta): boolean {
  if (bytes.length !== meta.length) return false;
  try {
    checkHashes(bytes, '', meta);
    return true;
  } catch (e) {
    if (isFault(e)) return false;
    throw e;
  }
}

export async function loadTimestamp(session: Session, set: TrustedSet): Promise<TrustedSet> {
  const cached = await session.cache.read(TIMESTAMP, MAX_TIMESTAMP_BYTES);
  let bytes: Uint8Array;
  try {
    bytes = await fetchPlain(session, TIMESTAMP);
  } catch (e) {
    if (!isFault(e, ...OUT_OF_REACH) || cached === undefined) throw e;
    session.fromCache = true;
    session.log.warn(
      'Error while downloading remote metadata, using cached timestamp - this might not be the latest version available remotely',
    );
    const proof = await session.proofs.get(TIMESTAMP);
    return step(session, TIMESTAMP, (options) => acceptTimestamp(set, cached, { ...options, proof }));
  }
  // The same bytes are not older than themselves: nothing to compare.
  const isSame = cached !== undefined && equalBytes(cached, bytes);
  const minVersion = isSame ? 1 : await knownVersion(session, TIMESTAMP, cached);
  const judged = isSame ? cached : bytes;
  const proof = await session.proofs.get(TIMESTAMP);
  const next = await step(session, TIMESTAMP, (options) => acceptTimestamp(set, judged, { ...options, minVersion, proof }));
  if (!isSame) await session.cache.write(TIMESTAMP, bytes);
  session.fromCache = false;
  return next;
}

/**
 * A file whose digests the trusted set knows: from the cache if it fits, else from the remote by its hash name. A cached file can be
 * the right one and yet be refused, signed by keys that no longer count or run out: the server may have the same content signed anew.
 */
export async function loadListed(session: Session, set: TrustedSet, role: RoleName): Promise<TrustedSet> {
  const meta = requireMeta(set, role);
  const accept = role === SNAPSHOT ? acceptSnapshot : acceptTargets;
  const cached = await session.cache.read(role);
  if (cached !== undefined && cached.length === meta.length) {
    const proof = await session.proofs.get(role);
    try {
      return await step(session, role, (options) => accept(set, cached, { ...options, proof }));
    } catch (e) {
      if (!isFault(e)) throw e;
    }
  }
  const bytes = await download(session, role, meta);
  const minVersion = await knownVersion(session, role, cached);
  const next = await step(session, role, (options) => accept(set, bytes, { ...options, minVersion }));
  checkLength(role, bytes, meta);
  await session.cache.write(role, bytes);
  return next;
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

function checkLength(role: string, bytes: Uint8Array, meta: FileMeta): void {
  if (bytes.length !== meta.length) throw tufFaults.LENGTH_MISMATCH({ name: role, expected: meta.length, actual: bytes.length });
}

/** Level by level: the files of one level are fetched side by side and judged in order. */
export async function loadDelegations(session: Session, start: TrustedSet): Promise<TrustedSet> {
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
