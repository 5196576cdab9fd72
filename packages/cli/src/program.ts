// SPDX-License-Identifier: Apache-2.0
/** From a command line to an exit code, in the reference's order of evaluation. Loads no command but the one that is called. */
import type { Environment, Terminal } from '@notary/base';
import { checkArguments, checkFlags } from './checks.ts';
import { descend, type Found, findCommand, knownFlags } from './find.ts';
import { parseFlags } from './pflag.ts';
import type { Failure, Invocation, Program } from './table.ts';

/** What every program hands to its commands, beside its own dependencies. */
export interface ProgramDeps {
  readonly terminal: Terminal;
  readonly environment: Environment;
}

/** How to mend the failure where that is known, and its message, on standard error; for an unknown command also where help is. A remedy within `told` is not repeated. */
export async function failPlainly(failure: Pick<Failure, 'error' | 'path'>, deps: ProgramDeps, told = ''): Promise<number> {
  const { printFailure } = await import('./failure.ts');
  printFailure(failure, deps, told);
  return 1;
}

/** `Run 'tool --help' for usage.` and a newline for a word that names no command of the root; else nothing. */
export function usageHint(failure: Pick<Failure, 'error' | 'path'>): string {
  const code = (failure.error as { code?: unknown } | undefined)?.code;
  return code === 'CLI_COMMAND_UNKNOWN' && !failure.path.includes(' ') ? `Run '${failure.path} --help' for usage.\n` : '';
}

/** Runs a program. Never throws: failures end in the program's `fail`. Resolves to the exit code. */
export async function runProgram<D extends ProgramDeps>(program: Program<D>, argv: readonly string[], deps: D): Promise<number> {
  const named = descend(program.root, argv);
  // `help` and `completion` are loaded where they can matter: words that name a command of the table lead past them.
  const root = named.chain.length > 1 ? program.root : (await import('./builtins.ts')).withBuiltins(program);
  let found: Found<D> = { command: root, chain: [root], path: root.name, words: argv };
  let invocation: Invocation | undefined;
  if (argv[0] === '__complete' || argv[0] === '__completeNoDesc') {
    const { runComplete } = await import('./completion/complete.ts');
    return runComplete(program, root, argv.slice(1), deps, argv[0] === '__complete' ? 'with' : 'without');
  }
  try {
    found = named.chain.length > 1 ? named : await findCommand(root, argv);
    const { command, chain, path } = found;
    const known = knownFlags(chain);
    const computed = await command.defaults?.(deps);
    const parsed = await parseFlags(known, found.words, { environment: deps.environment, ...(computed ? { computed } : {}) });
    if (parsed.help || command.load === undefined) {
      const { printHelp } = await import('./help/print.ts');
      await printHelp(program, chain, { path, computed, json: parsed.options.json === true }, deps);
      return 0;
    }
    const call: Invocation = { path, command, args: parsed.args, options: parsed.options, changed: parsed.changed };
    invocation = call;
    await checkArguments(command.args, call);
    await program.preRun?.(call, deps);
    const module = await command.load();
    await module.preRun?.(call, deps);
    checkFlags(command, known, call);
    return (await module.run(call, deps)) ?? 0;
  } catch (error) {
    const failure: Failure = { error, command: found.command, path: found.path, argv, invocation };
    return await (program.fail ?? failPlainly)(failure, deps);
  }
}
