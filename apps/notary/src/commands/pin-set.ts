// SPDX-License-Identifier: Apache-2.0
/** `notary pin set`. */
import { toUtf8 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { collectionFaults, isKeyId, parseGun, readCollection, setPin } from '@notary/collection';
import { rootFingerprints } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import { loadConfig } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import type { GlobalOptions } from '../flags.ts';
import { printResult } from '../json.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gunText = '', ...given] = requireArguments(invocation, 1, 'Must specify a GUN');
  const gun = parseGun(gunText.replace(/\*$/, '') || gunText) && gunText;
  for (const keyId of given) if (!isKeyId(keyId)) throw collectionFaults.KEY_ID_INVALID({ keyId });
  const keyIds = given.length > 0 ? given : await trustedRoots(invocation, deps, gun);
  const config = await loadConfig(deps, invocation.options as unknown as GlobalOptions);
  const text = setPin(config.text, config.path, gun, keyIds);
  await deps.files.makeDirectory(config.folder, 0o700);
  await deps.files.writeAtomic(config.path, toUtf8(text), { mode: 0o600 });
  if (gun !== gun.toLowerCase()) deps.terminal.err(`Notice: the Go client ignores this pin, because ${gun} has capital letters\n`);
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun, keyIds, config: config.path });
  deps.terminal.out(`Pinned ${gun} to root certificate ${keyIds.join(', ')} in ${config.path}\n`);
}

/** The root keys that are trusted here now. */
async function trustedRoots(invocation: Invocation, deps: AppDeps, gun: string): Promise<string[]> {
  const session = await openSession(invocation, deps, gun, 'read');
  const { set } = await readCollection(session);
  return rootFingerprints(set.root, session.gun).map((r) => r.keyId);
}
