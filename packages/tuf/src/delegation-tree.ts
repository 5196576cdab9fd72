// SPDX-License-Identifier: Apache-2.0
/** The tree of delegations: effective paths, breadth-first walks, lookup and listing (reference: Repo.WalkTargets, reader.go). */
import { isFault } from '@notary/base';
import { checkCertificate, firstCertificate } from './certificates.ts';
import { tufFaults } from './faults.ts';
import type { FileMeta } from './file-meta.ts';
import { MAX_DELEGATIONS } from './limits.ts';
import type { DelegationEntry, Targets } from './metadata.ts';
import { fitsPaths, isDelegation, isWithin, parentRole, type RoleName, restrictPaths, TARGETS } from './role-name.ts';
import { delegationSigners, type Signers } from './verify.ts';

/** The loaded targets roles. */
export type TargetsMap = ReadonlyMap<RoleName, Targets>;

/** A delegation with the keys that may sign for it and the paths that are left after its ancestors' restrictions. */
export interface Delegation {
  readonly role: RoleName;
  readonly entry: DelegationEntry;
  readonly signers: Signers;
  readonly paths: readonly string[];
}

/** A node of the walk. */
export interface WalkNode {
  readonly role: RoleName;
  readonly paths: readonly string[];
  readonly targets: Targets;
}

/** Which roles of the tree are visited. */
export interface WalkOptions {
  /** Visit only roles whose effective paths fit this target. */
  readonly target?: string;
  /** Visit only this role and those below it. */
  readonly below?: string;
  /** Roles that are left out with everything under them. */
  readonly skip?: readonly string[];
}

/**
 * Breadth first from `targets`; roles without a loaded file are passed over. Effective paths narrow on the way down. A `true` from
 * `visit` ends the walk. Faults: `TUF_TOO_MANY_DELEGATIONS`.
 */
export function visitTargets(all: TargetsMap, options: WalkOptions, visit: (node: WalkNode) => boolean): void {
  const { target = '', below = '', skip = [] } = options;
  const queue: { role: RoleName; paths: readonly string[] }[] = [{ role: TARGETS, paths: [''] }];
  let seen = 0;
  for (let i = 0; i < queue.length; i++) {
    const { role, paths } = queue[i] as (typeof queue)[number];
    const targets = all.get(role);
    if (targets === undefined) continue;
    if (!below.startsWith(`${role}/`)) {
      if ((target !== '' && !fitsPaths(target, paths)) || !isWithin(role, below) || skip.includes(role)) continue;
      if (visit({ role, paths, targets })) return;
    }
    for (const child of targets.delegations.roles) {
      if (++seen > MAX_DELEGATIONS) throw tufFaults.TOO_MANY_DELEGATIONS({ maximum: MAX_DELEGATIONS });
      if (hasKnownKeys(targets, child)) queue.push({ role: child.name, paths: restrictPaths(paths, child.paths) });
    }
  }
}

/** All nodes of {@link visitTargets}. */
export function walkTargets(all: TargetsMap, options: WalkOptions = {}): WalkNode[] {
  const nodes: WalkNode[] = [];
  visitTargets(all, options, (node) => {
    nodes.push(node);
    return false;
  });
  return nodes;
}

const hasKnownKeys = (targets: Targets, entry: DelegationEntry): boolean => entry.keyIds.every((id) => targets.delegations.keys.has(id));

/** A delegation as its parent lists it now. Faults: `TUF_ROLE_INVALID`, `TUF_NOT_LOADED`, `TUF_CERTIFICATE_INVALID`. */
export function findDelegation(all: TargetsMap, name: string): Delegation {
  if (!isDelegation(name)) throw tufFaults.ROLE_INVALID({ role: name, reason: 'invalid delegation name' });
  if (!all.has(TARGETS)) throw tufFaults.NOT_LOADED({ role: TARGETS });
  const parent = parentRole(name);
  let found: Delegation | undefined;
  visitTargets(all, { below: parent }, (node) => {
    if (node.role !== parent) return false;
    const entry = node.targets.delegations.roles.find((r) => r.name === name);
    if (entry !== undefined) {
      const signers = delegationSigners(node.targets.delegations, entry);
      found = { role: name, entry, signers, paths: restrictPaths(node.paths, entry.paths) };
    }
    return true;
  });
  if (found === undefined) throw tufFaults.ROLE_INVALID({ role: name, reason: 'delegation does not exist' });
  for (const key of found.signers.keys.values()) {
    const certificate = firstCertificate(key.public);
    if (certificate !== undefined) checkCertificate(certificate); // without its expiry: the role's own expiry counts
  }
  return found;
}

/** The delegations listed by one role, with their effective paths. */
export function childDelegations(node: WalkNode): Delegation[] {
  return node.targets.delegations.roles.map((entry) => ({
    role: entry.name,
    entry,
    signers: delegationSigners(node.targets.delegations, entry),
    paths: restrictPaths(node.paths, entry.paths),
  }));
}

/** A target, and the role that vouches for it. */
export interface FoundTarget {
  readonly name: string;
  readonly meta: FileMeta;
  readonly role: RoleName;
}

/**
 * The target of this name. Without roles: the first hit breadth first from `targets`. With roles: each in the given order with
 * its subtree, less the other listed roles. Only names that fit a role's effective paths count.
 */
export function findTarget(all: TargetsMap, name: string, roles: readonly string[] = [TARGETS]): FoundTarget | undefined {
  for (const below of orDefault(roles)) {
    let found: FoundTarget | undefined;
    visitTargets(all, { target: name, below, skip: otherThan(below, roles) }, (node) => {
      const meta = node.targets.targets.get(name);
      if (meta !== undefined) found = { name, meta, role: node.role };
      return found !== undefined;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every visible target once, from the first role that has it. In no particular order. */
export function listTargets(all: TargetsMap, roles: readonly string[] = [TARGETS]): FoundTarget[] {
  const found = new Map<string, FoundTarget>();
  for (const below of orDefault(roles)) {
    for (const node of walkTargets(all, { below, skip: otherThan(below, roles) })) {
      const everything = node.paths.includes('');
      for (const [name, meta] of node.targets.targets) {
        if (!found.has(name) && (everything || fitsPaths(name, node.paths))) found.set(name, { name, meta, role: node.role });
      }
    }
  }
  return [...found.values()];
}

const otherThan = (role: string, roles: readonly string[]): readonly string[] => (roles.length < 2 ? [] : roles.filter((r) => r !== role));
const orDefault = (roles: readonly string[]): readonly string[] => (roles.length === 0 ? [TARGETS] : roles);

/** All delegations of the collection in walk order: those without a file of their own included, broken ones left out. */
export function listDelegations(all: TargetsMap): Delegation[] {
  const list: Delegation[] = [];
  for (const node of walkTargets(all)) {
    for (const entry of node.targets.delegations.roles) {
      try {
        const signers = delegationSigners(node.targets.delegations, entry);
        list.push({ role: entry.name, entry, signers, paths: restrictPaths(node.paths, entry.paths) });
      } catch (e) {
        if (!isFault(e)) throw e;
      }
    }
  }
  return list;
}
