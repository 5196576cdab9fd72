// SPDX-License-Identifier: Apache-2.0
/** `notary delegation list`. */
import { isFault } from '@notary/base';
import type { Invocation } from '@notary/cli';
import type { Update } from '@notary/collection';
import { canonicalKeyId, type Delegation, listDelegations, payloads } from '@notary/tuf';
import { asJson } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { readFor, sourceJson } from '../reading.ts';
import { type OpenedCollection, openSession } from '../session.ts';
import { prettyPaths, table } from '../tables.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = invocation.args;
  if (invocation.args.length !== 1) throw faults.USAGE({ problem: 'Please provide a Global Unique Name as an argument to list' });
  const session = await openSession(invocation, deps, gun, 'read');
  const update = await read(invocation, deps, session);
  const delegations = listDelegations(payloads(update.set)).sort((a, b) => (a.role < b.role ? -1 : a.role > b.role ? 1 : 0));
  if (asJson(invocation))
    return printResult(deps.terminal, invocation, { gun, delegations: delegations.map(delegationJson), ...sourceJson(update) });
  deps.terminal.out(`\n${delegationsText(delegations)}\n`);
}

async function read(invocation: Invocation, deps: AppDeps, session: OpenedCollection): Promise<Update> {
  try {
    return await readFor(invocation, deps, session);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    const problem = `Error retrieving delegation roles for repository ${session.gun}: ${cause.message}`;
    throw faults.INPUT({ problem }, { cause, attempts: cause.attempts, ...(cause.remedy ? { remedy: cause.remedy } : {}) });
  }
}

const keyIdsOf = (d: Delegation): string[] => [...d.signers.keys.values()].map(canonicalKeyId);

const delegationJson = (d: Delegation) => ({
  role: d.role,
  paths: d.entry.paths,
  effectivePaths: d.paths,
  keyIds: keyIdsOf(d),
  threshold: d.signers.threshold,
});

/** One path and one key a row. */
export function delegationsText(delegations: readonly Delegation[]): string {
  if (delegations.length === 0) return '\nNo delegations present in this repository.\n\n';
  const rows: string[][] = [];
  for (const d of delegations) {
    const paths = prettyPaths(d.entry.paths);
    const keyIds = keyIdsOf(d);
    rows.push([d.role, paths[0] ?? '', keyIds[0] ?? '', String(d.signers.threshold)]);
    for (let i = 1; i < Math.max(paths.length, keyIds.length); i++) rows.push(['', paths[i] ?? '', keyIds[i] ?? '', '']);
  }
  return table(['ROLE', 'PATHS', 'KEY IDS', 'THRESHOLD'], rows);
}
