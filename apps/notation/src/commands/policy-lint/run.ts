// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from '@notary/cli';
import { lintPolicy, type PolicyKind } from '@notary/trust';
import type { AppDeps } from '../../deps.ts';
import { limits } from '../../limits.ts';
import { command, type Report } from '../../present.ts';
import { readExisting } from '../../store/files.ts';
import { loadPolicy, policyPath } from '../../store/policy-file.ts';
import { lintText } from './view.ts';

/** `notation policy lint` */
export const ociPolicyLint = command((invocation, deps, report) => lint(invocation, deps, report, 'oci'));
/** `notation blob policy lint` */
export const blobPolicyLint = command((invocation, deps, report) => lint(invocation, deps, report, 'blob'));

async function lint({ args }: Invocation, deps: AppDeps, report: Report, kind: PolicyKind): Promise<Record<string, unknown>> {
  const file = args[0];
  const bytes = file === undefined ? await loadPolicy(deps, kind) : await readExisting(deps.files, file, limits.policyBytes);
  const path = file ?? policyPath(deps, kind);
  const remarks = lintPolicy(bytes, kind);
  report.text(lintText(path, remarks));
  return { path, remarks, exitCode: remarks.some((r) => r.severity === 'error') ? 1 : 0 };
}
