// SPDX-License-Identifier: Apache-2.0
/**
 * The editor: changes a collection and signs what changed (reference: tuf.Repo). It holds drafts of root, targets roles and
 * snapshot, asks for private keys through {@link SigningKeys}, and never touches a store: callers publish the bytes it returns.
 */
import { canonicalKeyId } from './certificates.ts';
import { type Delegation, findDelegation, visitTargets } from './delegation-tree.ts';
import type { RootDraft, SnapshotDraft, TargetsDraft } from './drafts.ts';
import { type Draft, draftRoot, draftSnapshot, draftTargets, emptyRoot, emptySnapshot, emptyTargets } from './drafts.ts';
import { type Change, deleteDelegation, purgeKeys, updateDelegation } from './edit-delegations.ts';
import { expiryAt, isNearExpiry } from './expiry.ts';
import { tufFaults } from './faults.ts';
import { createFileMeta, type FileMeta, sameFileMeta } from './file-meta.ts';
import type { PublicKey } from './keys.ts';
import { DEFAULT_LIFETIME_MS } from './limits.ts';
import type { RoleKeys, Targets } from './metadata.ts';
import { type BaseRoleName, isBaseRole, isDelegation, isTargetsRole, ROOT, type RoleName, SNAPSHOT, TARGETS } from './role-name.ts';
import { type SigningKeys, signPayload } from './signing.ts';
import type { InvalidDelegation, TrustedSet } from './trusted-set.ts';
import { rootSigners, type Signers } from './verify.ts';

/** Keys and threshold of one base role of a new collection. */
export interface NewRole {
  readonly keys: readonly PublicKey[];
  readonly threshold?: number;
}
/** The keys of a new collection. */
export type NewCollection = Readonly<Record<BaseRoleName, NewRole>>;

/** How long what is signed stays valid, per kind of role. */
export type Lifetimes = Readonly<Record<'root' | 'targets' | 'snapshot', number>>;

/** How what has changed is signed. Lifetimes are milliseconds. */
export interface SignOptions {
  readonly at: Date;
  readonly lifetimesMs?: Partial<Lifetimes>;
  /** First publish: root and targets go along whether they changed or not. */
  readonly initial?: boolean;
  /** Root keys of former versions that sign a new root too, for clients that have not seen the rotation. */
  readonly legacyRootKeys?: readonly PublicKey[];
}

const BAD_NAME = /[\u0000-\u001f\u007f]/;

/** Faults with `TUF_TARGET_NAME_INVALID` for names that metadata or a terminal cannot carry. */
export function checkTargetName(name: string): void {
  if (name === '' || BAD_NAME.test(name) || !(name as string & { isWellFormed(): boolean }).isWellFormed())
    throw tufFaults.TARGET_NAME_INVALID({ target: name });
}

/** Changes a collection in memory and signs what changed. */
export class CollectionEditor {
  readonly #keys: SigningKeys;
  readonly #root: Draft<RootDraft>;
  /** The root role as it was: its threshold must sign a root that changes it. */
  #originalRoot: Signers;
  readonly #targets: Map<RoleName, Draft<TargetsDraft>>;
  readonly #snapshot: Draft<SnapshotDraft>;
  readonly #invalid: ReadonlyMap<RoleName, InvalidDelegation>;
  readonly #retired = new Map<string, PublicKey>();
  /** Canonical IDs of keys that were found at hand: a thousand targets of one role ask once. */
  readonly #held = new Set<string>();

  private constructor(
    keys: SigningKeys,
    root: Draft<RootDraft>,
    targets: Map<RoleName, Draft<TargetsDraft>>,
    snapshot: Draft<SnapshotDraft>,
    invalid: ReadonlyMap<RoleName, InvalidDelegation>,
  ) {
    this.#keys = keys;
    this.#root = root;
    this.#originalRoot = rootSigners(root.payload, ROOT);
    this.#targets = targets;
    this.#snapshot = snapshot;
    this.#invalid = invalid;
  }

  /** A new collection: empty targets, everything unsigned. */
  static init(roles: NewCollection, keys: SigningKeys): CollectionEditor {
    const names: readonly BaseRoleName[] = ['root', 'timestamp', 'snapshot', 'targets'];
    const listed = new Map(names.map((r) => [r as RoleName, { keys: roles[r].keys, threshold: roles[r].threshold ?? 1 }]));
    const targets = new Map([[TARGETS as RoleName, { payload: emptyTargets(), bytes: undefined, dirty: true }]]);
    return new CollectionEditor(
      keys,
      { payload: emptyRoot(listed), bytes: undefined, dirty: true },
      targets,
      { payload: emptySnapshot(), bytes: undefined, dirty: true },
      new Map(),
    );
  }

  /** Continues from what was verified. */
  static open(set: TrustedSet, keys: SigningKeys): CollectionEditor {
    const targets = new Map(
      [...set.targets].map(([role, t]) => [role, { payload: draftTargets(t.payload), bytes: t.bytes, dirty: false }]),
    );
    const snapshot = set.snapshot;
    return new CollectionEditor(
      keys,
      { payload: draftRoot(set.root.payload), bytes: set.root.bytes, dirty: false },
      targets,
      { payload: snapshot === undefined ? emptySnapshot() : draftSnapshot(snapshot.payload), bytes: snapshot?.bytes, dirty: false },
      set.invalid,
    );
  }

  get rootVersion(): number {
    return this.#root.payload.version;
  }
  /** Keys that no role lists any more: their private files can go once the change is published. */
  get retiredKeys(): readonly PublicKey[] {
    return [...this.#retired.values()];
  }
  /** The payloads as they stand. */
  get targets(): ReadonlyMap<RoleName, Targets> {
    return new Map([...this.#targets].map(([role, draft]) => [role, draft.payload]));
  }
  roleKeys(role: BaseRoleName): RoleKeys {
    return this.#root.payload.roles.get(role) as RoleKeys;
  }

  /** The role must exist and one of its keys be at hand. Faults: `TUF_ROLE_INVALID`, `TUF_SIGNING_KEYS_MISSING`. */
  async checkCanSign(role: RoleName): Promise<void> {
    const keyIds = [...this.#signers(role).keys.values()].map(canonicalKeyId);
    for (const id of keyIds) if (this.#held.has(id)) return;
    for (const id of keyIds) {
      if (!(await this.#keys.has(id))) continue;
      this.#held.add(id);
      return;
    }
    throw tufFaults.SIGNING_KEYS_MISSING({ keyIds });
  }

  #signers(role: RoleName): Signers {
    return isDelegation(role) ? this.delegation(role).signers : rootSigners(this.#root.payload, role);
  }

  /** Has the role a file, of force or not? */
  knows(role: RoleName): boolean {
    return this.#targets.has(role) || this.#invalid.has(role);
  }

  /** A delegation as it stands. Faults: `TUF_ROLE_INVALID`. */
  delegation(role: RoleName): Delegation {
    return findDelegation(this.targets, role);
  }

  /**
   * Adds or replaces a target. An identical entry is left alone and needs no key.
   * Faults: `TUF_TARGETS_NOT_ADDED` (the name fits none of the role's paths), `TUF_SIGNING_KEYS_MISSING`, `TUF_ROLE_INVALID`.
   */
  async addTarget(role: RoleName, name: string, meta: FileMeta): Promise<void> {
    checkTargetName(name);
    this.#requireTargetsRole(role);
    const draft = this.#targets.get(role) ?? { payload: emptyTargets(), bytes: undefined, dirty: true };
    if (!this.#targets.has(role)) this.#targets.set(role, draft);
    if (!this.#reaches(role, name)) throw tufFaults.TARGETS_NOT_ADDED({ role, target: name });
    if (sameFileMeta(meta, draft.payload.targets.get(name))) return;
    await this.checkCanSign(role);
    draft.payload.targets.set(name, meta);
    draft.dirty = true;
  }

  /** Removes a target, whether or not the role may still hold it. A missing one is no fault. */
  async removeTarget(role: RoleName, name: string): Promise<void> {
    this.#requireTargetsRole(role);
    const draft = this.#targets.get(role);
    if (draft === undefined || !draft.payload.targets.has(name)) return;
    await this.checkCanSign(role);
    draft.payload.targets.delete(name);
    draft.dirty = true;
  }

  #requireTargetsRole(role: RoleName): void {
    if (!isTargetsRole(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'does not exist' });
    this.#signers(role);
  }

  #reaches(role: RoleName, name: string): boolean {
    if (role === TARGETS) return true;
    let reached = false;
    visitTargets(this.targets, { target: name, below: role }, (node) => {
      reached = node.role === role;
      return reached;
    });
    return reached;
  }

  /** Creates or changes a delegation. Its parent must be signable. Faults: `TUF_ROLE_INVALID`, `TUF_SIGNING_KEYS_MISSING`. */
  async updateDelegation(role: RoleName, change: Change): Promise<readonly string[]> {
    return updateDelegation(this.#delegationHost(), role, change);
  }
  /** Removes a delegation with everything below it. */
  async deleteDelegation(role: RoleName): Promise<void> {
    await deleteDelegation(this.#delegationHost(), role);
  }
  /** Removes keys (canonical IDs) from every delegation under `wildcard` that can be signed here; returns warnings for the others. */
  async purgeKeys(wildcard: string, canonicalIds: readonly string[]): Promise<readonly string[]> {
    return purgeKeys(this.#delegationHost(), wildcard, canonicalIds);
  }

  #delegationHost() {
    return { targets: this.#targets, snapshot: this.#snapshot, checkCanSign: (role: RoleName) => this.checkCanSign(role) };
  }

  /** Marks a role to be signed again; a delegation that failed its threshold or ran out is taken back. Faults: `TUF_ROLE_INVALID`. */
  witness(role: RoleName): void {
    const draft = this.#targets.get(role);
    if (draft !== undefined) {
      draft.dirty = true;
      return;
    }
    const invalid = this.#invalid.get(role);
    if (invalid === undefined) throw tufFaults.ROLE_INVALID({ role, reason: 'this role is not known' });
    const { signers } = this.delegation(role);
    if (signers.threshold > signers.keys.size) {
      throw tufFaults.ROLE_INVALID({ role, reason: 'role does not specify enough valid signing keys to meet its required threshold' });
    }
    this.#targets.set(role, { payload: draftTargets(invalid.payload), bytes: undefined, dirty: true });
  }

  /** Replaces all keys of a base role. Former root keys stay listed, so that their certificates can be found. */
  replaceKeys(role: BaseRoleName, keys: readonly PublicKey[], threshold?: number): void {
    if (!isBaseRole(role)) throw tufFaults.ROLE_INVALID({ role, reason: 'invalid base role name' });
    const { payload } = this.#root;
    const old = payload.roles.get(role) as RoleKeys;
    const needed = threshold ?? old.threshold;
    this.#checkThreshold(role, needed, keys.length);
    payload.roles.set(role, { keyIds: keys.map((k) => k.id), threshold: needed });
    for (const key of keys) payload.keys.set(key.id, key);
    if (role !== 'root') this.#dropUnusedKeys(old.keyIds);
    this.#markChanged(role);
  }

  #dropUnusedKeys(candidates: readonly string[]): void {
    const { keys, roles } = this.#root.payload;
    const used = new Set([...roles.values()].flatMap((r) => r.keyIds));
    for (const id of candidates) {
      const key = keys.get(id);
      if (used.has(id) || key === undefined) continue;
      keys.delete(id);
      this.#retired.set(id, key);
    }
  }

  /** Sets how many of a base role's keys must sign. */
  setThreshold(role: BaseRoleName, threshold: number): void {
    const old = this.roleKeys(role);
    this.#checkThreshold(role, threshold, old.keyIds.length);
    this.#root.payload.roles.set(role, { ...old, threshold });
    this.#markChanged(role);
  }

  #checkThreshold(role: string, threshold: number, keys: number): void {
    if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > keys) {
      throw tufFaults.INPUT_INVALID({ problem: `the threshold of ${role} must be between 1 and its number of keys, ${keys}` });
    }
  }

  #markChanged(role: BaseRoleName): void {
    this.#root.dirty = true;
    if (role === 'snapshot') this.#snapshot.dirty = true;
    const targets = this.#targets.get(TARGETS);
    if (role === 'targets' && targets !== undefined) targets.dirty = true;
  }

  /**
   * Signs whatever changed and returns the files to publish: root if changed, near its expiry or initial; changed targets roles
   * (`targets` also when initial); the snapshot if one of its keys is at hand.
   * Faults: `TUF_SIGNATURES_INSUFFICIENT`, `CANONICAL_JSON_…`.
   */
  async sign(options: SignOptions): Promise<ReadonlyMap<RoleName, Uint8Array>> {
    const files = new Map<RoleName, Uint8Array>();
    const root = this.#root;
    if ((options.legacyRootKeys?.length ?? 0) > 0) root.dirty = true;
    if (root.dirty || (isNearExpiry(root.payload.expires.at, options.at) && (await this.#holdsRootKeys()))) await this.signRoot(options);
    if (root.bytes !== undefined && (options.initial === true || root.dirty)) files.set(ROOT, root.bytes);
    const due = [...this.#targets].filter(([role, draft]) => draft.dirty || (role === TARGETS && options.initial === true));
    await this.#prepareKeys(due.map(([role]) => role));
    for (const [role, draft] of due) {
      files.set(role, await this.#signTargets(role, draft, options));
    }
    const snapshot = await this.#signSnapshot(options);
    if (snapshot !== undefined) files.set(SNAPSHOT, snapshot);
    for (const draft of [root, ...this.#targets.values()]) draft.dirty = false;
    return files;
  }

  async #prepareKeys(roles: readonly RoleName[]): Promise<void> {
    const ids = new Set<string>();
    for (const role of [...roles, SNAPSHOT]) for (const key of this.#signers(role).keys.values()) ids.add(canonicalKeyId(key));
    await this.#keys.prepare?.([...ids]);
  }

  /** A delegate without root keys must be able to publish while the root nears its end; the reference refuses that. */
  async #holdsRootKeys(): Promise<boolean> {
    let held = 0;
    for (const key of this.#originalRoot.keys.values()) if (await this.#keys.has(canonicalKeyId(key))) held++;
    return held >= this.#originalRoot.threshold;
  }

  /** Signs the root alone: with the old root role if it changed, and with the new one. */
  async signRoot(options: SignOptions): Promise<Uint8Array> {
    const root = this.#root;
    const now = rootSigners(root.payload, ROOT);
    const groups = sameSigners(this.#originalRoot, now) ? [now] : [this.#originalRoot, now];
    this.#stamp(root.payload, 'root', options);
    const { bytes } = await signPayload({ payload: root.payload, groups, optional: options.legacyRootKeys ?? [] }, this.#keys);
    root.bytes = bytes;
    root.dirty = true;
    this.#originalRoot = now;
    return bytes;
  }

  async #signTargets(role: RoleName, draft: Draft<TargetsDraft>, options: SignOptions): Promise<Uint8Array> {
    this.#stamp(draft.payload, 'targets', options);
    const { bytes } = await signPayload({ payload: draft.payload, groups: [this.#signers(role)] }, this.#keys);
    draft.bytes = bytes;
    return bytes;
  }

  /** `undefined` if no snapshot key is at hand: then the server signs it. Digests are those of the very bytes that are published. */
  async #signSnapshot(options: SignOptions): Promise<Uint8Array | undefined> {
    const signers = rootSigners(this.#root.payload, SNAPSHOT);
    let held = 0;
    for (const key of signers.keys.values()) if (await this.#keys.has(canonicalKeyId(key))) held++;
    if (held === 0) return undefined;
    const { payload } = this.#snapshot;
    if (this.#root.bytes !== undefined) payload.meta.set(ROOT, createFileMeta(this.#root.bytes));
    for (const [role, draft] of this.#targets) if (draft.bytes !== undefined) payload.meta.set(role, createFileMeta(draft.bytes));
    this.#stamp(payload, 'snapshot', options);
    const { bytes } = await signPayload({ payload, groups: [signers] }, this.#keys);
    this.#snapshot.bytes = bytes;
    return bytes;
  }

  #stamp(payload: RootDraft | TargetsDraft | SnapshotDraft, kind: keyof Lifetimes, options: SignOptions): void {
    payload.version += 1;
    payload.expires = expiryAt(new Date(options.at.getTime() + (options.lifetimesMs?.[kind] ?? DEFAULT_LIFETIME_MS[kind])));
  }
}

function sameSigners(a: Signers, b: Signers): boolean {
  return a.threshold === b.threshold && a.keys.size === b.keys.size && [...a.keys.keys()].every((id) => b.keys.has(id));
}
