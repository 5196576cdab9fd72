// SPDX-License-Identifier: Apache-2.0
/** The JSON form of results: one schema for all commands, versioned as a whole. */
import type { Terminal } from '@notary/base';
import type { Failure, Invocation } from '@notary/cli';
import { envelope, failureEnvelope, writeJson } from '@notary/cli/terminal';

/** A change that breaks readers raises the number; new members do not. */
export const SCHEMA = 'notary/v1';

type Result = Readonly<Record<string, unknown>>;

/** Prints a command's result. */
export function printResult(terminal: Terminal, invocation: Invocation, result: Result): void {
  writeJson(terminal, envelope(SCHEMA, { command: commandOf(invocation.path), ...result }));
}

/** Prints a failure: code, category, message, facts, remedy and the attempts behind it. */
export function printFailure(terminal: Terminal, failure: Failure): void {
  const { schema, ...rest } = failureEnvelope(SCHEMA, failure.error);
  writeJson(terminal, { schema, command: commandOf(failure.path), ...rest });
}

/** `notary key list` is `key list`. */
const commandOf = (path: string): string => path.split(' ').slice(1).join(' ');
