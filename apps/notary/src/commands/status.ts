// SPDX-License-Identifier: Apache-2.0
/** `notary status`: what is staged. */
import type { Invocation } from '@notary/cli';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';
import { table } from '../tables.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const session = await openSession(invocation, deps, gun, 'offline');
  const changes = await session.changes.list();
  if (asJson(invocation)) {
    const shown = changes.map((c, number) => ({ number, action: c.action, scope: c.scope, type: c.type, path: c.path, file: c.file }));
    return printResult(deps.terminal, invocation, { gun, changes: shown });
  }
  if (changes.length === 0) return deps.terminal.out(`No unpublished changes for ${gun}\n`);
  const rows = changes.map((c, i) => [String(i), c.action, c.scope, c.type, c.path]);
  deps.terminal.out(`Unpublished changes for ${gun}:\n\n${table(['#', 'ACTION', 'SCOPE', 'TYPE', 'PATH'], rows)}`);
}
