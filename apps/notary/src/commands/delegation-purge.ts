// SPDX-License-Identifier: Apache-2.0
/** `notary delegation purge`: stages the removal of keys from every delegation. */
import type { Invocation } from '@notary/cli';
import { stageKeyPurge } from '@notary/collection';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = invocation.args;
  const { key } = invocation.options as { key: readonly string[] };
  if (invocation.args.length !== 1) throw faults.USAGE({ problem: 'Please provide a single Global Unique Name as an argument to remove' });
  if (key.length === 0) throw faults.USAGE({ problem: 'Please provide at least one key ID to be removed using the --key flag' });
  const session = await openSession(invocation, deps, gun, 'offline');
  await stageKeyPurge(session.changes, key);
  const text = `Removal of the following keys from all delegations in ${gun} staged for next publish:\n\t- ${key.join('\n\t- ')}\n`;
  await finishStaging(invocation, deps, { gun, text, json: { keyIds: key } });
}
