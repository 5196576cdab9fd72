// SPDX-License-Identifier: Apache-2.0
/** `notary key remove`: deletes a private key after asking. */
import type { Invocation } from '@notary/cli';
import { collectionFaults } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import { askConfirm } from '../confirm.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openKeyring } from '../keys.ts';

const KEY_ID_LENGTH = 64;

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [keyId = ''] = requireArguments(invocation, 1, 'must specify the key ID of the key to remove');
  const { keys } = await openKeyring(invocation, deps);
  if (keyId.length !== KEY_ID_LENGTH) throw collectionFaults.KEY_ID_INVALID({ keyId });
  const { terminal } = deps;
  const say = (text: string): void => (asJson(invocation) ? terminal.err(text) : terminal.out(text));
  say('\n');
  const info = await keys.info(keyId);
  if (info === undefined) {
    say('\n');
    throw faults.INPUT({ problem: `No key with ID ${keyId} found` });
  }
  const description = `${keyId} (role ${info.role}) from ${info.location}`;
  say(`Are you sure you want to remove ${description}?  (yes/no)  `);
  const confirmed = await askConfirm(terminal);
  if (confirmed) await keys.remove(keyId);
  say(confirmed ? `\nDeleted ${description}.\n\n` : '\nAborting action.\n\n');
  if (asJson(invocation)) printResult(terminal, invocation, { keyId, removed: confirmed });
}
