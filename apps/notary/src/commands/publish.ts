// SPDX-License-Identifier: Apache-2.0
/** `notary publish`: sends the staged changes. */
import type { Invocation } from '@notary/cli';
import { publishChanges } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { noticeFirstUse } from '../notices.ts';
import { publishedJson } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const quiet = asJson(invocation);
  if (!quiet) deps.terminal.out(`Pushing changes to ${gun}\n`);
  const session = await openSession(invocation, deps, gun, 'write');
  const published = await publishChanges(session);
  noticeFirstUse(deps.terminal, gun, published);
  if (quiet) return printResult(deps.terminal, invocation, { gun, published: publishedJson(published) });
  deps.terminal.out(`Successfully published changes for repository ${gun}\n`);
}
