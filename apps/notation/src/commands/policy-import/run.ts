// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import type { Flags, Invocation } from '@notary/cli';
import { checkBlobTrustPolicy, checkOciTrustPolicy, decodePolicy, type PolicyKind } from '@notary/trust';
import type { AppDeps } from '../../deps.ts';
import { during } from '../../faults.ts';
import { limits } from '../../limits.ts';
import { command, lines, type Report } from '../../present.ts';
import { readExisting } from '../../store/files.ts';
import { hasPolicy, oldPolicyPath, policyPath, writePolicy } from '../../store/policy-file.ts';
import { overwriteQuestion, overwriteWarning, policyTexts } from './view.ts';

type ImportFlags = Flags & { readonly force: { readonly type: 'bool'; readonly usage: string } };

/** `notation policy import` */
export const ociPolicyImport = command<ImportFlags>((invocation, deps, report) => importPolicy(invocation, deps, report, 'oci'));
/** `notation blob policy import` */
export const blobPolicyImport = command<ImportFlags>((invocation, deps, report) => importPolicy(invocation, deps, report, 'blob'));

async function importPolicy(
  { args, options }: Invocation<ImportFlags>,
  deps: AppDeps,
  report: Report,
  kind: PolicyKind,
): Promise<Record<string, unknown>> {
  const texts = policyTexts(kind);
  const bytes = await during(texts.readFailed, () => readExisting(deps.files, args[0] as string, limits.policyBytes));
  const raw = await during(texts.parseFailed, async () => decodePolicy(bytes, kind, { trailing: 'refuse' }));
  await during(texts.validateFailed, async () => (kind === 'oci' ? checkOciTrustPolicy(raw) : checkBlobTrustPolicy(raw)));
  if (!(await mayOverwrite(deps, report, kind, options.force ? 'forced' : 'ask'))) return { cancelled: true };
  const path = policyPath(deps, kind);
  await during(texts.writeFailed, () => writePolicy(deps, kind, bytes));
  if (kind === 'oci') await removeOldPolicy(deps, report);
  report.text(lines(`Successfully imported ${texts.name} to ${path}.`));
  return { path };
}

/** Asks before a policy is replaced that at least decodes; with `forced` says so instead. */
export async function mayOverwrite(deps: AppDeps, report: Report, kind: PolicyKind, mode: 'ask' | 'forced'): Promise<boolean> {
  if (!(await hasPolicy(deps, kind))) return true;
  if (mode === 'ask') return report.confirm(overwriteQuestion(kind));
  report.warn(overwriteWarning(kind));
  return true;
}

/** The new file takes precedence; the old one would only confuse. */
export async function removeOldPolicy(deps: AppDeps, report: Report): Promise<void> {
  try {
    if (await deps.files.remove(oldPolicyPath(deps))) report.text(lines('Deleted old trust policy configuration trustpolicy.json.'));
  } catch (e) {
    if (isFault(e, 'FILES_NOT_FOUND')) return;
    report.warn(`Warning: failed to delete old trust policy configuration trustpolicy.json: ${(e as Error).message}`);
  }
}
