// SPDX-License-Identifier: Apache-2.0
/** Servers' command lines: which command runs, what goes to which stream, and with which code they end. */
import { defineFaults } from '@notary/base';
import { type GoProgram, goCommand, runGoProgram, versionLine } from '@notary/cli/go-flag';
import { createFakeTerminal } from '@notary/testkit';
import { describe, expect, it } from 'vitest';

const faults = defineFaults('GO_PROGRAM_TEST', {
  BROKEN: { category: 'usage', say: (_: object) => 'it is broken', remedy: () => ({ text: 'mend it', command: ['mend', 'a b'] }) },
});

const program: GoProgram = {
  name: 'server',
  about: '\nCommands:\n  server\n',
  version: () => 'server Version: 1',
  commands: [
    goCommand([], { config: { type: 'string', usage: 'a file' }, version: { type: 'bool', usage: 'the version' } }, async (o) => {
      if (o.config === 'broken') throw faults.BROKEN({});
      return o.config === '' ? 7 : 0;
    }),
    goCommand(['storage', 'copy'], { to: { type: 'string', usage: 'where' } }, async (o, args) =>
      o.to === 'x' && args[0] === 'y' ? 5 : 6,
    ),
  ],
};

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = createFakeTerminal();
  return { code: await runGoProgram(program, argv, terminal), out: terminal.stdout, err: terminal.stderr };
}

describe('a program in Go’s dialect', () => {
  it('runs the command that its words name, and serves without any', async () => {
    expect(await run()).toEqual({ code: 7, out: '', err: '' });
    expect(await run('-config', 'f')).toMatchObject({ code: 0 });
    expect(await run('storage', 'copy', '-to', 'x', 'y')).toMatchObject({ code: 5 });
    expect(await run('-version', '-config', 'broken')).toEqual({ code: 0, out: 'server Version: 1\n', err: '' });
  });

  it('says its version in the words of the reference', () => {
    expect(versionLine('server', '1.2.3', 'Bun 9')).toBe('server Version: 1.2.3, Runtime: Bun 9');
  });

  it('says what is wrong with a command line on standard error, and shows help on standard output', async () => {
    expect(await run('storage', 'cpoy')).toEqual({ code: 2, out: '', err: 'unknown command: storage\n\nCommands:\n  server\n' });
    const unknown = await run('-nothing');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toMatch(/^flag provided but not defined: -nothing\nusage: server\n {2}-config string\n/);
    expect(await run('-help')).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^usage: server\n/) });
  });

  it('names one cause and one remedy, its command as a shell takes it', async () => {
    expect(await run('-config', 'broken')).toEqual({ code: 1, out: '', err: "error: it is broken\nhint: mend it: mend 'a b'\n" });
  });

  it('fails where its output does not arrive, at once or when it is waited for', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    const reject = (): never => {
      throw full;
    };
    for (const broken of [{ out: reject }, { flush: () => Promise.reject(full) }]) {
      const terminal = createFakeTerminal();
      const code = await runGoProgram(program, ['-version'], { ...terminal, err: terminal.err, ...broken });
      expect([code, terminal.stderr]).toEqual([1, 'error: cannot write to standard output: ENOSPC: no space left on device, write\n']);
    }
  });
});
