// SPDX-License-Identifier: Apache-2.0
/** Reads the command line and runs one command. */
import { isFault } from '@notary/base';
import type { Flags, OptionsOf } from '@notary/cli';
import { goFlagDefaults, parseGoFlags } from '@notary/cli/go-flag';
import { versionLine } from './build-info.ts';
import { COMMANDS, reencryptFlags, serveFlags } from './flags.ts';

const out = (text: string): boolean => process.stdout.write(text);
const err = (text: string): boolean => process.stderr.write(text);

/** Go's flag package: 2 for a command line that cannot be read. */
const EXIT_USAGE = 2;

/** Runs the program and returns its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    if (argv[0] === 'reencrypt') {
      return await command(reencryptFlags, argv.slice(1), async (o, a) => (await import('./commands/reencrypt.ts')).runReencrypt(o, a));
    }
    return await command(serveFlags, argv, serve);
  } catch (e) {
    err(`error: ${e instanceof Error ? e.message : String(e)}\n`);
    if (isFault(e) && e.remedy !== undefined) err(`hint: ${e.remedy.text}\n`);
    return 1;
  }
}

async function serve(options: OptionsOf<typeof serveFlags>, args: readonly string[]): Promise<number> {
  if (options.version) {
    out(`${versionLine('notary-signer')}\n`);
    return 0;
  }
  if (args.length > 0) {
    err(`unknown command: ${args[0]}\n${COMMANDS}`);
    return EXIT_USAGE;
  }
  return (await import('./commands/serve.ts')).runServe(options);
}

async function command<F extends Flags>(
  flags: F,
  argv: readonly string[],
  action: (options: OptionsOf<F>, args: readonly string[]) => Promise<number>,
): Promise<number> {
  const parsed = parseGoFlags(flags, argv);
  if (parsed.kind === 'parsed') return action(parsed.options, parsed.args);
  if (parsed.kind === 'error') err(`${parsed.message}\n`);
  (parsed.kind === 'help' ? out : err)(`usage: notary-signer\n${goFlagDefaults(flags)}${COMMANDS}`);
  return parsed.kind === 'help' ? 0 : EXIT_USAGE;
}
