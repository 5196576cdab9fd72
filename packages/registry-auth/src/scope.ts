// SPDX-License-Identifier: Apache-2.0
/** Access scopes `type:name:action,action` (distribution token specification). The name may itself hold colons. */
import { MAX_SCOPES } from './limits.ts';

/** `repository:NAME:pull,push` with sorted actions. */
export function repositoryScope(name: string, ...actions: readonly ('pull' | 'push' | 'delete' | '*')[]): string {
  return `repository:${name}:${cleanActions(actions).join(',')}`;
}

/** The scope for listing all repositories, or all collections of a Notary server. */
export const CATALOG_SCOPE = 'registry:catalog:*';

interface Scope {
  /** `type:name`. */
  readonly resource: string;
  readonly actions: readonly string[];
}

/** Split from both ends: `undefined` if it has not three parts. */
function splitScope(scope: string): Scope | undefined {
  const first = scope.indexOf(':');
  const last = scope.lastIndexOf(':');
  if (first < 0 || first === last) return undefined;
  const actions: string[] = [];
  for (const action of scope.slice(last + 1).split(',')) if (action !== '') actions.push(action);
  return { resource: scope.slice(0, last), actions };
}

function cleanActions(actions: readonly string[]): readonly string[] {
  if (actions.length === 1) return actions;
  return actions.includes('*') ? ['*'] : [...new Set(actions)].sort();
}

/**
 * One scope per resource, actions sorted, `*` swallowing the others. Scopes with push come first, since some registries
 * grant only the first one; the rest in order of code units.
 */
export function mergeScopes(scopes: readonly string[]): string[] {
  const resources = new Map<string, string[]>();
  const others = new Set<string>();
  for (const text of scopes.slice(0, MAX_SCOPES)) {
    const scope = splitScope(text);
    if (scope === undefined) {
      if (text !== '') others.add(text);
      continue;
    }
    resources.set(scope.resource, [...(resources.get(scope.resource) ?? []), ...scope.actions]);
  }
  const merged = [...others];
  for (const [resource, actions] of resources) if (actions.length > 0) merged.push(`${resource}:${cleanActions(actions).join(',')}`);
  // Nearly always there is one.
  return merged.length < 2 ? merged : merged.sort((a, b) => Number(writes(b)) - Number(writes(a)) || (a < b ? -1 : 1));
}

const writes = (scope: string): boolean => /[:,](?:push|\*)(?:,|$)/.test(scope);

/** The scopes of a challenge parameter, which separates them by blanks. */
export const challengedScopes = (parameter: string | undefined): string[] => (parameter ?? '').split(' ').filter((s) => s !== '');

/** Do granted scopes include all that is wanted? */
export function coversScopes(granted: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((text) => {
    const want = splitScope(text);
    if (want === undefined) return granted.includes(text);
    const have = granted.map(splitScope).find((scope) => scope?.resource === want.resource);
    return have !== undefined && (have.actions.includes('*') || want.actions.every((action) => have.actions.includes(action)));
  });
}
