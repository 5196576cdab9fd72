#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `notary`: from the command line to the exit code. The only place that ends the process. */
import { runProgram } from '@notary/cli';
import { endBySignal } from '@notary/platform';
import { compose } from './compose.ts';
import { program } from './program.ts';

// Half-written files and locks go first; whoever sent the signal sees that it ended the program, as with the reference.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => endBySignal(name));

/** Not a top-level await: bytecode is compiled from scripts, which have none. */
async function main(): Promise<void> {
  const deps = compose();
  const code = await runProgram(program, process.argv.slice(2), deps);
  await deps.terminal.flush();
  process.exit(code);
}

// What gets here is no failure of a command: a stream that cannot be written, a bug. The runtime would print its own source.
main().catch((e: unknown) => {
  process.stderr.write(`Error: ${e instanceof Error ? e.message : String(e)}\n`);
  process.exit(1);
});
