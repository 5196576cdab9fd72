// SPDX-License-Identifier: Apache-2.0
/** `notary key list`. */
import type { Invocation } from '@notary/cli';
import type { StoredKey } from '@notary/collection';
import { asJson } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openKeyring } from '../keys.ts';
import { fromTheRight, table } from '../tables.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  if (invocation.args.length > 0) throw faults.USAGE({ problem: '' });
  const { keys } = await openKeyring(invocation, deps);
  const list = [...(await keys.list())].sort(byRole);
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { keys: list });
  deps.terminal.out(`\n${keysText(list)}\n`);
}

/** Root first, then by collection, role and ID. */
function byRole(a: StoredKey, b: StoredKey): number {
  if (a.role !== b.role && (a.role === 'root' || b.role === 'root')) return a.role === 'root' ? -1 : 1;
  for (const member of ['gun', 'role', 'keyId', 'location'] as const) if (a[member] !== b[member]) return a[member] < b[member] ? -1 : 1;
  return 0;
}

export function keysText(keys: readonly StoredKey[]): string {
  if (keys.length === 0) return 'No signing keys found.\n';
  const rows = keys.map((k) => [k.role, fromTheRight(k.gun, 25), k.keyId, fromTheRight(k.location, 40)]);
  return table(['ROLE', 'GUN', 'KEY ID', 'LOCATION'], rows);
}
