#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `notation`: from the command line to the exit code. The only place that ends the process. */
import { runProgram } from '@notary/cli';
import { endBySignal } from '@notary/platform';
import { compose } from './compose.ts';
import { createProgram } from './program.ts';

const INTERRUPTED = 1; // the reference ends with 1 whatever happened
const GRACE_MS = 200; // for a command to remove what it staged; people take this for at once

const interruption = new AbortController();
process.on('SIGINT', () => {
  // The second time, or where a command does not notice, nothing is waited for.
  if (interruption.signal.aborted) process.exit(INTERRUPTED);
  interruption.abort(new Error('interrupted'));
  setTimeout(() => process.exit(INTERRUPTED), GRACE_MS).unref();
});

// Not in the reference, which leaves half-written files behind; whoever sent the signal still sees that it ended the program.
for (const name of ['SIGTERM', 'SIGHUP'] as const) process.on(name, () => endBySignal(name));

/** Not a top-level await: bytecode is compiled from scripts, which have none. */
async function main(): Promise<void> {
  const deps = compose(interruption.signal);
  const code = await runProgram(createProgram(deps), process.argv.slice(2), deps);
  await deps.terminal.flush();
  process.exit(code);
}

// What gets here is no failure of a command: a stream that cannot be written, a bug. The runtime would print its own source.
main().catch((e: unknown) => {
  process.stderr.write(`Error: ${e instanceof Error ? e.message : String(e)}\n`);
  process.exit(1);
});
