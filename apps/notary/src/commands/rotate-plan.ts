// SPDX-License-Identifier: Apache-2.0
/** `notary rotate plan`. */
import { toUtf8 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { encodePlan, planRotation, type RotationPlan } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';

interface Options {
  readonly output: string;
  readonly serverManaged: readonly string[];
  readonly legacy: number;
}

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', ...local] = requireArguments(invocation, 1, 'Must specify a GUN');
  const { output, serverManaged, legacy } = invocation.options as Options;
  const roles = [
    ...local.filter((role) => !serverManaged.includes(role)).map((role) => ({ role, serverManaged: false })),
    ...serverManaged.map((role) => ({ role, serverManaged: true })),
  ];
  if (roles.length === 0) requireArguments(invocation, 2, 'Must specify at least one role');
  const session = await openSession(invocation, deps, gun, 'read');
  const plan = await planRotation(session, { roles, legacyVersions: legacy });
  await deps.files.writeAtomic(absolute(deps, output), toUtf8(encodePlan(plan)), { mode: 0o600 });
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { plan: JSON.parse(encodePlan(plan)), file: output });
  deps.terminal.out(`${planText(plan)}Written to ${output}. To carry it out: notary rotate apply ${output}\n`);
}

export function planText(plan: RotationPlan): string {
  const lines = plan.roles.map(
    (r) => `  ${r.role}: ${r.from.join(', ')} -> ${r.manager === 'server' ? 'a new key of the server' : 'a new key here'}\n`,
  );
  return `Root ${plan.rootVersion + 1} of ${plan.gun} will replace:\n${lines.join('')}`;
}
