// SPDX-License-Identifier: Apache-2.0
/** A user of `oras`, one of our `notation`, one of Go's where it is there; and what `oras` prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart, findCounterpart } from '@notary/testkit';
import { afterAll } from 'vitest';
import { createIdentities } from './identities.ts';
import { createMachine, furnish, type Machine, type Outcome, ourTool } from './machine.ts';

export const SIGNATURE = 'application/vnd.cncf.notary.signature';
export const SBOM = 'application/vnd.example.sbom';

const tool = counterpart('oras');
export const canOras = tool !== undefined && counterpart('openssl') !== undefined;
const go = findCounterpart('notation-go');

export interface OrasUsers {
  readonly oras: Machine;
  /** Of this project's `notation`. */
  readonly user: Machine;
  /** Of the Go `notation`. */
  readonly theirs: Machine | undefined;
}

/** Users who sign with the same key and trust it. `hello.txt`, `sbom.json` and `empty` are where `oras` works. They go with the last test of the file. */
export function useOrasUsers(): OrasUsers {
  // Its tests are skipped then, and use nobody.
  if (!canOras) return {} as OrasUsers;
  const identities = createIdentities(['EC-256']);
  if (tool === undefined || identities === undefined) throw new Error('oras and openssl were there a moment ago');
  const oras = createMachine(tool);
  const user = createMachine(ourTool());
  const theirs = go === undefined ? undefined : createMachine(go);
  for (const machine of [user, theirs]) if (machine) furnish(machine, { rootPem: identities.ca.certPem, keys: identities.keys });
  writeFileSync(join(oras.work, 'hello.txt'), 'hello\n');
  writeFileSync(join(oras.work, 'sbom.json'), '{"name":"sbom"}');
  writeFileSync(join(oras.work, 'empty'), '');
  afterAll(() => {
    for (const machine of [oras, user, theirs]) machine?.remove();
    identities.ca.remove();
  });
  return { oras, user, theirs };
}

export const digestIn = (outcome: Outcome): string => /^Digest: (sha256:[0-9a-f]{64})$/m.exec(outcome.stdout)?.[1] ?? '';
export const linesOf = (outcome: Outcome): string[] => outcome.stdout.trim().split('\n');
export const verified = (reference: string): string => `Successfully verified signature for ${reference}\n`;

export interface Referrers {
  readonly digest: string;
  readonly referrers?: readonly (Referrers & { readonly artifactType: string })[];
}

/** What `oras discover` finds. */
export const discover = async (oras: Machine, ...target: string[]): Promise<Referrers> =>
  JSON.parse((await oras.ok(['discover', '--format', 'json', ...target])).stdout) as Referrers;

/** `SBOM`, or `SBOM < SIGNATURE` for an SBOM that is signed itself, in the order of the alphabet. */
export const typesOf = ({ referrers = [] }: Referrers): string[] =>
  referrers.map((r) => [r.artifactType, ...typesOf(r)].join(' < ')).toSorted();
