// SPDX-License-Identifier: Apache-2.0
/** What is printed about failures, and the data form of what every program has. */
import { Fault } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { type Command, failPlainly, type Program, type ProgramDeps, runProgram } from '../src/index.ts';
import { createProgress, remedyText } from '../src/terminal/index.ts';
import { fakeEnvironment, fakeTerminal } from './fakes.ts';

const fault = (remedy?: { text: string; command?: readonly string[] }): Fault =>
  new Fault({ code: 'TOOL_FACT', category: 'usage', message: 'it went wrong', remedy });

async function printed(error: unknown, told?: string, isTerminal = false): Promise<string> {
  const terminal = fakeTerminal({ isTerminal });
  expect(await failPlainly({ error, path: 'tool' }, { terminal, environment: fakeEnvironment() }, told)).toBe(1);
  return terminal.stderr();
}

describe('a failure', () => {
  it('says how to mend it first, and what went wrong last', async () => {
    expect(await printed(fault({ text: 'look', command: ['tool', 'list', 'a b', "it's"] }))).toBe(
      "Hint: look: tool list 'a b' 'it'\\''s'\nError: it went wrong\n",
    );
    expect(await printed(fault({ text: 'look' }), undefined, true)).toBe('\u001b[1mHint:\u001b[22m look\nError: it went wrong\n');
    expect(await printed(fault())).toBe('Error: it went wrong\n');
    expect(await printed('text')).toBe('Error: text\n');
  });
  it('does not repeat what was told before', async () => {
    expect(await printed(fault({ text: 'look' }), 'signature  reason\n           look\n')).toBe('Error: it went wrong\n');
  });
  it('moves no cursor, whatever stands in a remedy', () => {
    expect(remedyText({ text: 'a\u001b[2J\nb', command: ['\u202e'] })).toBe("a\\u001b[2J\\u000ab: '\\u202e'");
  });
});

describe('help, groups and completion scripts', () => {
  const printed: unknown[] = [];
  const root: Command<ProgramDeps> = {
    name: 'tool',
    globalFlags: { json: { type: 'bool', usage: 'as data', hidden: true } },
    commands: [{ name: 'group', short: 'A group', commands: [{ name: 'leaf', load: async () => ({ run: async () => undefined }) }] }],
  };
  const call = async (program: Program<ProgramDeps>, line: string): Promise<string> => {
    const terminal = fakeTerminal();
    await runProgram(program, line.split(' '), { terminal, environment: fakeEnvironment() });
    return terminal.stdout() + terminal.stderr();
  };
  it('are data for a program that can print it', async () => {
    const program = { root, printJson: (path: string, result: object) => void printed.push({ path, ...result }) };
    for (const line of ['group --json', 'help group --json', 'help nothing --json', 'completion fish --json', 'group leaf --help --json']) {
      await call(program, line);
    }
    expect(printed).toEqual([
      expect.objectContaining({ path: 'tool group', topic: 'tool group', commands: [{ name: 'leaf', short: undefined }], flags: [] }),
      expect.objectContaining({ path: 'tool help', topic: 'tool group', help: expect.stringContaining('Usage:') }),
      { path: 'tool help', unknownTopic: 'nothing' },
      expect.objectContaining({ path: 'tool completion fish', shell: 'fish' }),
      expect.objectContaining({ path: 'tool group leaf' }),
    ]);
  });
  it('are text for one that cannot', async () => {
    expect(await call({ root }, 'group --json')).toContain('Usage:');
    const { globalFlags: _, ...plain } = root;
    expect(await call({ root: plain }, 'group --json')).toBe('Error: unknown flag: --json\n');
  });
});

describe('progress', () => {
  it('shows the last word before a long step while that lasts, and nothing after its end', async () => {
    let now = 0;
    const due: (() => void)[] = [];
    const clock = { now: () => new Date(now), sleep: () => new Promise<void>((resolve) => due.push(resolve)) };
    const terminal = fakeTerminal({ isTerminal: true });
    const progress = createProgress(terminal, clock);
    progress.update('one');
    progress.update('two');
    now = 300;
    due.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(terminal.stderr()).toBe('\r\u001b[2Ktwo');
    progress.update('three');
    progress.done();
    for (const wake of due) wake();
    await Promise.resolve();
    await Promise.resolve();
    expect(terminal.stderr()).toBe('\r\u001b[2Ktwo\r\u001b[2K');
  });
  it('is not for terminals that cannot take it back', () => {
    const terminal = fakeTerminal({ isTerminal: true });
    const progress = createProgress(terminal, { now: () => new Date(0), sleep: async () => {} }, fakeEnvironment({ TERM: 'dumb' }));
    progress.update('x');
    progress.done();
    expect(terminal.stderr()).toBe('');
  });
});
