// SPDX-License-Identifier: Apache-2.0
/** `notary witness`: stages roles to be signed again. */
import type { Invocation } from '@notary/cli';
import { stageWitness } from '@notary/collection';
import { requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', ...roles] = requireArguments(invocation, 2, 'Please provide a GUN and at least one role to witness');
  const session = await openSession(invocation, deps, gun, 'offline');
  await stageWitness(session.changes, roles);
  const text = `The following roles were successfully marked for witnessing on the next publish:\n\t- ${roles.join('\n\t- ')}\n`;
  await finishStaging(invocation, deps, { gun, text, json: { roles } });
}
