// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies an OCI artifact: resolve, choose the statement, list signatures, put them in order, evaluate until one is accepted.
 *
 * Round trips in sequence: listing runs beside resolving when the reference is a digest, envelopes are fetched ahead of the evaluation, and
 * evaluation itself goes strictly in order, so that the outcome never depends on which answer arrived first.
 */
import { type Clock, type Digest, type Fault, isDigest, isFault, toFault } from '@notary/base';
import type { Descriptor, ReadableRepository } from '@notary/oci';
import { decisiveFinding, type OciTrustPolicy, selectOciStatement, type TrustStore } from '@notary/trust';
import { faults } from '../faults.ts';
import { limits } from '../limits.ts';
import { signatureArtifactType } from '../media-types.ts';
import { fetchEnvelope } from '../signature-source.ts';
import type { UserMetadata } from '../user-metadata.ts';
import { orderCandidates } from './candidates.ts';
import { type EvaluationContext, evaluateEnvelope, outcomeOf } from './evaluate-envelope.ts';
import { type Admission, type ArtifactReport, admit, type SignatureReport } from './report.ts';
import { askingNobody, type RevocationChecker } from './revocation.ts';

export interface VerifyArtifactRequest {
  readonly repository: ReadableRepository;
  /** Tag or digest within the repository. */
  readonly reference: string;
  /** What the policy's scopes are compared with; default is the repository's name. */
  readonly scope?: string | undefined;
  readonly policy: OciTrustPolicy;
  readonly trustStore: TrustStore;
  readonly clock: Clock;
  readonly revocation?: RevocationChecker | undefined;
  readonly userMetadata?: UserMetadata | undefined;
  /** Signatures evaluated at most, after ordering; default 100. Not positive is `NOTATION_MAX_SIGNATURES_INVALID`. */
  readonly maxSignatures?: number | undefined;
}

/** Verifies and returns the admission. Throws the report's fault if the policy refuses, so that ignoring the result admits nothing. */
export async function verifyArtifact(request: VerifyArtifactRequest): Promise<Admission> {
  return admit(await evaluateArtifact(request));
}

/**
 * Verifies and reports, refusals included: for tools that explain. Faults are thrown only where nothing could be evaluated: no statement, no
 * such artifact, no signature, a registry that does not answer.
 */
export async function evaluateArtifact(request: VerifyArtifactRequest): Promise<ArtifactReport> {
  const maxSignatures = request.maxSignatures ?? limits.signatures;
  if (!Number.isSafeInteger(maxSignatures) || maxSignatures <= 0) throw faults.MAX_SIGNATURES_INVALID({ value: maxSignatures });
  const at = request.clock.now();
  const { repository, reference } = request;
  const scope = request.scope ?? repository.name;
  // A digest needs no resolving before its referrers can be listed; how that went is looked at once the artifact is known to exist.
  const early =
    isDigest(reference) && mayVerify(request.policy, scope, reference) ? settle(listSignatures(repository, reference)) : undefined;
  const artifact = await resolveArtifact(repository, reference);
  const { statement, matched } = selectOciStatement(request.policy, `${scope}@${artifact.digest}`);
  const base = { reference: `${repository.name}@${artifact.digest}`, artifact, statement: statement.name, matched, level: statement.level };
  if (statement.level.name === 'skip') return { ...base, basis: 'skipped', signatures: [], listed: 0, limitReached: false };

  const listed = early === undefined ? await listSignatures(repository, artifact.digest) : unsettle(await early);
  if (listed.length === 0) throw faults.NO_SIGNATURE({ reference: base.reference });
  const candidates = await orderCandidates(listed, statement, request.trustStore);
  const context: EvaluationContext = {
    statement,
    trustStore: request.trustStore,
    revocation: request.revocation ?? askingNobody,
    at,
    userMetadata: request.userMetadata ?? new Map(),
  };
  const signatures = await evaluateInOrder(repository, artifact, base.reference, candidates.slice(0, maxSignatures), context);
  return conclude(base, signatures, listed.length, maxSignatures);
}

/** Is there a statement for this artifact, and does it verify? */
function mayVerify(policy: OciTrustPolicy, scope: string, digest: Digest): boolean {
  try {
    return selectOciStatement(policy, `${scope}@${digest}`).statement.level.name !== 'skip';
  } catch {
    return false;
  }
}

/** Resolves a tag or digest; another digest than the one asked for is `NOTATION_DIGEST_NOT_RESOLVED`. */
export async function resolveArtifact(repository: ReadableRepository, reference: string): Promise<Descriptor> {
  const artifact = await repository.resolve(reference);
  if (isDigest(reference) && artifact.digest !== reference)
    throw faults.DIGEST_NOT_RESOLVED({ asked: reference, resolved: artifact.digest });
  return artifact;
}

/** Every signature listed for a digest, up to a bound that no honest repository reaches. */
export async function listSignatures(repository: ReadableRepository, digest: Digest): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  for await (const descriptor of repository.listReferrers(
    { digest },
    { artifactType: signatureArtifactType, limit: limits.listedReferrers },
  ))
    found.push(descriptor);
  return found;
}

type Settled<T> = { readonly value: T } | { readonly reason: unknown };
const settle = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ value }),
    (reason) => ({ reason }),
  );
function unsettle<T>(settled: Settled<T>): T {
  if ('reason' in settled) throw settled.reason;
  return settled.value;
}

/** Evaluates candidates in order until one is accepted, fetching ahead: one first, then twice as many each time, up to a bound. */
async function evaluateInOrder(
  repository: ReadableRepository,
  artifact: Descriptor,
  reference: string,
  candidates: readonly Descriptor[],
  context: EvaluationContext,
): Promise<SignatureReport[]> {
  const reports: SignatureReport[] = [];
  let ahead = 1;
  for (let from = 0; from < candidates.length; ) {
    const batch = candidates.slice(from, from + ahead);
    const fetched = batch.map((signature) => settle(fetchEnvelope(repository, signature, artifact.digest)));
    for (const [i, signature] of batch.entries()) {
      const report = await evaluateCandidate(
        signature,
        (await fetched[i]) as Awaited<(typeof fetched)[number]>,
        artifact,
        reference,
        context,
      );
      reports.push(report);
      if (report.outcome === 'verified' || report.outcome === 'tolerated') return reports;
    }
    from += batch.length;
    ahead = Math.min(ahead * 2, limits.fetchesAtOnce);
  }
  return reports;
}

async function evaluateCandidate(
  signature: Descriptor,
  fetched: Settled<{ readonly bytes: Uint8Array; readonly mediaType: string }>,
  artifact: Descriptor,
  reference: string,
  context: EvaluationContext,
): Promise<SignatureReport> {
  if ('reason' in fetched) {
    const cause = toFault(fetched.reason);
    if (cause.category === 'internal') throw cause;
    // One signature that cannot be had stops nothing: the others are still evaluated.
    const fault = faults.SIGNATURE_UNAVAILABLE({ signature: signature.digest, reference, reason: cause.message }, { cause });
    const findings = Object.entries(context.statement.level.actions).map(
      ([check, action]) => ({ check, action, result: 'not-run' }) as SignatureReport['findings'][number],
    );
    return { signature, outcome: outcomeOf(cause), findings, fault };
  }
  const { bytes, mediaType } = fetched.value;
  const report = await evaluateEnvelope(bytes, mediaType, context, async (target) =>
    target.digest === artifact.digest && target.size === artifact.size && target.mediaType === artifact.mediaType
      ? undefined
      : faults.DESCRIPTOR_MISMATCH({ signed: target.digest, artifact: artifact.digest }),
  );
  return { ...report, signature, mediaType };
}

function conclude(
  base: Pick<ArtifactReport, 'reference' | 'artifact' | 'statement' | 'matched' | 'level'>,
  signatures: readonly SignatureReport[],
  listed: number,
  maxSignatures: number,
): ArtifactReport {
  const last = signatures.at(-1);
  const report = { ...base, signatures, listed };
  if (last?.outcome === 'verified' || last?.outcome === 'tolerated')
    return { ...report, basis: last.outcome, accepted: last, limitReached: false };
  const attempts = signatures.map(decisiveFault).filter((f): f is Fault => f !== undefined);
  const inconclusive = signatures.some((s) => s.outcome === 'inconclusive');
  const make = inconclusive ? faults.VERIFICATION_INCONCLUSIVE : faults.VERIFICATION_FAILED;
  const fault = make({ reference: base.reference }, { attempts });
  return { ...report, basis: inconclusive ? 'inconclusive' : 'rejected', limitReached: listed > maxSignatures, fault };
}

/** Why a signature was not accepted. */
export function decisiveFault(report: Pick<SignatureReport, 'fault' | 'findings'>): Fault | undefined {
  return report.fault ?? decisiveFinding(report.findings)?.fault;
}

/** Is this the refusal of a verification, as opposed to a verification that could not begin? */
export const isRefusal = (e: unknown): boolean => isFault(e, faults.VERIFICATION_FAILED.code, faults.VERIFICATION_INCONCLUSIVE.code);
