// SPDX-License-Identifier: Apache-2.0
/** A row of the page of audits. */
export interface Finding {
  readonly id: string;
  readonly finding: string;
  readonly here: string;
  readonly applies: boolean;
  readonly files: readonly string[];
}
/** The rows of the page, in order. */
export function readFindings(page: string): Finding[];
/** The numbers that the titles of a test file carry. */
export function numbersIn(text: string): Set<string>;
/** Every offence, one line each. `tests` maps the path of a test file to its text. */
export function checkAudits(page: string, tests: ReadonlyMap<string, string>): string[];
