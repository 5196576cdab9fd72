// SPDX-License-Identifier: Apache-2.0
/** `help [command]`. */
import { descend, findCommand } from '../find.ts';
import type { ProgramDeps } from '../program.ts';
import type { Command, Invocation, Program } from '../table.ts';
import { usageText } from './help.ts';
import { printHelp } from './print.ts';

/** Prints the help of the command that `args` name; for an unknown one the root's usage on standard error. Exit code 0 either way. */
export async function runHelp<D extends ProgramDeps>(
  program: Program<D>,
  root: Command<D>,
  { path, args, options }: Invocation,
  deps: D,
): Promise<number> {
  const experimental = program.experimental === true;
  const json = options.json === true;
  const found = await findCommand(root, args).catch(() => undefined);
  if (found === undefined) {
    const topics = args.map((a) => (a.includes('`') ? JSON.stringify(a) : `\`${a}\``)).join(' ');
    deps.terminal.err(`Unknown help topic [${topics}]\n${usageText([root], { experimental, withoutHelpFlag: true })}`);
    if (json) await program.printJson?.(path, { unknownTopic: args.join(' ') }, deps);
    return 0;
  }
  const { chain, command } = descend(root, args);
  const computed = await command.defaults?.(deps);
  await printHelp(program, chain, { path, computed, json }, deps);
  return 0;
}
