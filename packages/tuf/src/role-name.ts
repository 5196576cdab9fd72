// SPDX-License-Identifier: Apache-2.0
/** Role names: the four base roles, delegations below `targets`, and the wildcard names of key purges. */
import { tufFaults } from './faults.ts';
import { MAX_ROLE_NAME } from './limits.ts';

/** A role name whose form was checked by {@link parseRoleName}. */
export type RoleName = string & { readonly __roleName: unique symbol };
/** The roles that every collection has. */
export type BaseRoleName = 'root' | 'targets' | 'snapshot' | 'timestamp';

/** In the order in which they are loaded from a cache. */
export const BASE_ROLES: readonly BaseRoleName[] = ['root', 'targets', 'snapshot', 'timestamp'];
/** The role that names the keys of all others. */
export const ROOT = 'root' as RoleName & 'root';
/** The role that says what names stand for. */
export const TARGETS = 'targets' as RoleName & 'targets';
/** The role that says which targets files belong together. */
export const SNAPSHOT = 'snapshot' as RoleName & 'snapshot';
/** The role that says what is current. */
export const TIMESTAMP = 'timestamp' as RoleName & 'timestamp';

/** Is this one of the four roles that every collection has? */
export const isBaseRole = (name: string): name is BaseRoleName & RoleName => (BASE_ROLES as readonly string[]).includes(name);

/**
 * Is this a valid delegation name: `targets/` and segments of `[-a-z0-9_]`, no empty segment, at most 255 characters?
 * A name of this form is safe as a relative path: it has no dot, no backslash and no slash at its ends.
 */
export function isDelegation(name: string): name is RoleName {
  return name.length <= MAX_ROLE_NAME && /^targets(?:\/[-a-z0-9_]+)+$/.test(name);
}

/** `targets/*` or `<delegation>/*`: only key purges accept these. */
export function isWildDelegation(name: string): boolean {
  if (!name.endsWith('/*')) return false;
  const base = name.slice(0, -2);
  return base === TARGETS || isDelegation(base);
}

/** Is this a base role or a valid delegation name? */
export const isRoleName = (name: string): name is RoleName => isBaseRole(name) || isDelegation(name);
/** Is this `targets` or a delegation: a role that holds targets? */
export const isTargetsRole = (name: string): name is RoleName => name === TARGETS || isDelegation(name);

/** Faults with `TUF_ROLE_INVALID` unless `name` is a base role or a valid delegation name. */
export function parseRoleName(name: string): RoleName {
  if (!isRoleName(name)) throw tufFaults.ROLE_INVALID({ role: name });
  return name;
}

/** `targets/a` for `targets/a/b`, `targets` for `targets/a`. Of `targets` it is `.`, as Go's `path.Dir` has it. */
export function parentRole(name: string): RoleName {
  const slash = name.lastIndexOf('/');
  return (slash < 0 ? '.' : name.slice(0, slash)) as RoleName;
}

/** Is `role` the role `ancestor` or below it? Everything is below the empty name. */
export const isWithin = (role: string, ancestor: string): boolean =>
  ancestor === '' || role === ancestor || role.startsWith(`${ancestor}/`);

/** Fewer segments first, then by name: the order in which a server checks an upload. */
export function compareRoleDepth(a: string, b: string): number {
  const depth = a.split('/').length - b.split('/').length;
  return depth !== 0 ? depth : a < b ? -1 : a > b ? 1 : 0;
}

/** Does a target of this name fit the paths? Paths are plain prefixes; the empty one fits everything. */
export function fitsPaths(target: string, paths: readonly string[]): boolean {
  for (const path of paths) if (target.startsWith(path)) return true;
  return false;
}

/** The child's paths that begin with one of the parent's: what the child may sign for. */
export const restrictPaths = (parent: readonly string[], child: readonly string[]): string[] => child.filter((p) => fitsPaths(p, parent));
