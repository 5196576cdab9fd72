// SPDX-License-Identifier: Apache-2.0
/** What people read about a failure, on standard error: how to mend it, then the line of the reference as the last. */
import { isFault, type Remedy } from '@notary/base';
import { printable } from './printable.ts';
import { type ProgramDeps, usageHint } from './program.ts';
import type { Failure } from './table.ts';
import { createStyle } from './terminal/style.ts';

/** Prints `Hint: <remedy>` where the failure has one that was not `told` before on standard error, then `Error: <message>` and, for an unknown command, where help is. */
export function printFailure(
  failure: Pick<Failure, 'error' | 'path'>,
  deps: Pick<ProgramDeps, 'terminal' | 'environment'>,
  told: string,
): void {
  const { error } = failure;
  const style = createStyle(deps.terminal.stderrIsTerminal, deps.environment);
  const remedy = isFault(error) && error.remedy ? remedyText(error.remedy) : '';
  const hint = remedy === '' || told.includes(remedy) ? '' : `${style.bold('Hint:')} ${remedy}\n`;
  deps.terminal.err(`${hint}Error: ${printable(error instanceof Error ? error.message : String(error), 'lines')}\n${usageHint(failure)}`);
}

/** A remedy as one line; its command stands at the end, as it can be pasted into a shell. */
export function remedyText({ text, command }: Remedy): string {
  return printable(command === undefined ? text : `${text}: ${command.map(shellWord).join(' ')}`);
}

const shellWord = (word: string): string => (/^[A-Za-z0-9_./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
