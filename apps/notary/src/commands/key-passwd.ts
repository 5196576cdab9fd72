// SPDX-License-Identifier: Apache-2.0
/** `notary key passwd`: a new passphrase, and the current file format with it. */
import { isFault } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { collectionFaults } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openKeyring } from '../keys.ts';
import { createPassphrases } from '../passphrases.ts';

const KEY_ID_LENGTH = 64;

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [keyId = ''] = requireArguments(invocation, 1, 'must specify the key ID of the key to change the passphrase of');
  const { keys } = await openKeyring(invocation, deps);
  if (keyId.length !== KEY_ID_LENGTH) throw collectionFaults.KEY_ID_INVALID({ keyId });
  await open(keys.open(keyId), keyId);
  // A retriever of its own: the passphrase that opened the key must not seal it again.
  await keys.changePassphrase(keyId, createPassphrases(deps));
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { keyId });
  deps.terminal.out(`\nSuccessfully updated passphrase for key ID: ${keyId}\n`);
}

async function open(opening: Promise<unknown>, keyId: string): Promise<void> {
  const problem = `could not retrieve local key for key ID provided: ${keyId}`;
  let found: unknown;
  try {
    found = await opening;
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw faults.INPUT({ problem }, { cause, ...(cause.remedy ? { remedy: cause.remedy } : {}) });
  }
  if (found === undefined) throw faults.INPUT({ problem });
}
