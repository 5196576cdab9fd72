// SPDX-License-Identifier: Apache-2.0
/** `help [command]`. */
import { descend, findCommand } from '../find.ts';
import type { ProgramDeps } from '../program.ts';
import type { Command, Program } from '../table.ts';
import { helpText, usageText } from './help.ts';

/** Prints the help of the command that `args` name; for an unknown one the root's usage on standard error. Exit code 0 either way. */
export async function runHelp<D extends ProgramDeps>(
  program: Program<D>,
  root: Command<D>,
  args: readonly string[],
  deps: D,
): Promise<number> {
  const experimental = program.experimental === true;
  const found = await findCommand(root, args).catch(() => undefined);
  if (found === undefined) {
    const topics = args.map((a) => (a.includes('`') ? JSON.stringify(a) : `\`${a}\``)).join(' ');
    deps.terminal.err(`Unknown help topic [${topics}]\n${usageText([root], { experimental, withoutHelpFlag: true })}`);
    return 0;
  }
  const { chain, command } = descend(root, args);
  const computed = await command.defaults?.(deps);
  deps.terminal.out(helpText(chain, { experimental, ...(computed ? { computed } : {}) }));
  return 0;
}
