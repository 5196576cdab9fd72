// SPDX-License-Identifier: Apache-2.0
/** Lost keys: what can be done about each, and doing it. */
import { type CollectionEditor, canonicalKeyId, isDelegation, type PublicKey, parentRole, type RoleName } from '@notary/tuf';
import type { Collection } from './collection.ts';
import { collectionFaults } from './faults.ts';
import { checkHealth, type RoleHealth } from './health.ts';
import { type Published, publishEdit } from './publish.ts';
import { newKeys } from './rotate.ts';
import { withLock } from './trust-directory.ts';

/** What can be done about the keys of a role. */
export interface RecoveryOption {
  readonly role: string;
  readonly held: number;
  readonly threshold: number;
  /**
   * `not-needed`: enough keys are here. `rotate-local`, `rotate-server`: a new root names new keys. `replace`: the parent names a
   * new key. `impossible`: nobody can name a new key. `elsewhere`: others hold the keys; they can act, or whoever holds `needs`.
   */
  readonly action: 'not-needed' | 'rotate-local' | 'rotate-server' | 'replace' | 'impossible';
  /** The role whose keys it takes, if it takes any. */
  readonly needs: string;
  readonly explanation: string;
}

/** What can be done, role by role. */
export interface RecoveryPlan {
  readonly gun: string;
  readonly options: readonly RecoveryOption[];
}

/** Says for every role what is possible with the keys that are here. Changes nothing. */
export async function planRecovery(collection: Collection): Promise<RecoveryPlan> {
  const { roles } = await checkHealth(collection);
  const canSign = new Map(roles.map((r) => [r.role, r.canSign]));
  return { gun: collection.gun, options: roles.map((role) => optionFor(role, canSign)) };
}

function optionFor(role: RoleHealth, canSign: ReadonlyMap<string, boolean>): RecoveryOption {
  const base = { role: role.role, held: role.keys.filter((k) => k.held).length, threshold: role.threshold };
  const root = canSign.get('root') ?? false;
  if (role.role === 'root') {
    return root
      ? {
          ...base,
          action: 'not-needed',
          needs: 'root',
          explanation: 'enough root keys are here; one that is lost or stolen is replaced by rotating the root',
        }
      : {
          ...base,
          action: 'impossible',
          needs: 'root',
          explanation: `a new root must be signed by ${role.threshold} of the old root keys. Restore a backup (notary key import); otherwise start a new collection under another name and have every consumer pin its root`,
        };
  }
  if (role.role === 'timestamp' || (role.role === 'snapshot' && !role.canSign)) {
    return root
      ? {
          ...base,
          action: 'rotate-server',
          needs: 'root',
          explanation: `if the server has lost its ${role.role} key, a new root names a new one`,
        }
      : {
          ...base,
          action: 'impossible',
          needs: 'root',
          explanation: 'only the server, from a backup of its keys, or the holder of the root key can help',
        };
  }
  if (role.canSign) return { ...base, action: 'not-needed', needs: role.role, explanation: 'enough keys are here' };
  const parent = isDelegation(role.role) ? parentRole(role.role) : 'root';
  if (!(canSign.get(parent) ?? false)) {
    return {
      ...base,
      action: 'impossible',
      needs: parent,
      explanation: `it takes the ${parent} key to name a new one, and that is not here`,
    };
  }
  return parent === 'root'
    ? {
        ...base,
        action: 'rotate-local',
        needs: 'root',
        explanation: 'a new root names a new targets key, and all targets are signed again with it',
      }
    : { ...base, action: 'replace', needs: parent, explanation: `${parent} names a new key, and the role is signed again with it` };
}

/** What {@link recoverRole} has published: the role and its new keys by canonical ID. */
export interface Recovered extends Published {
  readonly role: string;
  readonly keyIds: readonly string[];
}

/** Replaces the lost keys of a role. Faults: `COLLECTION_RECOVERY_IMPOSSIBLE`, and those of publishing. */
export async function recoverRole(collection: Collection, role: string, options: { readonly local?: boolean } = {}): Promise<Recovered> {
  const plan = await planRecovery(collection);
  const option = plan.options.find((o) => o.role === role);
  if (option === undefined) throw collectionFaults.RECOVERY_IMPOSSIBLE({ role, reason: 'the collection has no such role' });
  if (option.action === 'impossible') throw collectionFaults.RECOVERY_IMPOSSIBLE({ role, reason: option.explanation });
  return withLock(collection.directory, collection.gun, async () => {
    if (isDelegation(role)) return replaceDelegationKeys(collection, role);
    const base = role as 'root' | 'targets' | 'snapshot' | 'timestamp';
    const server = base === 'timestamp' || (base === 'snapshot' && options.local !== true && option.action === 'rotate-server');
    const keys = await newKeys(collection, base, server, []);
    const published = await publishEdit(collection, async (editor) => editor.replaceKeys(base, keys, 1), {
      tolerateExpired: ['root', 'timestamp', 'snapshot', 'targets'],
    });
    return { ...published, role, keyIds: keys.map(canonicalKeyId) };
  });
}

/** One new key for each lost one; the role is taken back and signed with them. */
async function replaceDelegationKeys(collection: Collection, role: RoleName): Promise<Recovered> {
  const fresh: PublicKey[] = [];
  const published = await publishEdit(
    collection,
    async (editor) => {
      const lost = await lostKeys(collection, editor, role);
      while (fresh.length < Math.max(1, lost.length)) fresh.push((await collection.keys.create(role, '')).publicKey);
      await editor.updateDelegation(role, { addKeys: fresh, removeKeyIds: lost, mustExist: true });
      if (editor.knows(role)) editor.witness(role);
    },
    { tolerateExpired: [role] },
  );
  return { ...published, role, keyIds: fresh.map((k) => k.id) };
}

async function lostKeys(collection: Collection, editor: CollectionEditor, role: RoleName): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, key] of editor.delegation(role).signers.keys) if (!(await collection.keys.has(canonicalKeyId(key)))) lost.push(id);
  return lost;
}
