// SPDX-License-Identifier: Apache-2.0
/**
 * The trusted set: what a client has verified so far, in the order root, timestamp, snapshot, targets, delegations.
 *
 * Each step takes a set and bytes and returns a new set; a failed step leaves the old one as it was. Time is one instant, given
 * at the start. Nothing here fetches, caches or waits for anything but signatures.
 */
import { type Fault, isFault } from '@notary/base';
import { type BaseRoleCheck, checkDelegation, checkSnapshot, checkTargets, checkTimestamp } from './checks.ts';
import { findDelegation } from './delegation-tree.ts';
import { tufFaults } from './faults.ts';
import { checkHashes, type FileMeta } from './file-meta.ts';
import type { Targets } from './metadata.ts';
import { isDelegation, ROOT, type RoleName, SNAPSHOT, TARGETS, TIMESTAMP } from './role-name.ts';
import type { VerifiedRoot, VerifiedSnapshot, VerifiedTargets, VerifiedTimestamp } from './verified.ts';

/** A delegation that parsed but failed its threshold or ran out: kept aside, because witnessing can restore it. */
export interface InvalidDelegation {
  readonly role: RoleName;
  readonly payload: Targets;
  readonly bytes: Uint8Array;
  readonly fault: Fault;
}

/** What has been verified so far, step by step. A step makes a new set. */
export interface TrustedSet {
  readonly gun: string;
  readonly at: Date;
  readonly root: VerifiedRoot;
  readonly timestamp?: VerifiedTimestamp;
  readonly snapshot?: VerifiedSnapshot;
  /** `targets` and every delegation that was accepted. */
  readonly targets: ReadonlyMap<RoleName, VerifiedTargets>;
  readonly invalid: ReadonlyMap<RoleName, InvalidDelegation>;
}

/** How strict a step is, and what is known already. The defaults are the strict ones. */
export type StepOptions = Pick<BaseRoleCheck, 'minVersion' | 'expiry' | 'proof'>;

/** A set that trusts this root and knows nothing else. */
export const startTrustedSet = (root: VerifiedRoot, gun: string, at: Date): TrustedSet => ({
  gun,
  at,
  root,
  targets: new Map(),
  invalid: new Map(),
});

/** Verifies a timestamp and takes it in. Faults: `TUF_…`; the set stays as it was. */
export async function acceptTimestamp(set: TrustedSet, bytes: Uint8Array, options: StepOptions = {}): Promise<TrustedSet> {
  const timestamp = await checkTimestamp(bytes, { ...options, at: set.at, root: set.root.payload });
  return { ...set, timestamp };
}

/** Needs the timestamp. The bytes must have the digests that it gives. */
export async function acceptSnapshot(set: TrustedSet, bytes: Uint8Array, options: StepOptions = {}): Promise<TrustedSet> {
  const expected = expectedMeta(set, SNAPSHOT);
  if (expected === undefined) throw tufFaults.NOT_LOADED({ role: TIMESTAMP });
  const snapshot = await checkSnapshot(bytes, { ...options, at: set.at, root: set.root.payload, expected });
  return { ...set, snapshot };
}

/** Needs the snapshot. */
export async function acceptTargets(set: TrustedSet, bytes: Uint8Array, options: StepOptions = {}): Promise<TrustedSet> {
  const targets = await checkTargets(bytes, { ...options, at: set.at, root: set.root.payload, expected: requireMeta(set, TARGETS) });
  return { ...set, targets: new Map(set.targets).set(TARGETS, targets) };
}

/**
 * Needs the snapshot and the parent. A file that fails its threshold or has expired is kept in `invalid` and its fault returned
 * beside the new set; anything else throws.
 */
export async function acceptDelegation(
  set: TrustedSet,
  role: RoleName,
  bytes: Uint8Array,
  options: StepOptions = {},
): Promise<{ set: TrustedSet; fault?: Fault }> {
  if (!isDelegation(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'invalid delegation name' });
  const delegation = findDelegation(payloads(set), role);
  const check = { ...options, at: set.at, delegation, expected: requireMeta(set, role) };
  const result = await checkDelegation(bytes, check);
  if (result.verified !== undefined) return { set: { ...set, targets: new Map(set.targets).set(role, result.verified) } };
  const { fault, payload } = result;
  return { set: { ...set, invalid: new Map(set.invalid).set(role, { role, payload, bytes, fault }) }, fault };
}

/** What the trusted set says about a file that is still to come: its length and digests. */
export function expectedMeta(set: TrustedSet, role: RoleName): FileMeta | undefined {
  if (role === SNAPSHOT) return set.timestamp?.payload.meta.get(SNAPSHOT);
  if (role === TIMESTAMP) return undefined;
  return set.snapshot?.payload.meta.get(role);
}

function requireMeta(set: TrustedSet, role: RoleName): FileMeta {
  if (set.snapshot === undefined) throw tufFaults.NOT_LOADED({ role: SNAPSHOT });
  return expectedMeta(set, role) ?? { length: 0, hashes: new Map() };
}

/** The payloads of the accepted targets roles: what walks and lookups read. */
export const payloads = (set: TrustedSet): Map<RoleName, Targets> => new Map([...set.targets].map(([role, t]) => [role, t.payload]));

/** Is a root still the one that the snapshot names? */
export function isRootCurrent(set: TrustedSet): boolean {
  const expected = expectedMeta(set, ROOT);
  if (expected === undefined) return true;
  try {
    checkHashes(set.root.bytes, ROOT, expected);
    return true;
  } catch (e) {
    if (isFault(e)) return false;
    throw e;
  }
}
