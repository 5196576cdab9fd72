// SPDX-License-Identifier: Apache-2.0
/** Small checks that most commands begin with, in the reference's order: arguments, then configuration. */
import type { Invocation } from '@notary/cli';
import { faults } from './faults.ts';

/** At least `count` arguments, or the usage and the reference's message. */
export function requireArguments(invocation: Invocation, count: number, problem: string): readonly string[] {
  if (invocation.args.length < count) throw faults.USAGE({ problem });
  return invocation.args;
}

/** Is the result wanted as JSON? */
export const asJson = (invocation: Invocation): boolean => invocation.options.json === true;

/** An RFC 3339 time from the command line; `undefined` for an empty text. */
export function parseTime(text: string): Date | undefined {
  if (text === '') return undefined;
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at.getTime()))
    throw faults.INPUT({ problem: `not a time: ${JSON.stringify(text)}, write 2026-01-31T12:00:00Z` });
  return at;
}
