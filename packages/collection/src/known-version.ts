// SPDX-License-Identifier: Apache-2.0
/** What a client remembers: the versions that it must not be led back behind. */
import { isFault } from '@notary/base';
import {
  checkDelegation,
  checkSnapshot,
  checkTargets,
  checkTimestamp,
  findDelegation,
  isDelegation,
  payloads,
  type RoleName,
  SNAPSHOT,
  startTrustedSet,
  TARGETS,
  TIMESTAMP,
  type TrustedSet,
  type VerifiedRoot,
} from '@notary/tuf';
import type { Session } from './update-session.ts';

/**
 * The version below which a download is a rollback: that of the cached file, if the old root's keys (or its parent's) signed it.
 * The old root counts on purpose, as in the reference: a rotation must not open the door to something older.
 */
export async function knownVersion(session: Session, role: RoleName, cached: Uint8Array | undefined): Promise<number> {
  const { old, at } = session;
  if (cached === undefined || old === undefined) return 1;
  const check = { at, root: old.payload, expiry: 'ignore', proof: await session.proofs.get(role) } as const;
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
  const { at, cache, gun, proofs } = session;
  const bytes = await cache.read(TARGETS);
  if (bytes === undefined || !isDelegation(role)) return 1;
  const targets = await checkTargets(bytes, { at, root: old.payload, expiry: 'ignore', proof: await proofs.get(TARGETS) });
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
