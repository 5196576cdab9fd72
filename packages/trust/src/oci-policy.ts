// SPDX-License-Identifier: Apache-2.0
/** Trust policies for OCI artifacts: `trustpolicy.oci.json`, a statement per set of repositories. */
import { faults } from './faults.ts';
import { wildcard } from './identity.ts';
import { limits } from './limits.ts';
import { checkHeader, checkStatement, decodePolicy, loading, MemberReader, type PolicyStatement, type RawPolicy } from './policy.ts';

/** A statement about artifacts in repositories. */
export interface OciStatement extends PolicyStatement {
  /** Repositories without tag, or `*` alone. */
  readonly registryScopes: readonly string[];
}

/** A document whose every rule was checked. */
export interface OciTrustPolicy {
  readonly kind: 'oci';
  readonly version: '1.0';
  readonly statements: readonly OciStatement[];
}

/** Decodes and checks a document as loaded from disk. Faults: `TRUST_POLICY_…`, `TRUST_STATEMENT_…`, `TRUST_SCOPE_…` and others of this package. */
export function parseOciTrustPolicy(bytes: Uint8Array): OciTrustPolicy {
  return checkOciTrustPolicy(loading(() => decodePolicy(bytes, 'oci', { trailing: 'ignore' })));
}

/** Checks a decoded document in the order of the Go tools, so that the first fault is the same. */
export function checkOciTrustPolicy(policy: RawPolicy): OciTrustPolicy {
  checkHeader('oci', policy);
  const seen = new Set<string>();
  const read = new MemberReader('OCITrustPolicy', 'trustPolicies.');
  const statements = policy.statements.map((raw) => ({
    ...checkStatement('oci', raw, seen),
    registryScopes: read.texts(raw.source, 'registryScopes'),
  }));
  checkScopes(statements);
  return { kind: 'oci', version: '1.0', statements };
}

function checkScopes(statements: readonly OciStatement[]): void {
  const count = new Map<string, number>();
  for (const statement of statements) {
    const scopes = statement.registryScopes;
    if (scopes.length === 0) throw faults.SCOPES_MISSING({ statement: statement.name });
    if (scopes.length > 1 && scopes.includes(wildcard)) throw faults.SCOPE_WILDCARD_MIXED({ statement: statement.name });
    for (const scope of scopes) {
      if (scope !== wildcard) checkScope(scope);
      count.set(scope, (count.get(scope) ?? 0) + 1);
    }
  }
  for (const [scope, times] of count) if (times > 1) throw faults.SCOPE_REPEATED({ scope });
}

const domain =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;
// One separator class per step and no nested repetition: linear on hostile input, unlike the expression the rule is usually written as.
const component = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;

/** Checks the form `domain/repository`. Longer than any registry accepts is refused before the expression runs. */
export function checkScope(scope: string): void {
  if (scope.length > 1 && scope.includes('*')) throw faults.SCOPE_INVALID({ scope, wildcard: true });
  const slash = scope.indexOf('/');
  const valid =
    slash > 0 && scope.length <= limits.scopeChars && domain.test(scope.slice(0, slash)) && isRepositoryPath(scope.slice(slash + 1));
  if (!valid) throw faults.SCOPE_INVALID({ scope, wildcard: false });
}

function isRepositoryPath(path: string): boolean {
  for (const part of path.split('/')) if (!component.test(part)) return false;
  return true;
}

/** Why a statement was chosen. */
export interface OciSelection {
  readonly statement: OciStatement;
  readonly matched: 'scope' | 'wildcard';
  readonly scope: string;
}

/**
 * The statement that decides about `reference` (`registry/repository@digest`, or a scope with `@` and anything behind it). An exact scope
 * beats `*`. Faults: `TRUST_NO_STATEMENT`, `TRUST_SCOPE_INVALID`, `TRUST_REFERENCE_WITHOUT_DIGEST`.
 */
export function selectOciStatement(policy: OciTrustPolicy, reference: string): OciSelection {
  const at = reference.lastIndexOf('@');
  if (at < 0) throw faults.REFERENCE_WITHOUT_DIGEST({ reference });
  const scope = reference.slice(0, at);
  checkScope(scope);
  let fallback: OciStatement | undefined;
  for (const statement of policy.statements) {
    if (statement.registryScopes.includes(scope)) return { statement, matched: 'scope', scope };
    if (statement.registryScopes.includes(wildcard)) fallback = statement;
  }
  if (fallback === undefined) throw faults.NO_STATEMENT({ reference });
  return { statement: fallback, matched: 'wildcard', scope };
}
