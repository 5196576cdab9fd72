// SPDX-License-Identifier: Apache-2.0
/** The table of `notation`, and what happens around every command. */
import { type Command, type Failure, type Invocation, type Program, printable, usageHint } from '@notary/cli';
import { blobCommand } from './commands/blob/spec.ts';
import { certificateCommand } from './commands/certificate/spec.ts';
import { explainCommand } from './commands/explain/spec.ts';
import { inspectCommand } from './commands/inspect/spec.ts';
import { keyCommand } from './commands/key/spec.ts';
import { listCommand } from './commands/list/spec.ts';
import { loginCommand } from './commands/login/spec.ts';
import { logoutCommand } from './commands/logout/spec.ts';
import { policyCommand } from './commands/policy/spec.ts';
import { signCommand } from './commands/sign/spec.ts';
import { verifyCommand } from './commands/verify/spec.ts';
import { versionCommand } from './commands/version/spec.ts';
import type { AppDeps } from './deps.ts';

/** Every command, in the order in which the reference adds them: similar names are suggested in this order. */
export const rootCommand: Command<AppDeps> = {
  name: 'notation',
  short: 'Notation - a tool to sign and verify artifacts',
  commands: [
    blobCommand,
    signCommand,
    verifyCommand,
    listCommand,
    certificateCommand,
    policyCommand,
    keyCommand,
    loginCommand,
    logoutCommand,
    versionCommand,
    inspectCommand,
    explainCommand,
  ],
};

/** The program for one environment. */
export function createProgram(deps: Pick<AppDeps, 'environment'>): Program<AppDeps> {
  return { root: rootCommand, experimental: isExperimental(deps), preRun, fail };
}

const isExperimental = ({ environment }: Pick<AppDeps, 'environment'>): boolean => environment.get('NOTATION_EXPERIMENTAL') === '1';

async function preRun(invocation: Invocation, deps: AppDeps): Promise<void> {
  deps.forgetCredentials();
  const { flags } = invocation.command;
  const used = Object.keys(flags ?? {}).filter((name) => flags?.[name]?.experimental && invocation.changed.has(name));
  if (used.length === 0) return;
  if (!isExperimental(deps)) {
    const { faults } = await import('./faults.ts');
    throw faults.EXPERIMENTAL({ flags: used, path: invocation.path });
  }
  deps.terminal.err(
    'Warning: This feature is experimental and may not be fully tested or completed and may be deprecated. Report any issues to "https://github/notaryproject/notation"\n',
  );
}

/** `Error: <message>` on standard error, as the reference prints it; with `--json` the whole fault on standard output too. */
async function fail(failure: Failure, deps: AppDeps): Promise<number> {
  const { error } = failure;
  if (wantsJson(failure)) {
    const { printFailure } = await import('./json.ts');
    printFailure(deps.terminal, failure);
  }
  deps.terminal.err(`Error: ${printable(error instanceof Error ? error.message : String(error), 'lines')}\n${usageHint(failure)}`);
  return 1;
}

const wantsJson = ({ invocation, argv, command }: Failure): boolean =>
  invocation === undefined ? command.flags?.json !== undefined && argv.includes('--json') : invocation.options.json === true;
