// SPDX-License-Identifier: Apache-2.0
/** `notary lookup`: one target. */
import type { Invocation } from '@notary/cli';
import { printable } from '@notary/cli';
import { collectionFaults } from '@notary/collection';
import { digestHexOf, findTarget, payloads } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { readFor, sourceJson, targetJson } from '../reading.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', name = ''] = requireArguments(invocation, 2, 'Must specify a GUN and target');
  const session = await openSession(invocation, deps, gun, 'read');
  const update = await readFor(invocation, deps, session);
  const target = findTarget(payloads(update.set), name);
  if (target === undefined) throw collectionFaults.NO_SUCH_TARGET({ target: name });
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun, target: targetJson(target), ...sourceJson(update) });
  deps.terminal.out(`${printable(target.name)} sha256:${digestHexOf(target.meta, 'sha256') ?? ''} ${target.meta.length}\n`);
}
