// SPDX-License-Identifier: Apache-2.0
/**
 * Rotation as plan and apply. A plan names the roles; applying it makes the keys, notes each in the plan before anything is
 * published, publishes one root for all of them, and can be run again after any interruption.
 */
import { fromBase64, fromUtf8, isFault, toBase64 } from '@notary/base';
import { isJsonObject, type JsonObject, parseJsonStrict } from '@notary/base/json';
import { type BaseRoleName, canonicalKeyId, createPublicKey, isBaseRole, type PublicKey, type TrustedSet } from '@notary/tuf';
import { type Collection, readCollection, updateOptions } from './collection.ts';
import { collectionFaults } from './faults.ts';
import { MAX_CONFIG_BYTES } from './limits.ts';
import type { Published } from './publish.ts';
import { checkRotation, newKeys, publishKeys } from './rotate.ts';
import { withLock } from './trust-directory.ts';
import { updateCollection } from './update.ts';

/** A role of a rotation plan. */
export interface PlannedRole {
  readonly role: BaseRoleName;
  readonly manager: 'client' | 'server';
  /** The keys it has now, by canonical ID. */
  readonly from: readonly string[];
  /** Once made: the new keys. */
  readonly to: readonly PublicKey[];
}

/** A rotation that can be looked at, and carried on after an interruption. It holds no private keys. */
export interface RotationPlan {
  readonly gun: string;
  readonly createdAt: string;
  /** Version of the root that the plan replaces. */
  readonly rootVersion: number;
  readonly roles: readonly PlannedRole[];
  readonly legacyVersions: number;
}

/** What is to be rotated. */
export interface PlanRequest {
  readonly roles: readonly { readonly role: string; readonly serverManaged: boolean }[];
  readonly legacyVersions?: number;
}

/** Looks at the collection and says what would happen. Faults: those of rotation rules and updates. */
export async function planRotation(collection: Collection, request: PlanRequest): Promise<RotationPlan> {
  const { set } = await readCollection(collection);
  const roles = request.roles.map(({ role, serverManaged }) => {
    checkRotation(role, serverManaged);
    return { role, manager: serverManaged ? 'server' : 'client', from: listed(set, role), to: [] } as const;
  });
  return {
    gun: collection.gun,
    createdAt: collection.clock.now().toISOString(),
    rootVersion: set.root.payload.version,
    roles,
    legacyVersions: request.legacyVersions ?? 0,
  };
}

function listed(set: TrustedSet, role: BaseRoleName): string[] {
  const { keys, roles } = set.root.payload;
  return (roles.get(role)?.keyIds ?? []).map((id) => canonicalKeyId(keys.get(id) as PublicKey));
}

/**
 * Carries a plan out, or goes on with it. `save` is called with every new state before the step that depends on it.
 * Faults: `COLLECTION_PLAN_OUTDATED`, and those of rotation.
 */
export async function applyRotation(
  collection: Collection,
  plan: RotationPlan,
  save: (plan: RotationPlan) => Promise<void>,
): Promise<{ readonly plan: RotationPlan; readonly published: Published | undefined }> {
  return withLock(collection.directory, collection.gun, async () => {
    const at = collection.clock.now();
    const { set } = await updateCollection({ ...updateOptions(collection), at, mode: 'write' });
    if (isDone(set, plan)) return { plan, published: undefined };
    const current = set.root.payload.version;
    if (current !== plan.rootVersion) throw collectionFaults.PLAN_OUTDATED({ gun: plan.gun, planned: plan.rootVersion, current });
    const ready = await makeKeys(collection, plan, save);
    const roles = new Map(ready.roles.map((r) => [r.role, r.to]));
    const published = await publishKeys(collection, roles, { legacyVersions: ready.legacyVersions });
    return { plan: ready, published };
  });
}

async function makeKeys(collection: Collection, plan: RotationPlan, save: (plan: RotationPlan) => Promise<void>): Promise<RotationPlan> {
  let state = plan;
  for (const planned of plan.roles) {
    if (planned.to.length > 0) continue;
    const to = await newKeys(collection, planned.role, planned.manager === 'server', []);
    state = { ...state, roles: state.roles.map((r) => (r.role === planned.role ? { ...r, to } : r)) };
    await save(state);
  }
  return state;
}

/** Does the published root list every planned key? */
function isDone(set: TrustedSet, plan: RotationPlan): boolean {
  return plan.roles.every(({ role, to }) => {
    const ids = set.root.payload.roles.get(role)?.keyIds ?? [];
    return to.length > 0 && to.every((key) => ids.includes(key.id));
  });
}

/** The file of a plan. It holds public keys only. */
export function encodePlan(plan: RotationPlan): string {
  const roles = plan.roles.map((r) => ({
    ...r,
    to: r.to.map((k) => ({ keytype: k.keytype, public: toBase64(k.public), keyId: canonicalKeyId(k) })),
  }));
  return `${JSON.stringify({ version: 1, ...plan, roles }, null, 2)}\n`;
}

/** Faults: `COLLECTION_PLAN_INVALID`. */
export function parsePlan(bytes: Uint8Array): RotationPlan {
  const invalid = (problem: string, cause?: unknown) => collectionFaults.PLAN_INVALID({ problem }, { cause });
  try {
    const value = parseJsonStrict(fromUtf8(bytes), { maxBytes: MAX_CONFIG_BYTES });
    if (!isJsonObject(value) || value.version !== 1 || !Array.isArray(value.roles)) throw invalid('it is not a rotation plan of version 1');
    const { gun, createdAt, rootVersion, legacyVersions } = value;
    if (typeof gun !== 'string' || typeof createdAt !== 'string' || typeof rootVersion !== 'number' || typeof legacyVersions !== 'number') {
      throw invalid('a member is missing or of another type');
    }
    return { gun, createdAt, rootVersion, legacyVersions, roles: value.roles.map((r) => parseRole(r as JsonObject)) };
  } catch (cause) {
    if (!isFault(cause) || cause.code === 'COLLECTION_PLAN_INVALID') throw cause;
    throw invalid(cause.message, cause);
  }
}

function parseRole(value: JsonObject): PlannedRole {
  const { role, manager, from, to } = isJsonObject(value) ? value : ({} as JsonObject);
  const bad =
    typeof role !== 'string' ||
    !isBaseRole(role) ||
    (manager !== 'client' && manager !== 'server') ||
    !Array.isArray(from) ||
    !Array.isArray(to);
  if (bad) throw collectionFaults.PLAN_INVALID({ problem: 'a planned role is not valid' });
  const keys = to.map((k) => {
    if (!isJsonObject(k) || typeof k.keytype !== 'string' || typeof k.public !== 'string')
      throw collectionFaults.PLAN_INVALID({ problem: 'a planned key is not valid' });
    return createPublicKey(k.keytype, fromBase64(k.public));
  });
  return { role: role as BaseRoleName, manager, from: from.filter((f): f is string => typeof f === 'string'), to: keys };
}
