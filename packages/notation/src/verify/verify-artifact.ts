// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies an OCI artifact: resolve, choose the statement, list signatures, put them in order, evaluate until one is accepted.
 *
 * Round trips in sequence: listing runs beside resolving when the reference is a digest, envelopes are fetched ahead of the evaluation, and
 * evaluation itself goes strictly in order, so that the outcome never depends on which answer arrived first.
 */
import { type Clock, type Fault, isDigest, isFault, knownFault } from '@notary/base';
import type { Descriptor, ReadableRepository, ReadOptions } from '@notary/oci';
import { ChainMemory } from '@notary/signature';
import { decisiveFinding, type OciTrustPolicy, type PolicyStatement, selectOciStatement, type TrustStore } from '@notary/trust';
import { type EndOptions, withinArtifactTime } from '../deadline.ts';
import { faults } from '../faults.ts';
import { limits } from '../limits.ts';
import { type Lookup, listSignatures, type Settled, type SignatureList, settle, startLookup, unsettle } from '../lookup/index.ts';
import { type FetchedEnvelope, fetchEnvelope } from '../signature-source.ts';
import type { UserMetadata } from '../user-metadata.ts';
import { orderCandidates, trustedThumbprints } from './candidates.ts';
import { type EvaluationContext, evaluateEnvelope, outcomeOf } from './evaluate-envelope.ts';
import { type Admission, type ArtifactReport, admit, type SignatureReport } from './report.ts';
import { askingNobody, type RevocationChecker } from './revocation.ts';

/** The deadline counts from the call: past it, `NOTATION_DEADLINE_EXCEEDED`. */
export interface VerifyArtifactRequest extends EndOptions {
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
  /** Signatures by trusted signers that are evaluated at most, after ordering; default 100. What others hung onto the artifact does not count. Not positive is `NOTATION_MAX_SIGNATURES_INVALID`. */
  readonly maxSignatures?: number | undefined;
  /** Signers known from other verifications, for callers with many artifacts; without it, one artifact's signatures share one of their own. */
  readonly chains?: ChainMemory | undefined;
  /** Requests for the same repository and reference that are under way already. */
  readonly lookup?: Lookup | undefined;
}

/**
 * Verifies and returns the admission. Throws if the policy refuses, so that ignoring the result admits nothing: the report's fault,
 * `NOTATION_VERIFICATION_FAILED` or `NOTATION_VERIFICATION_INCONCLUSIVE` with an attempt for each signature, or what
 * {@link evaluateArtifact} throws.
 */
export async function verifyArtifact(request: VerifyArtifactRequest): Promise<Admission> {
  return admit(await evaluateArtifact(request));
}

/**
 * Verifies and reports, refusals included: for tools that explain. Faults are thrown only where nothing could be evaluated: no statement, no
 * such artifact, no signature, a registry that does not answer (`TRUST_NO_STATEMENT`, `OCI_NOT_FOUND`, `NOTATION_NO_SIGNATURE`,
 * `NOTATION_DEADLINE_EXCEEDED`, those of the repository and of the Http port).
 */
export async function evaluateArtifact(request: VerifyArtifactRequest): Promise<ArtifactReport> {
  const maxSignatures = request.maxSignatures ?? limits.signatures;
  if (!Number.isSafeInteger(maxSignatures) || maxSignatures <= 0) throw faults.MAX_SIGNATURES_INVALID({ value: maxSignatures });
  const at = request.clock.now();
  return withinArtifactTime({ ...request, work: 'verification', from: at }, (signal) => evaluateBy(request, { at, maxSignatures, signal }));
}

/** What one evaluation holds on to beside its request. */
interface Run {
  readonly at: Date;
  readonly maxSignatures: number;
  readonly signal: AbortSignal;
}

async function evaluateBy(request: VerifyArtifactRequest, { at, maxSignatures, signal }: Run): Promise<ArtifactReport> {
  const { repository, reference } = request;
  const scope = request.scope ?? repository.name;
  const likely = statementFor(request.policy, scope);
  // Nothing is asked about signatures that the policy does not want to see.
  const lookup = request.lookup ?? (likely === undefined ? undefined : startLookup(repository, reference));
  signal.addEventListener('abort', () => lookup?.cancel(signal.reason));
  // Read beside the requests: what is read is kept by the store, and a store that cannot be read is reported by the check that needs it.
  if (likely !== undefined) void trustedThumbprints(likely, request.trustStore);
  const artifact = checkResolved(
    reference,
    lookup === undefined ? await repository.resolve(reference, { signal }) : unsettle(await lookup.artifact),
  );
  const { statement, matched } = selectOciStatement(request.policy, `${scope}@${artifact.digest}`);
  const base = { reference: `${repository.name}@${artifact.digest}`, artifact, statement: statement.name, matched, level: statement.level };
  if (statement.level.name === 'skip') return { ...base, basis: 'skipped', signatures: [], listed: 0, examined: 0, limitReached: false };

  const list = lookup === undefined ? await listSignatures(repository, artifact.digest, { signal }) : unsettle(await lookup.listed);
  const listed = list.signatures;
  if (listed.length === 0) throw faults.NO_SIGNATURE({ reference: base.reference });
  const candidates = await orderCandidates(listed, statement, request.trustStore);
  const context: EvaluationContext = {
    statement,
    trustStore: request.trustStore,
    revocation: request.revocation ?? askingNobody,
    at,
    userMetadata: request.userMetadata ?? new Map(),
    chains: request.chains ?? (candidates.length > 1 ? new ChainMemory() : undefined),
  };
  const fetch: EnvelopeFetcher = async (signature) =>
    (listed.length === 1 ? await lookup?.only : undefined) ?? settle(fetchEnvelope(repository, signature, artifact.digest, { signal }));
  const search = await evaluateInOrder(fetch, artifact, base.reference, candidates, maxSignatures, context);
  return conclude(base, search, list);
}

/** The statement that will decide about artifacts of this scope, if there is one and it verifies. */
function statementFor(policy: OciTrustPolicy, scope: string): PolicyStatement | undefined {
  try {
    const { statement } = selectOciStatement(policy, `${scope}@`);
    return statement.level.name === 'skip' ? undefined : statement;
  } catch {
    return undefined;
  }
}

/** Resolves a tag or digest; another digest than the one asked for is `NOTATION_DIGEST_NOT_RESOLVED`. */
export const resolveArtifact = async (repository: ReadableRepository, reference: string, options?: ReadOptions): Promise<Descriptor> =>
  checkResolved(reference, await repository.resolve(reference, options));

function checkResolved(reference: string, artifact: Descriptor): Descriptor {
  if (isDigest(reference) && artifact.digest !== reference)
    throw faults.DIGEST_NOT_RESOLVED({ asked: reference, resolved: artifact.digest });
  return artifact;
}

type EnvelopeFetcher = (signature: Descriptor) => Promise<Settled<FetchedEnvelope>>;

interface Search {
  readonly signatures: readonly SignatureReport[];
  readonly examined: number;
}

/**
 * Evaluates candidates in order until one is accepted, fetching ahead: one first, then twice as many each time, up to a bound.
 *
 * Only signatures that somebody trusted made for this artifact use up `maxSignatures`. What anybody with the right to push can hang onto an
 * artifact (junk, strangers' signatures, a hint that lies, the genuine signature of something else) is passed over at the cost of a fetch, so
 * that it takes thousands of them, not a hundred, to hide a good signature; that bound is `limits.candidates`.
 */
async function evaluateInOrder(
  fetch: EnvelopeFetcher,
  artifact: Descriptor,
  reference: string,
  candidates: readonly Descriptor[],
  maxSignatures: number,
  context: EvaluationContext,
): Promise<Search> {
  const signatures: SignatureReport[] = [];
  const last = Math.min(candidates.length, limits.candidates);
  let counted = 0;
  let ahead = 1;
  for (let from = 0; from < last; ) {
    const batch = candidates.slice(from, Math.min(from + ahead, last));
    const fetched = batch.map(fetch);
    for (let i = 0; i < batch.length; i++) {
      const signature = batch[i] as Descriptor;
      const answer = (await fetched[i]) as Awaited<(typeof fetched)[number]>;
      const report = await evaluateCandidate(signature, answer, artifact, reference, context);
      const counts = countsTowardLimit(report);
      if (counts || signatures.length < limits.signatures + counted) signatures.push(report);
      if (report.outcome === 'verified' || report.outcome === 'tolerated') return { signatures, examined: from + i + 1 };
      if (counts && ++counted === maxSignatures) return { signatures, examined: from + i + 1 };
    }
    from += batch.length;
    ahead = Math.min(ahead * 2, limits.fetchesAtOnce);
  }
  return { signatures, examined: last };
}

/** Was this signature made for this artifact with a key that the trust stores vouch for, or could that not be told for want of a store? */
function countsTowardLimit(report: SignatureReport): boolean {
  if (report.outcome === 'verified' || report.outcome === 'tolerated') return true;
  if (report.verified === undefined || report.fault?.code === faults.DESCRIPTOR_MISMATCH.code) return false;
  const authenticity = report.findings.find((f) => f.check === 'authenticity');
  if (authenticity === undefined || authenticity.result === 'not-run') return false;
  return authenticity.fault?.code !== faults.NOT_TRUSTED.code;
}

async function evaluateCandidate(
  signature: Descriptor,
  fetched: Settled<FetchedEnvelope>,
  artifact: Descriptor,
  reference: string,
  context: EvaluationContext,
): Promise<SignatureReport> {
  if ('reason' in fetched) {
    const cause = knownFault(fetched.reason);
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
  { signatures, examined }: Search,
  { signatures: all, incomplete }: SignatureList,
): ArtifactReport {
  const listed = all.length;
  const last = signatures[signatures.length - 1];
  const report = { ...base, signatures, listed, examined };
  if (last?.outcome === 'verified' || last?.outcome === 'tolerated')
    return { ...report, basis: last.outcome, accepted: last, limitReached: false };
  const attempts = signatures.map(decisiveFault).filter((f): f is Fault => f !== undefined);
  const inconclusive = signatures.some((s) => s.outcome === 'inconclusive');
  const make = inconclusive ? faults.VERIFICATION_INCONCLUSIVE : faults.VERIFICATION_FAILED;
  if (incomplete !== undefined) attempts.push(incomplete);
  // That there may be better signatures than these is what to mend first.
  const remedy = incomplete?.remedy;
  const fault = make({ reference: base.reference }, { attempts, ...(remedy === undefined ? {} : { remedy }) });
  return { ...report, basis: inconclusive ? 'inconclusive' : 'rejected', limitReached: listed > examined, incomplete, fault };
}

/** Why a signature was not accepted. */
export function decisiveFault(report: Pick<SignatureReport, 'fault' | 'findings'>): Fault | undefined {
  return report.fault ?? decisiveFinding(report.findings)?.fault;
}

/** Is this the refusal of a verification, as opposed to a verification that could not begin? */
export const isRefusal = (e: unknown): boolean => isFault(e, faults.VERIFICATION_FAILED.code, faults.VERIFICATION_INCONCLUSIVE.code);
