// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from '@notary/cli';
import { COMPATIBLE_WITH, VERSION } from '../../build-info.ts';
import type { AppDeps } from '../../deps.ts';
import type { versionFlags } from './spec.ts';
import { versionText } from './view.ts';

/** Prints what this build is. Kept free of everything else: it is what a start costs at least. */
export async function run(invocation: Invocation<typeof versionFlags>, { terminal, host }: AppDeps): Promise<void> {
  const result = { version: VERSION, compatibleWith: COMPATIBLE_WITH, runtime: host.runtime, os: host.os, arch: host.arch };
  if (!invocation.options.json) return terminal.out(versionText(result));
  const { printResult } = await import('../../json.ts');
  printResult(terminal, invocation.path, result);
}
