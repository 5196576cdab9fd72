// SPDX-License-Identifier: Apache-2.0
/** `notary key import`. */
import type { Invocation } from '@notary/cli';
import { importKeys, MAX_IMPORT_BYTES } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openKeyring } from '../keys.ts';
import { createPassphrases } from '../passphrases.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const paths = requireArguments(invocation, 1, 'must specify at least one input file to import keys from');
  const { role, gun } = invocation.options as { role: string; gun: string };
  const { keys, log } = await openKeyring(invocation, deps);
  const passphrases = createPassphrases(deps);
  const imported: string[] = [];
  for (const path of paths) {
    const bytes = await deps.files.read(absolute(deps, path), MAX_IMPORT_BYTES);
    if (bytes === undefined) throw faults.FILE_MISSING({ path });
    imported.push(...(await importKeys(bytes, keys, { role, gun, passphrases, log })));
  }
  if (asJson(invocation)) printResult(deps.terminal, invocation, { imported });
}
