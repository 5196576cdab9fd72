// SPDX-License-Identifier: Apache-2.0
/** `notary key rotate`: new keys for a base role, published at once. */
import type { Invocation } from '@notary/cli';
import { rotateKeys } from '@notary/collection';
import { canonicalKeyId } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import { askConfirm } from '../confirm.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { readPrivateKey } from '../key-input.ts';
import { publishedJson } from '../publishing.ts';
import { openSession } from '../session.ts';

const WARNING =
  'Warning: you are about to rotate your root key.\n\nYou must use your old key to sign this root rotation.\nAre you sure you want to proceed?  (yes/no)  ';

interface Options {
  readonly serverManaged: boolean;
  readonly legacy: number;
  readonly key: readonly string[];
  readonly threshold: number;
}

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', role = ''] = requireArguments(invocation, 2, 'Must specify a GUN and a key role to rotate');
  const { serverManaged, legacy, key, threshold } = invocation.options as Options;
  const { terminal } = deps;
  const say = (text: string): void => (asJson(invocation) ? terminal.err(text) : terminal.out(text));
  const session = await openSession(invocation, deps, gun, 'admin');
  const keyIds: string[] = [];
  for (const file of key) {
    const opened = await readPrivateKey(deps, absolute(deps, file), role);
    try {
      keyIds.push(await session.keys.add(opened, { role, gun }));
    } catch (e) {
      throw faults.INPUT({ problem: `Error importing key: ${(e as Error).message}` }, { cause: e });
    }
  }
  if (role === 'root') {
    say(WARNING);
    if (!(await askConfirm(terminal))) return say('\nAborting action.\n');
  }
  const rotated = await rotateKeys(session, role, {
    serverManaged,
    legacyVersions: legacy,
    keyIds,
    ...(threshold > 0 ? { threshold } : {}),
  });
  if (asJson(invocation)) {
    return printResult(terminal, invocation, { gun, role, keyIds: rotated.keys.map(canonicalKeyId), published: publishedJson(rotated) });
  }
  terminal.out(`Successfully rotated ${role} key for repository ${gun}\n`);
}
