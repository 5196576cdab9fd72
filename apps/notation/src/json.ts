// SPDX-License-Identifier: Apache-2.0
/** The JSON form of results: one schema for all commands, versioned as a whole. */
import type { Terminal } from '@notary/base';
import type { Failure } from '@notary/cli';
import { envelope, failureEnvelope, writeJson } from '@notary/cli/terminal';

/** A change that breaks readers raises the number; new members do not. */
export const SCHEMA = 'notation/v1';

type Result = Readonly<Record<string, unknown>>;

/** Prints the result of the command at `path`. */
export function printResult(terminal: Terminal, path: string, result: Result): void {
  writeJson(terminal, envelope(SCHEMA, { command: commandOf(path), ...result }));
}

/** Prints a failure: code, category, message, facts, remedy and the attempts behind it. */
export function printFailure(terminal: Terminal, failure: Failure): void {
  const { schema, ...rest } = failureEnvelope(SCHEMA, failure.error);
  writeJson(terminal, { schema, command: commandOf(failure.path), ...rest });
}

/** `notation blob sign` is `blob sign`. */
const commandOf = (path: string): string => path.split(' ').slice(1).join(' ');
