// SPDX-License-Identifier: Apache-2.0
/** The table of `notation`, and what happens around every command. */
import { type Command, type Failure, failPlainly, type Invocation, type Program } from '@notary/cli';
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
import { jsonFlags } from './flags.ts';

/** Every command, in the order in which the reference adds them: similar names are suggested in this order. */
export const rootCommand: Command<AppDeps> = {
  name: 'notation',
  short: 'Notation - a tool to sign and verify artifacts',
  // Hidden: the help of the groups and of the commands that every program has reads as the reference's.
  globalFlags: { json: { ...jsonFlags.json, hidden: true } },
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
  return { root: rootCommand, experimental: isExperimental(deps), preRun, fail, printJson };
}

const isExperimental = ({ environment }: Pick<AppDeps, 'environment'>): boolean => environment.get('NOTATION_EXPERIMENTAL') === '1';

async function preRun(invocation: Invocation, deps: AppDeps): Promise<void> {
  deps.forgetCredentials();
  const { flags } = invocation.command;
  const used: string[] = [];
  for (const name in flags) if (flags[name]?.experimental && invocation.changed.has(name)) used.push(name);
  if (used.length === 0) return;
  if (!isExperimental(deps)) {
    const { faults } = await import('./faults.ts');
    throw faults.EXPERIMENTAL({ flags: used, path: invocation.path });
  }
  deps.terminal.err(
    'Warning: This feature is experimental and may not be fully tested or completed and may be deprecated. Report any issues to "https://github/notaryproject/notation"\n',
  );
}

async function printJson(path: string, result: Readonly<Record<string, unknown>>, { terminal }: AppDeps): Promise<void> {
  (await import('./json.ts')).printResult(terminal, path, result);
}

/** Hint and message on standard error, the message as the reference prints it; with `--json` the whole fault on standard output too. */
async function fail(thrown: Failure, deps: AppDeps): Promise<number> {
  const failure = { ...thrown, error: (await import('./remedies.ts')).withCommand(thrown.error) };
  if (wantsJson(failure)) (await import('./json.ts')).printFailure(deps.terminal, failure);
  return failPlainly(failure, deps);
}

/** Where the words could not be read, the flag counts wherever it stands. */
const wantsJson = ({ invocation, argv }: Failure): boolean =>
  invocation === undefined ? argv.some((word) => /^--json(=(1|t|T|TRUE|true|True))?$/.test(word)) : invocation.options.json === true;
