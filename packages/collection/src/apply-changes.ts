// SPDX-License-Identifier: Apache-2.0
/** Applies staged changes to an editor, in order (reference: client/helpers.go). */
import { type Fault, isFault, type Log } from '@notary/base';
import { type CollectionEditor, canonicalKeyId, isDelegation, isWildDelegation, type RoleName, TARGETS, tufFaults } from '@notary/tuf';
import { decodeDelegationData, decodeTargetData } from './change-data.ts';
import type { StagedChange } from './changelist.ts';
import { collectionFaults } from './faults.ts';

/** Faults: `COLLECTION_SCOPE_UNSUPPORTED`, `COLLECTION_CHANGE_…`, and the editor's. Nothing is written anywhere. */
export async function applyChanges(editor: CollectionEditor, changes: readonly StagedChange[], log: Log): Promise<void> {
  for (const change of changes) {
    const { scope } = change;
    if (scope !== TARGETS && !isDelegation(scope) && !isWildDelegation(scope)) throw collectionFaults.SCOPE_UNSUPPORTED({ scope });
    switch (change.type) {
      case 'target':
        await changeTarget(editor, change, log);
        break;
      case 'delegation':
        await changeDelegation(editor, change, log);
        break;
      case 'witness':
        editor.witness(scope as RoleName);
        break;
      default:
        throw unsupported('only target meta and delegations changes supported');
    }
  }
}

const unsupported = (problem: string): Fault => collectionFaults.CHANGE_UNSUPPORTED({ problem });

async function changeTarget(editor: CollectionEditor, change: StagedChange, log: Log): Promise<void> {
  const role = change.scope as RoleName;
  try {
    if (change.action === 'create') await editor.addTarget(role, change.path, decodeTargetData(change));
    else if (change.action === 'delete') await editor.removeTarget(role, change.path);
    else throw unsupported(`action not yet supported: ${change.action}`);
  } catch (e) {
    if (isFault(e) && change.action === 'create') log.error(`couldn't add target to ${role}: ${e.message}`);
    else if (isFault(e) && change.action === 'delete') log.error(`couldn't remove target from ${role}: ${e.message}`);
    throw e;
  }
}

async function changeDelegation(editor: CollectionEditor, change: StagedChange, log: Log): Promise<void> {
  const role = change.scope as RoleName;
  if (change.action === 'delete') return editor.deleteDelegation(role);
  if (change.action !== 'create' && change.action !== 'update')
    throw unsupported(`unsupported action against delegations: ${change.action}`);
  const data = decodeDelegationData(change);
  if (change.action === 'update' && isWildDelegation(change.scope)) {
    for (const warning of await editor.purgeKeys(change.scope, data.removeKeys ?? [])) log.warn(warning);
    return;
  }
  if (!isDelegation(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'not a valid delegated role' });
  const { addKeys = [], addPaths = [], threshold = 0 } = data;
  // A `create` of a delegation that exists adds to it; its threshold stays. The reference writes 1 there without meaning to set it.
  const warnings =
    change.action === 'create'
      ? await editor.updateDelegation(role, { addKeys, addPaths, threshold: existing(editor, role) ? 1 : threshold })
      : await editor.updateDelegation(role, {
          addKeys,
          addPaths,
          removeKeyIds: listedIds(editor, role, data.removeKeys ?? []),
          removePaths: data.removePaths ?? [],
          clearPaths: data.clearPaths === true,
          mustExist: true,
          ...(threshold > 0 ? { threshold, setThreshold: true } : {}),
        });
  for (const warning of warnings) log.warn(warning);
}

function existing(editor: CollectionEditor, role: RoleName): boolean {
  try {
    editor.delegation(role);
    return true;
  } catch (e) {
    if (isFault(e)) return false;
    throw e;
  }
}

/** People name keys by canonical ID; the parent may list them as certificates. */
function listedIds(editor: CollectionEditor, role: RoleName, canonicalIds: readonly string[]): string[] {
  const { keys } = editor.delegation(role).signers;
  return [...keys].filter(([, key]) => canonicalIds.includes(canonicalKeyId(key))).map(([id]) => id);
}
