// SPDX-License-Identifier: Apache-2.0
/** `notary reset`: takes staged changes back. */
import type { Invocation } from '@notary/cli';
import { cliFaults } from '@notary/cli';
import { withLock } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const { number, all } = invocation.options as { number: readonly string[]; all: boolean };
  const positions = number.map(parsePosition);
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  if (!all && positions.length === 0) throw faults.USAGE({ problem: 'Must specify changes to reset with -n or the --all flag' });
  const session = await openSession(invocation, deps, gun, 'offline');
  await withLock(session.directory, session.gun, () => (all ? session.changes.clear() : session.changes.removeAt(positions)));
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun, reset: all ? 'all' : positions });
  deps.terminal.out(`Successfully reset specified changes for repository ${gun}\n`);
}

/** Positions as the reference's integer list reads them. */
function parsePosition(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw cliFaults.FLAG_VALUE_INVALID({ flag: '-n, --number', quoted, reason: `strconv.Atoi: parsing ${quoted}: invalid syntax` });
}
