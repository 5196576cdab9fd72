// SPDX-License-Identifier: Apache-2.0
/** Changes to delegations: creation, keys, paths, thresholds, removal and key purges. */

import { isFault } from '@notary/base';
import { canonicalKeyId } from './certificates.ts';
import { walkTargets } from './delegation-tree.ts';
import { type Draft, emptyTargets, removeUnusedKeys, type SnapshotDraft, type TargetsDraft } from './drafts.ts';
import { tufFaults } from './faults.ts';
import type { PublicKey } from './keys.ts';
import type { DelegationEntry } from './metadata.ts';
import { isDelegation, isWildDelegation, isWithin, parentRole, type RoleName, restrictPaths } from './role-name.ts';

/** What to change. Key IDs are those under which the parent lists the keys. */
export interface Change {
  readonly addKeys?: readonly PublicKey[];
  readonly removeKeyIds?: readonly string[];
  readonly addPaths?: readonly string[];
  readonly removePaths?: readonly string[];
  readonly clearPaths?: boolean;
  /** For a new delegation its threshold, 1 if absent. */
  readonly threshold?: number;
  /** Sets the threshold of an existing delegation too. */
  readonly setThreshold?: boolean;
  /** A change that must not bring the delegation into being. */
  readonly mustExist?: boolean;
}

/** What these functions need of an editor. */
export interface DelegationHost {
  readonly targets: Map<RoleName, Draft<TargetsDraft>>;
  readonly snapshot: Draft<SnapshotDraft>;
  checkCanSign(role: RoleName): Promise<void>;
}

const payloadsOf = (host: DelegationHost): Map<RoleName, TargetsDraft> => new Map([...host.targets].map(([role, d]) => [role, d.payload]));

/** Applies a change; returns warnings, such as fewer keys than the threshold. */
export async function updateDelegation(host: DelegationHost, role: RoleName, change: Change): Promise<readonly string[]> {
  if (!isDelegation(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'not a valid delegated role' });
  const parent = parentRole(role);
  await host.checkCanSign(parent);
  if (!host.targets.has(parent)) {
    if (change.mustExist === true) throw tufFaults.ROLE_INVALID({ role, reason: 'no valid delegated role exists' });
    host.targets.set(parent, { payload: emptyTargets(), bytes: undefined, dirty: true });
  }
  const draft = host.targets.get(parent) as Draft<TargetsDraft>;
  const node = walkTargets(payloadsOf(host), { below: parent }).find((n) => n.role === parent);
  const addPaths = change.addPaths ?? [];
  if (node !== undefined && restrictPaths(node.paths, addPaths).length !== addPaths.length) {
    throw tufFaults.ROLE_INVALID({ role, reason: 'invalid paths to add to role' });
  }
  const roles = draft.payload.delegations.roles;
  const index = roles.findIndex((r) => r.name === role);
  const entry = index < 0 ? newEntry(role, change) : changedEntry(roles[index] as DelegationEntry, change);
  for (const key of change.addKeys ?? []) draft.payload.delegations.keys.set(key.id, key);
  if (index < 0) roles.push(entry);
  else roles[index] = entry;
  draft.dirty = true;
  removeUnusedKeys(draft.payload);
  return tooFewKeys(entry);
}

function newEntry(role: RoleName, change: Change): DelegationEntry {
  const threshold = change.threshold ?? 1;
  if (!Number.isSafeInteger(threshold) || threshold < 1) throw tufFaults.ROLE_INVALID({ role });
  return { name: role, threshold, keyIds: unique((change.addKeys ?? []).map((k) => k.id)), paths: unique(change.addPaths ?? []) };
}

function changedEntry(old: DelegationEntry, change: Change): DelegationEntry {
  const without = (list: readonly string[], gone: readonly string[] = []): string[] => list.filter((x) => !gone.includes(x));
  const paths = change.clearPaths === true ? [] : without(old.paths, change.removePaths);
  const keyIds = without(old.keyIds, change.removeKeyIds);
  const threshold = change.setThreshold === true ? (change.threshold ?? old.threshold) : old.threshold;
  if (!Number.isSafeInteger(threshold) || threshold < 1) throw tufFaults.ROLE_INVALID({ role: old.name });
  return {
    name: old.name,
    threshold,
    keyIds: unique([...keyIds, ...(change.addKeys ?? []).map((k) => k.id)]),
    paths: unique([...paths, ...(change.addPaths ?? [])]),
  };
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

function tooFewKeys(entry: DelegationEntry): string[] {
  return entry.keyIds.length < entry.threshold
    ? [`role ${entry.name} has fewer keys than its threshold of ${entry.threshold}; it will not be usable until keys are added to it`]
    : [];
}

export async function deleteDelegation(host: DelegationHost, role: RoleName): Promise<void> {
  if (!isDelegation(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'not a valid delegated role' });
  const parent = parentRole(role);
  await host.checkCanSign(parent);
  // What lies below is unreachable from now on: its entries would only burden the snapshot.
  for (const name of [...host.targets.keys()]) if (isWithin(name, role)) host.targets.delete(name);
  for (const name of [...host.snapshot.payload.meta.keys()]) if (isWithin(name, role)) host.snapshot.payload.meta.delete(name);
  const draft = host.targets.get(parent);
  const index = draft?.payload.delegations.roles.findIndex((r) => r.name === role) ?? -1;
  if (draft === undefined || index < 0) return;
  draft.payload.delegations.roles.splice(index, 1);
  removeUnusedKeys(draft.payload);
  draft.dirty = true;
}

export async function purgeKeys(host: DelegationHost, wildcard: string, canonicalIds: readonly string[]): Promise<readonly string[]> {
  if (!isWildDelegation(wildcard)) throw tufFaults.ROLE_INVALID({ role: wildcard, reason: 'only wildcard roles can be used in a purge' });
  const warnings: string[] = [];
  for (const { role } of walkTargets(payloadsOf(host), { below: parentRole(wildcard) })) {
    const draft = host.targets.get(role) as Draft<TargetsDraft>;
    const { keys, roles } = draft.payload.delegations;
    const gone = [...keys].filter(([, key]) => canonicalIds.includes(canonicalKeyId(key))).map(([id]) => id);
    if (gone.length === 0) continue;
    if (!(await canSign(host, role))) {
      warnings.push(
        `role ${role} contains keys being purged but you do not have the necessary keys present to sign it; keys will not be purged from ${role} or its immediate children`,
      );
      continue;
    }
    for (const id of gone) keys.delete(id);
    roles.forEach((entry, i) => {
      roles[i] = { ...entry, keyIds: entry.keyIds.filter((id) => !gone.includes(id)) };
      warnings.push(...tooFewKeys(roles[i] as DelegationEntry));
    });
    draft.dirty = true;
  }
  return warnings;
}

async function canSign(host: DelegationHost, role: RoleName): Promise<boolean> {
  try {
    await host.checkCanSign(role);
    return true;
  } catch (e) {
    if (isFault(e)) return false;
    throw e;
  }
}
