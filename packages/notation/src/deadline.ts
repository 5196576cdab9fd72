// SPDX-License-Identifier: Apache-2.0
/** The end of a workflow, whatever a registry does: one deadline for the whole of it, and the caller's own signal. */
import { type Clock, type Fault, isDigest } from '@notary/base';
import { withinDeadline } from '@notary/base/deadline';
import { faults, type Work } from './faults.ts';
import { limits } from './limits.ts';

/** What a caller of a workflow may say about its end. */
export interface EndOptions {
  /**
   * Bound on the whole work in milliseconds, beyond those of each request. Default for artifacts: ten minutes (`notationLimits.artifactMs`);
   * for blobs none, as they have any length and come from where their owner lets them come from.
   */
  readonly deadlineMs?: number | undefined;
  /** The caller's own wish to stop: the work rejects with the signal's reason, and its requests end. What was sent by then may be stored. */
  readonly signal?: AbortSignal | undefined;
}

/** One piece of work on one artifact. */
export interface ArtifactWork extends EndOptions {
  readonly clock: Clock;
  /** When it began; now, if it is not said. */
  readonly from?: Date | undefined;
  readonly work: Work;
  readonly repository: { readonly name: string };
  /** Tag or digest. */
  readonly reference: string;
  /** Asked in place of `NOTATION_DEADLINE_EXCEEDED`. */
  readonly fault?: (facts: { readonly reference: string; readonly deadlineMs: number }) => Fault | undefined;
}

/** {@link withinDeadline} for all that is asked of a store about one artifact: past the deadline, `NOTATION_DEADLINE_EXCEEDED`. */
export function withinArtifactTime<T>(
  { clock, from, work, repository, reference, fault, deadlineMs = limits.artifactMs, signal }: ArtifactWork,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const facts = { reference: `${repository.name}${isDigest(reference) ? '@' : ':'}${reference}`, deadlineMs };
  const over = (): Fault => fault?.(facts) ?? faults.DEADLINE_EXCEEDED({ work, ...facts });
  return withinDeadline({ clock, from: from ?? clock.now(), ms: deadlineMs, fault: over, signal }, run);
}
