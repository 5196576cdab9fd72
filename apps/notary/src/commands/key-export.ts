// SPDX-License-Identifier: Apache-2.0
/** `notary key export`: key files as they are, with the header that an import wants. */
import { toUtf8 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { exportKeys } from '@notary/collection';
import { asJson } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openKeyring } from '../keys.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  if (invocation.args.length > 0) throw faults.USAGE({ problem: 'export does not take any positional arguments' });
  const { gun, key, output } = invocation.options as { gun: readonly string[]; key: readonly string[]; output: string };
  if (gun.length > 0 && key.length > 0)
    throw faults.INPUT({ problem: 'Only the --gun or --key flag may be provided, not a mix of the two flags' });
  const { keys } = await openKeyring(invocation, deps);
  const pem = (await Promise.all((gun.length > 0 ? gun : [undefined]).map((g) => exportKeys(keys, choice(g, key))))).join('');
  if (output !== '') await deps.files.writeAtomic(absolute(deps, output), toUtf8(pem), { mode: 0o600 });
  if (asJson(invocation)) return printResult(deps.terminal, invocation, output === '' ? { pem } : { file: output });
  if (output === '') deps.terminal.out(pem);
}

const choice = (gun: string | undefined, keyIds: readonly string[]) => ({
  ...(gun === undefined ? {} : { gun }),
  ...(keyIds.length > 0 ? { keyIds } : {}),
});
