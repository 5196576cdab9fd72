// SPDX-License-Identifier: Apache-2.0
/** `notary delete`: removes cache and staged changes, and with `--remote` everything on the server. Keys stay. */
import type { Invocation } from '@notary/cli';
import { deleteLocal } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const { remote } = invocation.options as { remote: boolean };
  const session = await openSession(invocation, deps, gun, remote ? 'admin' : 'offline');
  const quiet = asJson(invocation);
  if (!quiet) deps.terminal.out(`Deleting trust data for repository ${gun}\n`);
  await deleteLocal(session.directory, session.gun);
  if (remote) await session.remote.deleteAll();
  if (quiet) return printResult(deps.terminal, invocation, { gun, deleted: remote ? ['local', 'remote'] : ['local'] });
  deps.terminal.out(`Successfully deleted local${remote ? ' and remote' : ''} trust data for repository ${gun}\n`);
}
