// SPDX-License-Identifier: Apache-2.0
/** Every code that a command of this program can end with, from the fault tables of the packages it is made of. */
import {
  bytesFaults,
  digestFaults,
  type FaultCategory,
  filesFaults,
  httpFaults,
  processFaults,
  type Remedy,
  terminalFaults,
} from '@notary/base';
import { cborFaults } from '@notary/base/cbor';
import { cryptoFaults } from '@notary/base/crypto';
import { derFaults } from '@notary/base/der';
import { jsonFaults } from '@notary/base/json';
import { pemFaults } from '@notary/base/pem';
import { cliFaults } from '@notary/cli';
import { notationFaults } from '@notary/notation';
import { ociFaults } from '@notary/oci';
import { authFaults } from '@notary/registry-auth';
import { coseFaults, envelopeFaults, jwsFaults, payloadFaults, signingFaults } from '@notary/signature';
import { trustFaults } from '@notary/trust';
import { faults as x509Faults } from '@notary/x509';
import { faults } from '../../faults.ts';
import { withPlaceholders } from './placeholders.ts';

export interface Explanation {
  readonly code: string;
  readonly category: FaultCategory;
  /** What it means for whoever has to act on it. */
  readonly action: string;
  /** The message, with the names of facts where facts would stand. */
  readonly message?: string;
  readonly meaning?: string;
  readonly clause?: string;
  readonly remedy?: string;
}

const ACTIONS: Readonly<Record<FaultCategory, string>> = {
  usage: 'The command was asked for something that it cannot do as asked. Nothing was changed.',
  malformed: 'The bytes are not the format that they should be. Nothing in them was believed.',
  untrusted: 'A rule of trust is not met. Do not use the artifact.',
  unsupported: 'It is valid, but this program does not do it or does not allow it here.',
  limit: 'A bound on size, number or time was reached, and the work was stopped.',
  conflict: 'Something changed or was already there. Look at the present state, then try again.',
  unavailable: 'It could not be found out: network, disk or another program. Not a yes and not a no; try again when the cause is mended.',
  internal: 'A defect of this program.',
};

const TABLES = [
  faults,
  cliFaults,
  notationFaults,
  trustFaults,
  envelopeFaults,
  signingFaults,
  payloadFaults,
  jwsFaults,
  coseFaults,
  x509Faults,
  ociFaults,
  authFaults,
  httpFaults,
  filesFaults,
  processFaults,
  terminalFaults,
  digestFaults,
  bytesFaults,
  jsonFaults,
  cborFaults,
  derFaults,
  pemFaults,
  cryptoFaults,
];

interface Maker {
  readonly code: string;
  readonly row: {
    readonly category: FaultCategory;
    // biome-ignore lint/suspicious/noExplicitAny: which facts a message is made of depends on the row.
    readonly say: (facts: any) => string;
    readonly meaning?: string;
    readonly clause?: string;
    // biome-ignore lint/suspicious/noExplicitAny: which facts a remedy is made of depends on the row.
    readonly remedy?: string | ((facts: any) => Remedy | undefined);
  };
}

/** Every code once, sorted. */
export function explanations(): readonly Explanation[] {
  const found = new Map<string, Explanation>();
  for (const table of TABLES) {
    for (const maker of Object.values(table) as unknown as Maker[]) {
      const { category, meaning, clause } = maker.row;
      const message = withPlaceholders((facts) => String(maker.row.say(facts)));
      const remedy = remedyOf(maker.row.remedy);
      found.set(maker.code, {
        code: maker.code,
        category,
        action: ACTIONS[category],
        ...(message ? { message } : {}),
        ...(meaning ? { meaning } : {}),
        ...(clause ? { clause } : {}),
        ...(remedy ? { remedy } : {}),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** What a remedy says where no fact is given; `undefined` where it needs one. */
function withoutFacts<T>(remedy: (facts: unknown) => T): T | undefined {
  try {
    return remedy({});
  } catch {
    return undefined;
  }
}

function remedyOf(remedy: Maker['row']['remedy']): string | undefined {
  if (typeof remedy !== 'function') return remedy;
  const worded = (facts: unknown): string | undefined => inWords(remedy(facts));
  return withPlaceholders(worded) ?? withoutFacts(worded);
}

const inWords = (remedy: Remedy | undefined): string | undefined =>
  remedy?.command === undefined ? remedy && String(remedy.text) : `${remedy.text}: ${remedy.command.join(' ')}`;
