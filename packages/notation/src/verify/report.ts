// SPDX-License-Identifier: Apache-2.0
/** What a verification found, and the proof that a successful one hands out. */
import type { Fault } from '@notary/base';
import type { Descriptor } from '@notary/oci';
import type { VerificationLevel } from '@notary/trust';
import type { EnvelopeReport } from './evaluate-envelope.ts';

/** One candidate signature and what became of it. */
export interface SignatureReport extends EnvelopeReport {
  /** The signature manifest. */
  readonly signature: Descriptor;
  /** Media type of the envelope, once it was fetched. */
  readonly mediaType?: string | undefined;
}

/** On what ground an artifact is let through, or why it is not. */
export type Basis = 'verified' | 'tolerated' | 'skipped' | 'rejected' | 'inconclusive';

/** What the policy made of an artifact, refusals included: {@link evaluateArtifact}. */
export interface ArtifactReport {
  /** `registry/repository@digest`, or the layout's path with the digest. */
  readonly reference: string;
  readonly artifact: Descriptor;
  readonly statement: string;
  readonly matched: 'scope' | 'wildcard';
  readonly level: VerificationLevel;
  readonly basis: Basis;
  /** Signatures that were evaluated, in the order tried; the accepted one is the last. Of junk, the first hundred. */
  readonly signatures: readonly SignatureReport[];
  readonly accepted?: SignatureReport | undefined;
  /** Signatures that the repository listed; more than evaluated when one was accepted early or the limit was reached. */
  readonly listed: number;
  /** Signatures that were looked at, junk included. */
  readonly examined: number;
  /** A limit stopped the search before everything listed was looked at. */
  readonly limitReached: boolean;
  /** Why the repository may hold signatures that were not even listed, where nothing could be accepted. */
  readonly incomplete?: Fault | undefined;
  /** Why nothing could be accepted, for a basis of `rejected` or `inconclusive`. */
  readonly fault?: Fault | undefined;
}

const seal = Symbol('verified');

/** An artifact that a trusted signature vouches for. Only the verifier makes one. */
export class VerifiedArtifact {
  readonly #report: ArtifactReport;
  /** @internal */
  constructor(key: typeof seal, report: ArtifactReport) {
    if (key !== seal) throw new TypeError('only a verification makes a VerifiedArtifact');
    this.#report = report;
  }
  get artifact(): Descriptor {
    return this.#report.artifact;
  }
  /** `registry/repository@digest`. */
  get reference(): string {
    return this.#report.reference;
  }
  /** What the signer said about the artifact. */
  get userMetadata(): ReadonlyMap<string, string> {
    return this.#report.accepted?.target?.annotations ?? new Map();
  }
}

/** That an artifact may pass, and on what basis. Only `verified` carries a {@link VerifiedArtifact}. */
export type Admission =
  | { readonly basis: 'verified'; readonly verified: VerifiedArtifact; readonly report: ArtifactReport }
  | { readonly basis: 'tolerated' | 'skipped'; readonly report: ArtifactReport };

/** The admission of a report; throws its fault for any basis that refuses. */
export function admit(report: ArtifactReport): Admission {
  switch (report.basis) {
    case 'verified':
      return { basis: 'verified', verified: new VerifiedArtifact(seal, report), report };
    case 'tolerated':
    case 'skipped':
      return { basis: report.basis, report };
    default:
      throw report.fault ?? new TypeError('a refusal without a reason');
  }
}
