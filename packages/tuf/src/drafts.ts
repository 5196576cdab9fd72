// SPDX-License-Identifier: Apache-2.0
/** Mutable copies of payloads, as an editor needs them: each is a valid payload at any time. */
import { type Expiry, expiryAt } from './expiry.ts';
import type { FileMeta } from './file-meta.ts';
import type { PublicKey } from './keys.ts';
import type { DelegationEntry, Delegations, RoleKeys, Root, Snapshot, Targets } from './metadata.ts';
import type { RoleName } from './role-name.ts';

export interface RootDraft extends Root {
  version: number;
  expires: Expiry;
  readonly keys: Map<string, PublicKey>;
  readonly roles: Map<string, RoleKeys>;
}
export interface TargetsDraft extends Targets {
  version: number;
  expires: Expiry;
  readonly targets: Map<string, FileMeta>;
  readonly delegations: { readonly keys: Map<string, PublicKey>; readonly roles: DelegationEntry[] };
}
export interface SnapshotDraft extends Snapshot {
  version: number;
  expires: Expiry;
  readonly meta: Map<string, FileMeta>;
}

/** A draft, the bytes it was last written as, and whether it has changed since. */
export interface Draft<P> {
  readonly payload: P;
  bytes: Uint8Array | undefined;
  dirty: boolean;
}

const NEVER = expiryAt(new Date(0));

export const draftRoot = (root: Root): RootDraft => ({ ...root, keys: new Map(root.keys), roles: new Map(root.roles) });
export const draftDelegations = (d: Delegations): TargetsDraft['delegations'] => ({ keys: new Map(d.keys), roles: [...d.roles] });
export const draftTargets = (targets: Targets): TargetsDraft => ({
  ...targets,
  targets: new Map(targets.targets),
  delegations: draftDelegations(targets.delegations),
});
export const draftSnapshot = (snapshot: Snapshot): SnapshotDraft => ({ ...snapshot, meta: new Map(snapshot.meta) });

/** New and never signed: version 0, which signing makes 1. */
export const emptyTargets = (): TargetsDraft => ({
  type: 'Targets',
  version: 0,
  expires: NEVER,
  targets: new Map(),
  delegations: { keys: new Map(), roles: [] },
});
export const emptySnapshot = (): SnapshotDraft => ({ type: 'Snapshot', version: 0, expires: NEVER, meta: new Map() });
export function emptyRoot(roles: ReadonlyMap<RoleName, { readonly keys: readonly PublicKey[]; readonly threshold: number }>): RootDraft {
  const keys = new Map<string, PublicKey>();
  const listed = new Map<string, RoleKeys>();
  for (const [name, role] of roles) {
    for (const key of role.keys) keys.set(key.id, key);
    listed.set(name, { keyIds: role.keys.map((k) => k.id), threshold: role.threshold });
  }
  return { type: 'Root', version: 0, expires: NEVER, consistentSnapshot: false, keys, roles: listed };
}

/** Drops keys that no delegation lists any more. */
export function removeUnusedKeys(draft: TargetsDraft): void {
  const used = new Set(draft.delegations.roles.flatMap((r) => r.keyIds));
  for (const id of [...draft.delegations.keys.keys()]) if (!used.has(id)) draft.delegations.keys.delete(id);
}
