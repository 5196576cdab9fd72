// SPDX-License-Identifier: Apache-2.0
import { lines } from '../../present.ts';

export interface PolicyExplanation {
  readonly scope: string;
  readonly matched: 'scope' | 'wildcard';
  readonly statement: string;
  readonly level: string;
  readonly actions: Readonly<Record<string, string>>;
  readonly registryScopes: readonly string[];
  readonly trustStores: readonly string[];
  readonly trustedIdentities: readonly string[];
  readonly verifyTimestamp: string;
  readonly otherStatements: readonly { readonly name: string; readonly registryScopes: readonly string[] }[];
}

/** The statement, why it is that one, and what it asks of a signature. */
export function explanationText(e: PolicyExplanation): string {
  const why =
    e.matched === 'scope'
      ? `its registryScopes name ${e.scope}, which beats "*"`
      : `no statement names ${e.scope}, and this one has the scope "*"`;
  const head = lines(`Statement "${e.statement}" decides about ${e.scope}: ${why}.`, '');
  if (e.level === 'skip') return head + lines('It skips signature verification: nothing is checked, every artifact of this scope passes.');
  return (
    head +
    lines(
      `level:               ${e.level}`,
      ...Object.entries(e.actions).map(([check, action]) => `  ${check.padEnd(18)} ${ACTIONS[action] ?? action}`),
      `trust stores:        ${e.trustStores.join(', ')}`,
      `trusted identities:  ${e.trustedIdentities.join('; ')}`,
      `timestamps:          ${e.verifyTimestamp === 'always' ? 'always checked where a tsa store is named' : 'checked once the signing certificate has expired'}`,
    ) +
    (e.otherStatements.length === 0
      ? ''
      : lines('', 'Not used here:', ...e.otherStatements.map((s) => `  "${s.name}" is for ${s.registryScopes.join(', ')}`)))
  );
}

const ACTIONS: Readonly<Record<string, string>> = {
  enforce: 'enforce: a failure refuses the artifact',
  log: 'log: a failure is only a warning',
  skip: 'skip: not checked',
};
