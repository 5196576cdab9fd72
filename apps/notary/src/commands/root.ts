// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from '@notary/cli';
import { COMPATIBLE_WITH, VERSION } from '../build-info.ts';
import type { AppDeps } from '../deps.ts';
import { program } from '../program.ts';

/** `notary` alone: its version if asked for, else its usage. */
export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  if (invocation.options.version === true) {
    deps.terminal.out(`notary Version: ${VERSION}, Compatible: notary ${COMPATIBLE_WITH}, Runtime: ${deps.runtime}\n`);
    return;
  }
  const { usageText, withBuiltins } = await import('@notary/cli/help');
  deps.terminal.out(usageText([withBuiltins(program)]));
}
