// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { encodeGoJson, type GoJsonInput } from '@notary/base/json';
import type { Invocation } from '@notary/cli';
import { checkBlobTrustPolicy, checkOciTrustPolicy, decodePolicy, type PolicyKind } from '@notary/trust';
import type { AppDeps } from '../../deps.ts';
import { during } from '../../faults.ts';
import { command, lines, type Report } from '../../present.ts';
import { policyPath, writePolicy } from '../../store/policy-file.ts';
import type { blobPolicyInitFlags } from '../blob-policy/spec.ts';
import { mayOverwrite, removeOldPolicy } from '../policy-import/run.ts';
import { policyTexts } from '../policy-import/view.ts';
import type { policyInitFlags } from './spec.ts';

/** `notation policy init` */
export const ociPolicyInit = command<typeof policyInitFlags>((invocation, deps, report) => {
  const { options } = invocation;
  const scopes = options.scope.length === 0 ? ['*'] : options.scope;
  return init(invocation, deps, report, 'oci', { name: options.name, registryScopes: scopes, ...core(options) });
});

/** `notation blob policy init` */
export const blobPolicyInit = command<typeof blobPolicyInitFlags>((invocation, deps, report) => {
  const { options } = invocation;
  const statement = { name: options.name, ...core(options), globalPolicy: options.global ? true : undefined };
  return init(invocation, deps, report, 'blob', statement);
});

interface CoreOptions {
  readonly trustStore: readonly string[];
  readonly trustedIdentity: readonly string[];
}

const core = ({ trustStore, trustedIdentity }: CoreOptions) => ({
  signatureVerification: { level: 'strict' },
  trustStores: trustStore,
  trustedIdentities: trustedIdentity,
});

/** One strict statement, checked like any other policy before it is written. */
async function init(
  { options }: Invocation<typeof blobPolicyInitFlags> | Invocation<typeof policyInitFlags>,
  deps: AppDeps,
  report: Report,
  kind: PolicyKind,
  statement: { readonly [member: string]: GoJsonInput | undefined },
): Promise<Record<string, unknown>> {
  const bytes = toUtf8(encodeGoJson({ version: '1.0', trustPolicies: [statement] }, { indent: '  ' }));
  await during(`invalid ${kind === 'oci' ? 'OCI' : 'blob'} policy: `, async () => {
    const raw = decodePolicy(bytes, kind, { trailing: 'refuse' });
    return kind === 'oci' ? checkOciTrustPolicy(raw) : checkBlobTrustPolicy(raw);
  });
  if (!(await mayOverwrite(deps, report, kind, options.force ? 'forced' : 'ask'))) return { cancelled: true };
  await during(policyTexts(kind).writeFailed, () => writePolicy(deps, kind, bytes));
  if (kind === 'oci') await removeOldPolicy(deps, report);
  const path = policyPath(deps, kind);
  report.text(lines(`Successfully initialized ${kind === 'oci' ? 'OCI' : 'blob'} trust policy file to ${path}.`));
  return { path };
}
