// SPDX-License-Identifier: Apache-2.0
/** Verifies a blob, any file or stream, against a detached signature. The blob is hashed as it passes and never held whole. */
import type { Clock, Fault } from '@notary/base';
import { withinDeadline } from '@notary/base/deadline';
import { type BlobTrustPolicy, selectBlobStatement, type TrustStore, type VerificationLevel } from '@notary/trust';
import { describeBlob } from '../blob-content.ts';
import type { EndOptions } from '../deadline.ts';
import { faults } from '../faults.ts';
import { checkMediaType } from '../media-type-syntax.ts';
import type { UserMetadata } from '../user-metadata.ts';
import { type EnvelopeReport, evaluateEnvelope } from './evaluate-envelope.ts';
import { askingNobody, type RevocationChecker } from './revocation.ts';
import { decisiveFault } from './verify-artifact.ts';

/** A deadline counts from the call: past it, `NOTATION_DEADLINE_EXCEEDED`. */
export interface VerifyBlobRequest extends EndOptions {
  /** Opens the blob for one pass. Called only once its signature has proven worth the reading. */
  readonly blob: () => AsyncIterable<Uint8Array>;
  readonly signature: Uint8Array;
  /** `application/jose+json` or `application/cose`. */
  readonly signatureMediaType: string;
  readonly policy: BlobTrustPolicy;
  /** The statement by name; the global one without. */
  readonly policyName?: string | undefined;
  readonly trustStore: TrustStore;
  readonly clock: Clock;
  readonly revocation?: RevocationChecker | undefined;
  /** Compared with the signed media type if given. */
  readonly mediaType?: string | undefined;
  readonly userMetadata?: UserMetadata | undefined;
}

/** What the policy made of a blob, refusals included: {@link verifyBlob}. */
export interface BlobReport {
  readonly statement: string;
  readonly level: VerificationLevel;
  readonly basis: 'verified' | 'tolerated' | 'skipped' | 'rejected' | 'inconclusive';
  /** Absent when the policy skips verification. */
  readonly signature?: EnvelopeReport | undefined;
  readonly fault?: Fault | undefined;
}

/** Verifies and returns the report. Throws the deciding fault if the policy refuses. Faults also: `TRUST_NO_BLOB_STATEMENT`, `TRUST_NO_GLOBAL_STATEMENT`, `ENVELOPE_…`. */
export async function verifyBlob(request: VerifyBlobRequest): Promise<BlobReport> {
  const report = await evaluateBlob(request);
  if (report.basis === 'rejected' || report.basis === 'inconclusive') throw report.fault ?? new TypeError('a refusal without a reason');
  return report;
}

/** Verifies and reports, refusals included. */
export async function evaluateBlob(request: VerifyBlobRequest): Promise<BlobReport> {
  if (request.signature.length === 0) throw faults.SIGNATURE_EMPTY();
  if (request.mediaType !== undefined) checkMediaType(request.mediaType);
  const { clock, deadlineMs, signal } = request;
  const at = clock.now();
  const fault = (): Fault => faults.DEADLINE_EXCEEDED({ work: 'verification', reference: 'the blob', deadlineMs: deadlineMs ?? 0 });
  return withinDeadline({ clock, from: at, ms: deadlineMs, fault, signal }, (over) => evaluateBy(request, at, over));
}

async function evaluateBy(request: VerifyBlobRequest, at: Date, signal: AbortSignal): Promise<BlobReport> {
  const statement = selectBlobStatement(request.policy, request.policyName);
  const base = { statement: statement.name, level: statement.level };
  if (statement.level.name === 'skip') return { ...base, basis: 'skipped' };
  const context = {
    statement,
    trustStore: request.trustStore,
    revocation: request.revocation ?? askingNobody,
    at,
    userMetadata: request.userMetadata ?? new Map(),
  };
  const signature = await evaluateEnvelope(request.signature, request.signatureMediaType, context, async (target, envelope) => {
    const actual = await describeBlob(request.blob(), envelope.algorithm, signal);
    const same =
      actual.digest === target.digest &&
      actual.size === target.size &&
      (request.mediaType === undefined || request.mediaType === target.mediaType);
    return same ? undefined : faults.BLOB_MISMATCH();
  });
  const accepted = signature.outcome === 'verified' || signature.outcome === 'tolerated';
  return { ...base, basis: signature.outcome, signature, fault: accepted ? undefined : decisiveFault(signature) };
}
