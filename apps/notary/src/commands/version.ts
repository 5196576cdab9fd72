// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from '@notary/cli';
import { asJson } from '../arguments.ts';
import { COMPATIBLE_WITH, VERSION } from '../build-info.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';

/** `notary version`. */
export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  if (asJson(invocation))
    return printResult(deps.terminal, invocation, { version: VERSION, compatibleWith: COMPATIBLE_WITH, runtime: deps.runtime });
  deps.terminal.out(`notary\n Version:    ${VERSION}\n Compatible: notary ${COMPATIBLE_WITH}\n Runtime:    ${deps.runtime}\n`);
}
