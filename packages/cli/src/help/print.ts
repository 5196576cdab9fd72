// SPDX-License-Identifier: Apache-2.0
/** Help as text, or as data for programs. */
import type { ProgramDeps } from '../program.ts';
import type { Command, Flag, Program } from '../table.ts';
import { helpText } from './help.ts';

export interface HelpCall {
  /** Of the command that was called: `tool help`, or the command itself with `--help`. */
  readonly path: string;
  readonly computed?: Readonly<Record<string, string>> | undefined;
  readonly json: boolean;
}

/** Prints the help of the last command of `chain`. */
export async function printHelp<D extends ProgramDeps>(
  program: Program<D>,
  chain: readonly Command<D>[],
  { path, computed, json }: HelpCall,
  deps: D,
): Promise<void> {
  const experimental = program.experimental === true;
  const text = helpText(chain, { experimental, ...(computed ? { computed } : {}) });
  if (json && program.printJson) await program.printJson(path, { ...describe(chain, experimental), help: text }, deps);
  else deps.terminal.out(text);
}

/** The commands below and the flags, as far as help shows them. */
function describe<D>(chain: readonly Command<D>[], experimental: boolean): Readonly<Record<string, unknown>> {
  const command = chain.at(-1) as Command<D>;
  const inherited = chain.slice(0, -1).map((c) => c.globalFlags);
  const flags: Readonly<Record<string, Flag>> = Object.assign({}, ...inherited, command.globalFlags, command.flags);
  return {
    topic: chain.map((c) => c.name).join(' '),
    ...(command.aliases ? { aliases: command.aliases } : {}),
    commands: (command.commands ?? []).filter((c) => !c.hidden).map(({ name, short }) => ({ name, short })),
    flags: Object.entries(flags)
      .filter(([, f]) => !f.hidden && (!f.experimental || experimental))
      .map(([name, { type, short, usage, required }]) => ({ name, type, short, usage, required: required === true })),
  };
}
