// SPDX-License-Identifier: Apache-2.0
/**
 * Findings: what each check of a signature found, and the one pure function that turns them into an outcome. A check that could not be
 * carried out is `unknown`: under `enforce` it refuses like a failure, but the outcome says "inconclusive" and never "forged" or "fine".
 */
import type { Fault } from '@notary/base';
import type { CheckAction, CheckName } from './level.ts';

/** How a check ended: `unknown` if it could not be carried out, `not-run` if an earlier one made it pointless. */
export type FindingResult = 'pass' | 'fail' | 'unknown' | 'not-run';

/** The result of one check of one signature. */
export interface Finding {
  readonly check: CheckName;
  readonly action: CheckAction;
  readonly result: FindingResult;
  /** Why, where the result is `fail` or `unknown`. */
  readonly fault?: Fault;
  /** The fact behind a pass, or why a check was not run; one line. */
  readonly detail?: string;
}

/**
 * - `verified`: every enforced check passed, and every logged one;
 * - `tolerated`: every enforced check passed, a logged one did not;
 * - `rejected`: an enforced check failed;
 * - `inconclusive`: an enforced check could not be carried out.
 */
export type Outcome = 'verified' | 'tolerated' | 'rejected' | 'inconclusive';

/** Decides about one signature. Pure: the same findings always give the same outcome. An empty list is never a success. */
export function decide(findings: readonly Finding[]): Outcome {
  const enforced = findings.filter((f) => f.action === 'enforce');
  if (enforced.length === 0) return 'rejected';
  if (enforced.some((f) => f.result === 'fail')) return 'rejected';
  if (enforced.some((f) => f.result === 'unknown' || f.result === 'not-run')) return 'inconclusive';
  return findings.some((f) => f.action === 'log' && (f.result === 'fail' || f.result === 'unknown')) ? 'tolerated' : 'verified';
}

/** The finding that decided against a signature: the first enforced failure, else the first enforced check without an answer. */
export function decisiveFinding(findings: readonly Finding[]): Finding | undefined {
  const enforced = findings.filter((f) => f.action === 'enforce');
  return (
    enforced.find((f) => f.result === 'fail') ??
    enforced.find((f) => f.result === 'unknown') ??
    enforced.find((f) => f.result === 'not-run')
  );
}

/** Findings of logged checks that did not pass: what the reference prints as warnings. */
export function toleratedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((f) => f.action === 'log' && (f.result === 'fail' || f.result === 'unknown'));
}
