// SPDX-License-Identifier: Apache-2.0
/** `notary rotate apply`. */
import { toUtf8 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { applyRotation, encodePlan, MAX_CONFIG_BYTES, parsePlan } from '@notary/collection';
import { canonicalKeyId } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [file = ''] = requireArguments(invocation, 1, 'Must specify a plan');
  const path = absolute(deps, file);
  const bytes = await deps.files.read(path, MAX_CONFIG_BYTES);
  if (bytes === undefined) throw faults.FILE_MISSING({ path: file });
  const plan = parsePlan(bytes);
  const session = await openSession(invocation, deps, plan.gun, 'admin');
  const save = (state: typeof plan): Promise<void> => deps.files.writeAtomic(path, toUtf8(encodePlan(state)), { mode: 0o600 });
  const { plan: done, published } = await applyRotation(session, plan, save);
  const roles = done.roles.map((r) => ({ role: r.role, manager: r.manager, keyIds: r.to.map(canonicalKeyId) }));
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun: plan.gun, roles, already: published === undefined });
  if (published === undefined) return deps.terminal.out(`The plan for ${plan.gun} was carried out before\n`);
  for (const r of roles) deps.terminal.out(`Successfully rotated ${r.role} key for repository ${plan.gun}: ${r.keyIds.join(', ')}\n`);
}
