// SPDX-License-Identifier: Apache-2.0
/** A server's command line: one command without a name, which serves, and a few that are named, all in Go's `flag` dialect. */
import { isFault, type Terminal } from '@notary/base';
import type { Flags, OptionsOf } from '../table.ts';
import { goFlagDefaults, parseGoFlags } from './parse.ts';

/** Go's flag package: 2 for a command line that cannot be read. */
const EXIT_USAGE = 2;

/** A command with its flags. */
export interface GoCommand {
  /** Words that lead to it, none for the one that serves. */
  readonly words: readonly string[];
  start(argv: readonly string[], program: GoProgram, terminal: Terminal): Promise<number>;
}

/** A program in the dialect of Go's `flag` package: one that serves, and commands beside it. */
export interface GoProgram {
  readonly name: string;
  /** The list of commands that stands below the flags. */
  readonly about: string;
  /** The line of `-version`. */
  readonly version: () => string;
  /** The one that serves first. */
  readonly commands: readonly GoCommand[];
}

/** What `-version` says: the shape of the reference's line, with the runtime where that has the commit. */
export const versionLine = (program: string, version: string, runtime: string): string =>
  `${program} Version: ${version}, Runtime: ${runtime}`;

/** Ties flags to what runs with them; `run` resolves to the exit code. */
export function goCommand<F extends Flags>(
  words: readonly string[],
  flags: F,
  run: (options: OptionsOf<F>, args: readonly string[]) => Promise<number>,
): GoCommand {
  return {
    words,
    async start(argv, program, terminal) {
      const parsed = parseGoFlags(flags, argv);
      if (parsed.kind === 'parsed') {
        if (words.length > 0) return run(parsed.options, parsed.args);
        if ((parsed.options as { version?: boolean }).version === true) {
          terminal.out(`${program.version()}\n`);
          return 0;
        }
        if (parsed.args.length === 0) return run(parsed.options, []);
        terminal.err(`unknown command: ${parsed.args[0]}\n${program.about}`);
        return EXIT_USAGE;
      }
      const usage = `usage: ${program.name}\n${goFlagDefaults(flags)}${program.about}`;
      if (parsed.kind === 'help') terminal.out(usage);
      else terminal.err(`${parsed.message}\n${usage}`);
      return parsed.kind === 'help' ? 0 : EXIT_USAGE;
    },
  };
}

/** Runs a program and returns its exit code, once all it wrote has left the process. Never throws. */
export async function runGoProgram(program: GoProgram, argv: readonly string[], terminal: Terminal): Promise<number> {
  const [serve, ...named] = program.commands;
  const command = named.find(({ words }) => words.every((word, i) => argv[i] === word)) ?? (serve as GoCommand);
  let code: number;
  try {
    code = await command.start(argv.slice(command.words.length), program, terminal);
  } catch (e) {
    code = await fail(e, terminal);
  }
  try {
    await terminal.flush();
  } catch (e) {
    return fail(e, terminal);
  }
  return code;
}

/** One cause and one remedy. */
async function fail(e: unknown, terminal: Terminal): Promise<number> {
  const { remedyText } = await import('../failure.ts');
  const hint = isFault(e) && e.remedy !== undefined ? `hint: ${remedyText(e.remedy)}\n` : '';
  const where = (e as { syscall?: unknown } | undefined)?.syscall === 'write' ? 'cannot write to standard output: ' : '';
  terminal.err(`error: ${where}${e instanceof Error ? e.message : String(e)}\n${hint}`);
  return 1;
}
