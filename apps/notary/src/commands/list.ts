// SPDX-License-Identifier: Apache-2.0
/** `notary list`: all targets. */
import { compareUtf8 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { digestHexOf, type FoundTarget, listTargets, payloads } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { readFor, sourceJson, targetJson } from '../reading.ts';
import { openSession } from '../session.ts';
import { table } from '../tables.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const session = await openSession(invocation, deps, gun, 'read');
  const update = await readFor(invocation, deps, session);
  const { roles } = invocation.options as { roles: readonly string[] };
  const targets = listTargets(payloads(update.set), roles).sort((a, b) => compareUtf8(a.name, b.name));
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun, targets: targets.map(targetJson), ...sourceJson(update) });
  deps.terminal.out(targetsText(targets));
}

/** The table, or the reference's sentence where there is nothing to show. */
export function targetsText(targets: readonly FoundTarget[]): string {
  if (targets.length === 0) return '\nNo targets present in this repository.\n\n';
  const rows = targets.map((t) => [t.name, digestHexOf(t.meta, 'sha256') ?? '', String(t.meta.length), t.role]);
  return table(['NAME', 'DIGEST', 'SIZE (BYTES)', 'ROLE'], rows);
}
