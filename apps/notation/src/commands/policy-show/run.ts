// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { checkBlobTrustPolicy, checkOciTrustPolicy, decodePolicy, type PolicyKind } from '@notary/trust';
import type { AppDeps } from '../../deps.ts';
import { faults, prefixed } from '../../faults.ts';
import { limits } from '../../limits.ts';
import { command, type Report } from '../../present.ts';
import { missingPolicyRemedy, oldPolicyPath, policyPath } from '../../store/policy-file.ts';
import { invalidPolicyNotice, missingPolicyText, oldPolicyWarning } from './view.ts';

/** `notation policy show` */
export const ociPolicyShow = command((_, deps, report) => show(deps, report, 'oci'));
/** `notation blob policy show` */
export const blobPolicyShow = command((_, deps, report) => show(deps, report, 'blob'));

/** Prints the file as it is. An invalid one is printed too, and then fails. */
async function show(deps: AppDeps, report: Report, kind: PolicyKind): Promise<Record<string, unknown>> {
  const { path, bytes } = await read(deps, report, kind);
  try {
    const raw = decodePolicy(bytes, kind, { trailing: 'refuse' });
    if (kind === 'oci') checkOciTrustPolicy(raw);
    else checkBlobTrustPolicy(raw);
  } catch (e) {
    report.warn(invalidPolicyNotice(kind));
    report.text(bytes);
    throw e;
  }
  report.text(bytes);
  return { path, policy: JSON.parse(new TextDecoder().decode(bytes)) as unknown };
}

async function read(deps: AppDeps, report: Report, kind: PolicyKind): Promise<{ path: string; bytes: Uint8Array }> {
  const path = policyPath(deps, kind);
  try {
    const bytes = await deps.files.read(path, limits.policyBytes);
    if (bytes !== undefined) return { path, bytes };
    const old = oldPolicyPath(deps);
    const oldBytes = kind === 'oci' ? await deps.files.read(old, limits.policyBytes) : undefined;
    if (oldBytes === undefined) throw faults.POLICY_ABSENT({ message: missingPolicyText(kind) }, { remedy: missingPolicyRemedy(kind) });
    report.warn(oldPolicyWarning);
    return { path: old, bytes: oldBytes };
  } catch (e) {
    if (isFault(e, 'CMD_POLICY_ABSENT')) throw e;
    throw prefixed(kind === 'oci' ? 'failed to show OCI trust policy: ' : 'failed to show trust policy: ', e);
  }
}
