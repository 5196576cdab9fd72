// SPDX-License-Identifier: Apache-2.0
/** The table of `notary-registry`. */
import { isFault } from '@notary/base';
import type { Command, Failure, Program } from '@notary/cli';
import { usageHint } from '@notary/cli';
import { gcCommand } from './commands/gc/spec.ts';
import { serveCommand } from './commands/serve/spec.ts';
import { versionCommand } from './commands/version/spec.ts';
import type { AppDeps } from './deps.ts';

export const rootCommand: Command<AppDeps> = {
  name: 'notary-registry',
  short: 'An OCI registry that keeps its data in OCI image layouts',
  commands: [serveCommand, gcCommand, versionCommand],
};

export const program: Program<AppDeps> = { root: rootCommand, fail };

/** `error:` and, where the fault knows how to mend itself, `hint:` on standard error. Wrong usage ends with 2, all else with 1. */
function fail(failure: Failure, { terminal }: AppDeps): number {
  const { error } = failure;
  terminal.err(`error: ${error instanceof Error ? error.message : String(error)}\n${usageHint(failure)}`);
  if (!isFault(error)) return 1;
  if (error.remedy !== undefined) terminal.err(`hint: ${error.remedy.text}\n`);
  return error.category === 'usage' ? 2 : 1;
}
