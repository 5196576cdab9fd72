// SPDX-License-Identifier: Apache-2.0
/** Staging: every change waits in the change list until it is published (reference: client.go, delegations.go, witness.go). */
import { checkTargetName, type FileMeta, isDelegation, isWildDelegation, type PublicKey, TARGETS, tufFaults } from '@notary/tuf';
import { type DelegationData, encodeDelegationData, encodeTargetData } from './change-data.ts';
import type { ChangeAction, Changelist, ChangeType, StagedChange } from './changelist.ts';
import { collectionFaults } from './faults.ts';

const change = (action: ChangeAction, scope: string, type: ChangeType, path: string, data?: Uint8Array): StagedChange => ({
  action,
  scope,
  type,
  path,
  data,
});

function checkScopes(roles: readonly string[]): readonly string[] {
  const scopes = roles.length === 0 ? [TARGETS] : roles;
  for (const role of scopes) {
    if (role !== TARGETS && !isDelegation(role) && !isWildDelegation(role))
      throw tufFaults.ROLE_INVALID({ role, reason: 'cannot add targets to this role' });
  }
  return scopes;
}

/** Stages a target for every role (default `targets`). Faults: `COLLECTION_NO_HASHES`, `TUF_ROLE_INVALID`, `TUF_TARGET_NAME_INVALID`. */
export async function stageTarget(list: Changelist, name: string, meta: FileMeta, roles: readonly string[] = []): Promise<void> {
  if (meta.hashes.size === 0) throw collectionFaults.NO_HASHES({ target: name });
  checkTargetName(name);
  const data = encodeTargetData(meta);
  await list.add(...checkScopes(roles).map((role) => change('create', role, 'target', name, data)));
}

/** Stages the removal of a target from roles; from `targets` where none is named. Faults: `TUF_ROLE_INVALID`. */
export async function stageTargetRemoval(list: Changelist, name: string, roles: readonly string[] = []): Promise<void> {
  await list.add(...checkScopes(roles).map((role) => change('delete', role, 'target', name)));
}

function checkDelegation(role: string): void {
  if (!isDelegation(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'invalid delegation role name' });
}

const delegationChange = (action: ChangeAction, role: string, data: DelegationData): StagedChange =>
  change(action, role, 'delegation', '', encodeDelegationData(data));

/** Two changes, as the reference writes them: keys first, for they bring the delegation into being, then paths. */
export async function stageDelegation(
  list: Changelist,
  role: string,
  delegation: { readonly keys: readonly PublicKey[]; readonly paths: readonly string[]; readonly threshold?: number },
): Promise<void> {
  checkDelegation(role);
  const { keys, paths, threshold } = delegation;
  const changes: StagedChange[] = [];
  if (keys.length > 0) changes.push(delegationChange('create', role, { threshold: threshold ?? 1, addKeys: keys }));
  if (paths.length > 0) changes.push(delegationChange('create', role, { addPaths: paths }));
  // A threshold for a delegation that exists travels in an update, which the reference's client reads and ignores.
  if (threshold !== undefined) changes.push(delegationChange('update', role, { threshold }));
  await list.add(...changes);
}

/** Paths first, then keys (canonical IDs), as the reference does. */
export async function stageDelegationReduction(
  list: Changelist,
  role: string,
  reduction: { readonly keyIds?: readonly string[]; readonly paths?: readonly string[]; readonly allPaths?: boolean },
): Promise<void> {
  checkDelegation(role);
  const { keyIds = [], paths = [], allPaths = false } = reduction;
  const changes: StagedChange[] = [];
  if (allPaths) changes.push(delegationChange('update', role, { clearPaths: true }));
  else if (paths.length > 0) changes.push(delegationChange('update', role, { removePaths: paths }));
  if (keyIds.length > 0) changes.push(delegationChange('update', role, { removeKeys: keyIds }));
  await list.add(...changes);
}

/** Stages the removal of a delegation with everything below it. */
export async function stageDelegationRemoval(list: Changelist, role: string): Promise<void> {
  checkDelegation(role);
  await list.add(change('delete', role, 'delegation', ''));
}

/** Stages the removal of keys (canonical IDs) from every delegation. */
export async function stageKeyPurge(list: Changelist, keyIds: readonly string[]): Promise<void> {
  await list.add(delegationChange('update', `${TARGETS}/*`, { removeKeys: keyIds }));
}

/** Stages roles to be signed again as they are. */
export async function stageWitness(list: Changelist, roles: readonly string[]): Promise<void> {
  await list.add(...roles.map((role) => change('update', role, 'witness', '')));
}
