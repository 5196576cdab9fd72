// SPDX-License-Identifier: Apache-2.0
/** `notary threshold`. */
import type { Invocation } from '@notary/cli';
import { setThreshold } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { publishedJson } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', role = '', text = ''] = requireArguments(invocation, 3, 'Must specify a GUN, a role and a number of keys');
  if (!/^[1-9]\d{0,3}$/.test(text)) throw faults.USAGE({ problem: `${text} is not a number of keys` });
  const session = await openSession(invocation, deps, gun, 'admin');
  const published = await setThreshold(session, role, Number(text));
  if (asJson(invocation))
    return printResult(deps.terminal, invocation, { gun, role, threshold: Number(text), published: publishedJson(published) });
  deps.terminal.out(`The threshold of ${role} in ${gun} is ${text} now\n`);
}
