// SPDX-License-Identifier: Apache-2.0
/** What is printed when a signature was accepted, or none was asked for. */

import { printable } from '@notary/cli';
import { tabTable } from '@notary/cli/format';
import type { EnvelopeReport } from '@notary/notation/verify';
import { toleratedFindings } from '@notary/trust';
import { lines } from '../present.ts';

/** Checks that failed and are only logged by the policy, a line each, for standard error. */
export const toleratedWarnings = (report: EnvelopeReport | undefined): readonly string[] =>
  toleratedFindings(report?.findings ?? []).map((f) =>
    printable(`Warning: ${f.check} was set to "${f.action}" and failed with error: ${f.fault?.message ?? ''}`),
  );

/** The reference's last lines; after warnings an empty line stands before them. */
export function successText(
  subject: string,
  basis: 'verified' | 'tolerated' | 'skipped',
  accepted: EnvelopeReport | undefined,
  warned: boolean,
): string {
  const gap = warned ? '\n' : '';
  if (basis === 'skipped') return gap + lines(`Trust policy is configured to skip signature verification for ${subject}`);
  return gap + lines(`Successfully verified signature for ${subject}`) + metadataText(accepted);
}

function metadataText(accepted: EnvelopeReport | undefined): string {
  const annotations = accepted?.target?.annotations ?? new Map<string, string>();
  if (annotations.size === 0) return '';
  const sorted = [...annotations].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = sorted.map(([key, value]) => [printable(key), printable(value)]);
  const table = tabTable([['KEY', 'VALUE'], ...rows], { minWidth: 0, tabWidth: 0, padding: 3, padCharacter: ' ' });
  return `\nThe artifact was signed with the following user metadata.\n\n${table}`;
}
