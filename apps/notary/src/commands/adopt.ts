// SPDX-License-Identifier: Apache-2.0
/** `notary adopt`. */
import type { Invocation } from '@notary/cli';
import { adoptCollection, createFileRemote } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const from = (invocation.options.from as string).replace(/^file:\/\//, '');
  const session = await openSession(invocation, deps, gun, 'admin');
  const mirror = createFileRemote({ directory: absolute(deps, from), gun: session.gun, files: deps.files });
  const adoption = await adoptCollection(session, mirror);
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun, ...adoption });
  const { terminal } = deps;
  if (adoption.already)
    return terminal.out(`${gun} was adopted before: root version ${adoption.rootVersion} is published on ${session.remote.location}\n`);
  terminal.out(`Successfully adopted ${gun} on ${session.remote.location}: root version ${adoption.rootVersion}\n`);
  terminal.out(`Snapshots are signed by ${adoption.snapshot === 'server' ? 'the server' : 'you, on every publish'}\n`);
}
