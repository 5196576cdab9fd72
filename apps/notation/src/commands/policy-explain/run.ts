// SPDX-License-Identifier: Apache-2.0
import { checkNames, parseOciTrustPolicy, selectOciStatement } from '@notary/trust';
import { command } from '../../present.ts';
import { loadPolicy } from '../../store/policy-file.ts';
import type { policyExplainFlags } from './spec.ts';
import { explanationText } from './view.ts';

/** Which statement decides about a reference. Its tag or digest does not matter, and may be missing. */
export const { run } = command<typeof policyExplainFlags>(async ({ args }, deps, report) => {
  const reference = args[0] as string;
  const policy = parseOciTrustPolicy(await loadPolicy(deps, 'oci'));
  const { statement, matched, scope } = selectOciStatement(policy, `${scopeOf(reference)}@`);
  const explanation = {
    scope,
    matched,
    statement: statement.name,
    level: statement.level.name,
    actions: Object.fromEntries(checkNames.map((check) => [check, statement.level.actions[check]])),
    registryScopes: statement.registryScopes,
    trustStores: statement.trustStores,
    trustedIdentities: statement.trustedIdentities,
    verifyTimestamp: statement.verifyTimestamp,
    otherStatements: policy.statements.filter((s) => s !== statement).map((s) => ({ name: s.name, registryScopes: s.registryScopes })),
  };
  report.text(explanationText(explanation));
  return explanation;
});

/** A reference without its digest and tag: a colon after the last slash begins a tag, one before it a port. */
function scopeOf(reference: string): string {
  const withoutDigest = reference.split('@')[0] as string;
  const colon = withoutDigest.lastIndexOf(':');
  return colon > withoutDigest.lastIndexOf('/') ? withoutDigest.slice(0, colon) : withoutDigest;
}
