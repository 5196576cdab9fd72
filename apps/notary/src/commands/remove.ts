// SPDX-License-Identifier: Apache-2.0
/** `notary remove`: stages the removal of a target. */
import type { Invocation } from '@notary/cli';
import { stageTargetRemoval } from '@notary/collection';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', name = ''] = invocation.args;
  if (invocation.args.length < 2) throw faults.INPUT({ problem: 'Must specify a GUN and target' });
  const { roles } = invocation.options as { roles: readonly string[] };
  const session = await openSession(invocation, deps, gun, 'offline');
  await stageTargetRemoval(session.changes, name, roles);
  const text = `Removal of ${name} from ${gun} staged for next publish.\n`;
  await finishStaging(invocation, deps, { gun, text, json: { target: name, roles: roles.length > 0 ? roles : ['targets'] } });
}
