// SPDX-License-Identifier: Apache-2.0
/** `notary pin check`: 0 if the pin fits the root that is trusted here, else 1. */
import type { Invocation } from '@notary/cli';
import { comparePin, readCollection } from '@notary/collection';
import { rootFingerprints } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { noticeFirstUse } from '../notices.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<number> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const session = await openSession(invocation, deps, gun, 'read');
  const update = await readCollection(session, { expired: 'show' });
  const roots = rootFingerprints(update.set.root, session.gun);
  const { state, pinned } = comparePin(session.config.pins, gun, roots);
  const actual = roots.map((r) => r.keyId);
  if (state === 'mismatch') throw faults.PIN_MISMATCH({ gun, pinned, actual });
  if (asJson(invocation)) printResult(deps.terminal, invocation, { gun, state, pinned, actual });
  else if (state === 'match') deps.terminal.out(`The root of ${gun} is the pinned one: ${actual.join(', ')}\n`);
  else {
    deps.terminal.out(`${gun} is not pinned. Its root certificate is ${actual.join(', ')}\n`);
    noticeFirstUse(deps.terminal, gun, update);
  }
  return state === 'match' ? 0 : 1;
}
