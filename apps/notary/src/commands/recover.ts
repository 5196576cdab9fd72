// SPDX-License-Identifier: Apache-2.0
/** `notary recover`. */
import type { Invocation } from '@notary/cli';
import { planRecovery, type Recovered, type RecoveryPlan, recoverRole } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { publishedJson } from '../publishing.ts';
import { openSession } from '../session.ts';
import { table } from '../tables.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', ...roles] = requireArguments(invocation, 1, 'Must specify a GUN');
  const session = await openSession(invocation, deps, gun, roles.length === 0 ? 'read' : 'admin');
  if (roles.length === 0) {
    const plan = await planRecovery(session);
    if (asJson(invocation)) return printResult(deps.terminal, invocation, { ...plan });
    return deps.terminal.out(planText(plan));
  }
  const done: Recovered[] = [];
  for (const role of roles) {
    const recovered = await recoverRole(session, role, { local: invocation.options.local === true });
    done.push(recovered);
    if (!asJson(invocation)) deps.terminal.out(`Successfully recovered ${role} of ${gun}: new key ${recovered.keyIds.join(', ')}\n`);
  }
  if (asJson(invocation)) {
    printResult(deps.terminal, invocation, {
      gun,
      recovered: done.map((r) => ({ role: r.role, keyIds: r.keyIds, published: publishedJson(r) })),
    });
  }
}

export function planText(plan: RecoveryPlan): string {
  const rows = plan.options.map((o) => [o.role, `${o.held} of ${o.threshold}`, o.action, o.explanation]);
  const possible = plan.options.filter((o) => o.action.startsWith('rotate') || o.action === 'replace').map((o) => o.role);
  const hint = possible.length > 0 ? `\nTo replace lost keys: notary recover ${plan.gun} ROLE (${possible.join(', ')})\n` : '';
  return `${table(['ROLE', 'KEYS HELD', 'ACTION', 'EXPLANATION'], rows)}${hint}`;
}
