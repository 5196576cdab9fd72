// SPDX-License-Identifier: Apache-2.0
import type { Environment, Terminal } from '@notary/base';

export interface FakeTerminal extends Terminal {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** A terminal that remembers what was written; `input` is what standard input holds. */
export function fakeTerminal(options: { input?: string; isTerminal?: boolean } = {}): FakeTerminal {
  let out = '';
  let err = '';
  let left = options.input ?? '';
  const isTerminal = options.isTerminal ?? false;
  const line = async (): Promise<string | undefined> => {
    if (left === '') return undefined;
    const at = left.indexOf('\n');
    const text = at < 0 ? left : left.slice(0, at);
    left = at < 0 ? '' : left.slice(at + 1);
    return text;
  };
  return {
    stdinIsTerminal: isTerminal,
    stdoutIsTerminal: isTerminal,
    stderrIsTerminal: isTerminal,
    columns: 80,
    out(text) {
      out += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    err(text) {
      err += text;
    },
    readLine: line,
    readSecret: line,
    async readAll() {
      const all = left;
      left = '';
      return new TextEncoder().encode(all);
    },
    async flush() {},
    stdout: () => out,
    stderr: () => err,
  };
}

export const fakeEnvironment = (variables: Readonly<Record<string, string>> = {}): Environment => ({ get: (name) => variables[name] });
