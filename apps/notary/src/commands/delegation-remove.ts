// SPDX-License-Identifier: Apache-2.0
/** `notary delegation remove`: keys, paths, or the whole delegation. */
import type { Invocation } from '@notary/cli';
import { stageDelegationReduction, stageDelegationRemoval } from '@notary/collection';
import { isDelegation } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import { askConfirm } from '../confirm.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';
import { prettyPaths } from '../tables.ts';

const USAGE =
  'must specify the Global Unique Name and the role of the delegation along with optional keyIDs and/or a list of paths to remove';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', role = '', ...keyIds] = requireArguments(invocation, 2, USAGE);
  const { allPaths, yes } = invocation.options as { allPaths: boolean; yes: boolean };
  const given = invocation.changed.has('paths') ? (invocation.options.paths as readonly string[]) : undefined;
  if (!isDelegation(role)) throw faults.INPUT({ problem: `invalid delegation name ${role}` });
  const session = await openSession(invocation, deps, gun, 'offline');
  const everything = keyIds.length === 0 && given === undefined && !allPaths;
  const paths = allPaths ? undefined : given;
  if (everything) {
    await confirmRemoval(invocation, deps, yes);
    await stageDelegationRemoval(session.changes, role);
  } else await stageDelegationReduction(session.changes, role, { keyIds, paths: paths ?? [], allPaths });
  const text = everything
    ? `\nForced removal (including all keys and paths) of delegation role ${role} to repository "${gun}" staged for next publish.\n\n`
    : `\nRemoval of delegation role ${role} ${items(keyIds, paths, allPaths)}to repository "${gun}" staged for next publish.\n\n`;
  await finishStaging(invocation, deps, { gun, text, json: { role, keyIds, paths: paths ?? [], allPaths, everything } });
}

async function confirmRemoval(invocation: Invocation, deps: AppDeps, yes: boolean): Promise<void> {
  const say = (text: string): void => (asJson(invocation) ? deps.terminal.err(text) : deps.terminal.out(text));
  say('\nAre you sure you want to remove all data for this delegation? (yes/no)\n');
  if (yes) return say('Confirmed `yes` from flag\n');
  if (!(await askConfirm(deps.terminal))) throw faults.ABORTED();
}

function items(keyIds: readonly string[], paths: readonly string[] | undefined, allPaths: boolean): string {
  const keys = keyIds.length > 0 ? `with keys [${keyIds.join(' ')}], ` : '';
  const all = allPaths ? 'with all paths, ' : '';
  return `${keys}${all}${paths === undefined ? '' : `with paths [${prettyPaths(paths).join('\n')}], `}`;
}
