// SPDX-License-Identifier: Apache-2.0
/** The credential of a login: what was given, and questions for the rest. */
import { fromUtf8 } from '@notary/base';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';
import { limits } from '../../limits.ts';

export interface TypedCredential {
  readonly username: string;
  /** A token where the user name is empty. */
  readonly password: string;
}

/** All of standard input without its last line end. */
export async function passwordFromInput({ terminal }: Pick<AppDeps, 'terminal'>): Promise<string> {
  return fromUtf8(await terminal.readAll(limits.passwordBytes))
    .replace(/\n$/, '')
    .replace(/\r$/, '');
}

/** Where nobody can answer. */
const UNATTENDED = { text: 'give --username and --password-stdin, or set NOTATION_USERNAME and NOTATION_PASSWORD' };

/** Asks for what is missing, on standard output as the reference does; with `--json` on standard error. Faults: `CMD_USAGE`. */
export async function askCredential(deps: AppDeps, given: TypedCredential & { readonly json: boolean }): Promise<TypedCredential> {
  const { terminal } = deps;
  if (given.password !== '') return given;
  const say = (text: string): void => (given.json ? terminal.err(text) : terminal.out(text));
  let { username } = given;
  if (username === '') {
    say('Username: ');
    const line = await terminal.readLine();
    if (line === undefined) throw faults.USAGE({ message: 'error reading username: EOF' }, { remedy: UNATTENDED });
    username = line.trim();
  }
  const isToken = given.username === '' && username === '';
  // Echo is off before the question is seen: who answers that very moment is not shown.
  const typed = terminal.stdinIsTerminal ? terminal.readSecret() : undefined;
  say(isToken ? 'Token: ' : 'Password: ');
  const password = typed === undefined ? await passwordFromInput(deps) : ((await typed) ?? '');
  // On a terminal the port has ended the line.
  if (!terminal.stdinIsTerminal) say('\n');
  if (password === '') throw faults.USAGE({ message: isToken ? 'token required' : 'password required' }, { remedy: UNATTENDED });
  return { username, password };
}
