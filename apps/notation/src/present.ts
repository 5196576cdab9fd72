// SPDX-License-Identifier: Apache-2.0
/** Between a command and the streams: results as text or JSON, warnings on standard error, confirmations. */
import type { Fault } from '@notary/base';
import { type CommandModule, type Flags, failPlainly, type Invocation, printable } from '@notary/cli';
import type { AppDeps } from './deps.ts';

/**
 * The data of a command's result, for `--json`. `exitCode` is taken out of it. A `failure` ends the command like a thrown fault, but
 * with the rest of the result printed: `error` in JSON, the reference's last line on standard error.
 */
export type Result = Readonly<Record<string, unknown>> & { readonly exitCode?: number; readonly failure?: Fault | undefined };

/** What a running command may say. */
export interface Report {
  /** A piece of the text form, newline included where there is one. Nothing with `--json`. */
  text(text: string | Uint8Array): void;
  /** A line on standard error, in both forms. */
  warn(line: string): void;
  /** Text on standard error, newlines included, in both forms. */
  stderr(text: string): void;
  /** Asks `<question> [y/N]`. False when the user declines or there is no more input: the command then ends without doing anything. */
  confirm(question: string): Promise<boolean>;
}

/** What a command does: options and dependencies to a result. */
export type Execute<F extends Flags> = (invocation: Invocation<F>, deps: AppDeps, report: Report) => Promise<Result>;

/** Makes a command's module of what it does. */
export function command<F extends Flags>(
  execute: Execute<F>,
  preRun?: (invocation: Invocation<F>, deps: AppDeps) => void | Promise<void>,
): CommandModule<AppDeps> {
  return {
    ...(preRun ? { preRun } : {}),
    async run(invocation, deps) {
      const isJson = invocation.options.json === true;
      const report = createReport(deps, isJson);
      const { exitCode = 0, failure: thrown, ...result } = await execute(invocation, deps, report);
      const failure = thrown && (await import('./remedies.ts')).withCommand(thrown);
      if (isJson) {
        const { printResult } = await import('./json.ts');
        printResult(deps.terminal, invocation.path, failure ? { ...result, error: failure.toJSON() } : result);
      }
      return failure === undefined ? exitCode : failPlainly({ error: failure, path: invocation.path }, deps, report.told());
    },
  };
}

function createReport({ terminal }: AppDeps, isJson: boolean): Report & { told(): string } {
  let told = '';
  const toPeople = (text: string | Uint8Array): void => {
    if (!isJson) terminal.out(typeof text === 'string' ? printable(text, 'lines') : text);
  };
  return {
    told: () => told,
    text: toPeople,
    warn: (line) => terminal.err(`${printable(line, 'lines')}\n`),
    stderr(text) {
      const shown = printable(text, 'lines');
      if (shown !== '') terminal.err(shown);
      told += shown;
    },
    async confirm(question) {
      const { confirm } = await import('@notary/cli/terminal');
      const answer = await confirm(
        isJson ? { ...terminal, out: (t) => terminal.err(String(t)), readLine: () => terminal.readLine() } : terminal,
        question,
      );
      if (answer === 'no') toPeople('Operation cancelled.\n');
      return answer === 'yes';
    },
  };
}

/** Lines with their newlines. */
export const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
