// SPDX-License-Identifier: Apache-2.0
/** Why signatures were refused: each once, with the check that decided, the fact behind it and the remedy. */
import type { Fault } from '@notary/base';
import { printable } from '@notary/cli';
import { formatRfc3339 } from '@notary/cli/format';
import { remedyText } from '@notary/cli/terminal';
import { decisiveFault, type EnvelopeReport } from '@notary/notation/verify';
import { decisiveFinding } from '@notary/trust';
import { type Certificate, goName } from '@notary/x509';
import { lines } from '../present.ts';

/** One refused signature. */
export interface Refusal {
  /** `sha256:…` of the signature manifest, or the path of a detached signature. */
  readonly name: string;
  readonly report: EnvelopeReport;
}

const MAX_SHOWN = 20; // anybody who may push can add signatures: the reasons of the best candidates must not scroll away

/** The lines of several refusals, in columns. */
export function refusalText(refusals: readonly Refusal[], at: Date): string {
  const rows = refusals.slice(0, MAX_SHOWN).map(({ name, report }) => {
    const fault = decisiveFault(report);
    return { cells: [shortName(name), signerName(report), checkName(report)], fault };
  });
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((r) => [...(r.cells[i] as string)].length)));
  const pad = (cells: readonly string[]): string =>
    cells.map((cell, i) => cell + ' '.repeat((widths[i] as number) - [...cell].length)).join('  ');
  const shown = rows.map(({ cells, fault }) => refusalLines(pad(cells), pad(['', '', '']), fault, at)).join('');
  const left = refusals.length - rows.length;
  return left === 0 ? shown : shown + lines(`and ${left} more signature${left === 1 ? '' : 's'}; --json lists them all`);
}

function refusalLines(head: string, margin: string, fault: Fault | undefined, at: Date): string {
  if (fault === undefined) return lines(head.trimEnd());
  const fact = printable(factOf(fault, at));
  if (fault.remedy === undefined) return lines(`${head}  ${fact}`);
  return lines(`${head}  ${fact}`, `${margin}  ${remedyText(fault.remedy)}`);
}

/** Enough of a digest to find it in `notation list`. */
const shortName = (name: string): string => (/^sha(256|384|512):[0-9a-f]{64,}$/.test(name) ? name.slice(0, name.indexOf(':') + 13) : name);

/** Who claims to have signed: common name and organization. */
function signerName({ claim }: EnvelopeReport): string {
  const leaf = claim?.certificates[0];
  if (leaf === undefined) return '(unreadable)';
  const short = ['2.5.4.3', '2.5.4.10'].flatMap((oid) => attribute(leaf, oid)).join(', ');
  return printable(short === '' ? goName(leaf.subject) : short).slice(0, 60);
}

const LABELS: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '2.5.4.10': 'O' };

const attribute = (certificate: Certificate, oid: string): string[] =>
  certificate.subject.rdns
    .flat()
    .filter((a) => a.oid === oid)
    .map((a) => `${LABELS[oid]}=${a.value}`);

const OTHER_CHECKS: Readonly<Record<string, string>> = {
  NOTATION_METADATA_UNMATCHED: 'metadata',
  NOTATION_PLUGIN_REQUIRED: 'plugin',
  NOTATION_PLUGIN_HEADER_INVALID: 'plugin',
};

/** The check that decided. What belongs to none of the five is about the artifact itself. */
function checkName(report: EnvelopeReport): string {
  if (report.fault !== undefined)
    return OTHER_CHECKS[report.fault.code] ?? (report.fault.category === 'unavailable' ? 'unavailable' : 'artifact');
  return decisiveFinding(report.findings)?.check ?? '';
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The fact in a sentence for people; the reference's message where that is one. */
function factOf(fault: Fault, at: Date): string {
  const facts = fault.facts as Record<string, unknown>;
  switch (fault.code) {
    case 'NOTATION_NOT_TRUSTED':
      return `its root ${facts.root} is in no trust store of the policy "${facts.statement}" (${(facts.stores as string[]).join(', ')})`;
    case 'NOTATION_EXPIRED': {
      const expiry = new Date(String(facts.expiry));
      const days = Math.floor((at.getTime() - expiry.getTime()) / DAY_MS);
      return `expired ${formatRfc3339(expiry)}${days > 0 ? `, ${days} day${days === 1 ? '' : 's'} ago` : ''}`;
    }
    case 'TRUST_IDENTITY_UNMATCHED':
      return `its subject ${facts.subject} matches none of the trusted identities of the policy "${facts.statement}"`;
    case 'NOTATION_DESCRIPTOR_MISMATCH':
      return `it was made for ${facts.signed}, not for this artifact`;
    default:
      return fault.message;
  }
}
