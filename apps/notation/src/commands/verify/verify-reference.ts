// SPDX-License-Identifier: Apache-2.0
/** One reference from its text to what is printed about it. Never throws for anything that concerns this reference only. */
import { type Fault, toFault } from '@notary/base';
import type { OptionsOf } from '@notary/cli';
import { type Settled, unsettle } from '@notary/notation/lookup';
import { type ArtifactReport, evaluateArtifact, finalLine } from '@notary/notation/verify';
import type { ChainMemory } from '@notary/signature';
import type { OciTrustPolicy, TrustStore } from '@notary/trust';
import type { ArtifactOpener, OpenedArtifact } from '../../artifact/open.ts';
import { tagWarnings } from '../../artifact/resolve.ts';
import type { AppDeps } from '../../deps.ts';
import { reworded } from '../../faults.ts';
import { limits } from '../../limits.ts';
import { successText, toleratedWarnings } from '../../verification/success.ts';
import { type LookedUp, openAndLookUp } from './looked-up.ts';
import type { verifyFlags } from './spec.ts';

export interface VerifyContext {
  readonly policy: OciTrustPolicy;
  readonly trustStore: TrustStore;
  readonly userMetadata: ReadonlyMap<string, string>;
  readonly options: OptionsOf<typeof verifyFlags>;
  readonly open: ArtifactOpener;
  /** Where several references are verified. */
  readonly chains?: ChainMemory;
}

export interface ReferenceOutcome {
  /** For standard error, newlines included. */
  readonly warnings: string;
  /** For standard output, newlines included. */
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** Its message is the reference's final line. */
  readonly failure: Fault | undefined;
}

/** Verifies and words the result. */
export async function verifyReference(
  deps: AppDeps,
  reference: string,
  context: VerifyContext,
  early?: Settled<LookedUp>,
): Promise<ReferenceOutcome> {
  try {
    const lookedUp = unsettle(early ?? (await openAndLookUp(context.open, reference)));
    // Asked for while the registry answers; a store that cannot be read is still the fault that is reported.
    await lookedUp.opened.checkCredentials();
    return await verifyLookedUp(deps, lookedUp, context);
  } catch (e) {
    return { warnings: '', text: '', json: { reference }, failure: toFault(e) };
  }
}

async function verifyLookedUp(deps: AppDeps, lookedUp: LookedUp, context: VerifyContext): Promise<ReferenceOutcome> {
  const { opened, repository, seen, lookup } = lookedUp;
  const { target, scope } = opened;
  const { policy, trustStore, userMetadata, options, chains } = context;
  const warnings = (): string =>
    seen.artifact === undefined
      ? ''
      : tagWarnings('verify', target)
          .map((w) => `${w}\n`)
          .join('');
  const name = (): string => (seen.artifact === undefined ? `${repository.name}:${target}` : `${repository.name}@${seen.artifact.digest}`);
  let report: ArtifactReport;
  try {
    report = await evaluateArtifact({
      repository,
      lookup,
      reference: target,
      scope,
      policy,
      trustStore,
      clock: deps.clock,
      userMetadata,
      maxSignatures: options.maxSignatures,
      chains,
    });
  } catch (e) {
    const fault = toFault(e);
    const isPlain = seen.failure !== undefined || fault.code === 'NOTATION_DIGEST_NOT_RESOLVED';
    return {
      warnings: warnings(),
      text: '',
      json: { reference: name() },
      failure: isPlain ? fault : reworded(fault, () => finalLine(fault)),
    };
  }
  const outcome = await concluded(deps, opened, context, report, warnings());
  if (report.accepted !== undefined) await keepIfNew(deps, lookedUp);
  return outcome;
}

/** Remembers what was read, if it is more than was known and the registry is far enough for asking again to cost more than a file. */
async function keepIfNew(deps: AppDeps, { memory, seen }: LookedUp): Promise<void> {
  const { artifact, contents, tookMs = 0 } = seen;
  if (memory === undefined || artifact === undefined || contents === undefined || contents.size === 0) return;
  const known = await memory.recalled;
  const isNews = known?.artifact !== artifact.digest || [...contents.keys()].some((digest) => !known.contents.has(digest));
  if (!isNews || (known === undefined && tookMs <= limits.nearRegistryMs)) return;
  const { remember } = await import('../../artifact/remember.ts');
  await remember(deps, memory, artifact.digest, contents);
}

async function concluded(
  deps: AppDeps,
  opened: OpenedArtifact,
  { options }: VerifyContext,
  report: ArtifactReport,
  tagWarning: string,
): Promise<ReferenceOutcome> {
  const json = options.json ? await reportJson(report) : {};
  if (options.debug) {
    const [{ createDebugLog }, { logArtifactReport }] = await Promise.all([
      import('../../debug/log.ts'),
      import('../../debug/verification.ts'),
    ]);
    logArtifactReport(createDebugLog(deps), report);
  }
  if (report.basis === 'rejected' || report.basis === 'inconclusive') {
    const { refusalText } = await import('../../verification/refusal.ts');
    const refusals = report.signatures.map((s) => ({ name: s.signature.digest, report: s }));
    const fault = report.fault as Fault;
    return {
      warnings: tagWarning + refusalText(refusals, deps.clock.now()) + limitText(report),
      text: '',
      json,
      failure: reworded(fault, () => finalLine(fault)),
    };
  }
  const tolerated = toleratedWarnings(report.accepted);
  const warnings = tagWarning + tolerated.map((w) => `${w}\n`).join('');
  const text = successText(report.reference, report.basis, report.accepted, warnings !== '');
  if (options.platform === '') return { warnings, text, json, failure: undefined };
  try {
    const { platformManifest } = await import('./platform.ts');
    const manifest = await platformManifest(deps, opened.repository, report.artifact, options.platform);
    const line = `Manifest for ${options.platform}: ${opened.repository.name}@${manifest}\n`;
    return { warnings, text: text + line, json: { ...json, platform: options.platform, manifest }, failure: undefined };
  } catch (e) {
    return { warnings, text, json, failure: toFault(e) };
  }
}

/** Whoever may push can list more signatures than are evaluated: a refusal then says that not all were seen. */
const limitText = ({ limitReached, examined, listed, incomplete }: ArtifactReport): string => {
  const unlisted = incomplete === undefined ? '' : `Warning: ${incomplete.message}\n`;
  return unlisted + lookedAtText(limitReached, examined, listed);
};

const lookedAtText = (limitReached: boolean, examined: number, listed: number): string =>
  limitReached ? `Warning: ${examined} of ${listed} signatures were looked at: the limit allows no more\n` : '';

async function reportJson(report: ArtifactReport): Promise<Readonly<Record<string, unknown>>> {
  const { signatureReportJson } = await import('../../verification/json.ts');
  return {
    reference: report.reference,
    artifact: { mediaType: report.artifact.mediaType, digest: report.artifact.digest, size: report.artifact.size },
    basis: report.basis,
    policy: { statement: report.statement, matched: report.matched, level: report.level.name, actions: report.level.actions },
    ...(report.accepted ? { accepted: report.accepted.signature.digest } : {}),
    signatures: report.signatures.map((s) => signatureReportJson(s.signature.digest, s)),
    listed: report.listed,
    limitReached: report.limitReached,
  };
}
