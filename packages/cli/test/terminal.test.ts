// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { cliFaults } from '../src/index.ts';
import { askSecret, confirm, createProgress, createStyle, envelope, failureEnvelope, writeJson } from '../src/terminal/index.ts';
import { fakeEnvironment, fakeTerminal } from './fakes.ts';

describe('questions', () => {
  it.each([
    ['y\n', 'yes'],
    ['YES\n', 'yes'],
    [' y\n', 'no'],
    ['yep\n', 'no'],
    ['\n', 'no'],
    ['', 'ended'],
  ])('answer %j is %s', async (input, answer) => {
    const terminal = fakeTerminal({ input });
    expect(await confirm(terminal, 'Sure?')).toBe(answer);
    expect(terminal.stdout()).toBe('Sure? [y/N] ');
  });
  it('a secret is asked for on standard error and never shown', async () => {
    const terminal = fakeTerminal({ input: 'hidden\n' });
    const secret = await askSecret(terminal, { prompt: 'Passphrase: ', what: 'passphrase' });
    expect(secret.reveal()).toBe('hidden');
    expect(terminal.stdout() + terminal.stderr()).toBe('Passphrase: ');
  });
  it('echo is off before a secret is asked for: who answers at once is not shown', async () => {
    const calls: string[] = [];
    const terminal = {
      ...fakeTerminal(),
      err: (text: string) => void calls.push(text),
      readSecret() {
        calls.push('echo off');
        return Promise.resolve('hidden');
      },
    };
    await askSecret(terminal, { prompt: 'Passphrase: ', what: 'passphrase' });
    expect(calls).toEqual(['echo off', 'Passphrase: ']);
  });
  it('the end of input is a failure, not a wait', async () => {
    await expect(askSecret(fakeTerminal(), { prompt: '', what: 'passphrase' })).rejects.toMatchObject({ code: 'CLI_INPUT_ENDED' });
  });
});

describe('colours and progress', () => {
  it('colour needs a terminal, and NO_COLOR and dumb terminals turn it off', () => {
    expect(createStyle(true, fakeEnvironment()).red('x')).toBe('\x1b[31mx\x1b[39m');
    expect(createStyle(false, fakeEnvironment()).red('x')).toBe('x');
    expect(createStyle(true, fakeEnvironment({ NO_COLOR: '1' })).red('x')).toBe('x');
    expect(createStyle(true, fakeEnvironment({ TERM: 'dumb' })).red('x')).toBe('x');
  });
  it('progress is silent without a terminal, and in the first moments with one', () => {
    let now = 0;
    const clock = { now: () => new Date(now), sleep: async () => {} };
    const plain = fakeTerminal();
    const silent = createProgress(plain, clock);
    now = 10_000;
    silent.update('x');
    silent.done();
    expect(plain.stderr()).toBe('');
    now = 0;
    const terminal = fakeTerminal({ isTerminal: true });
    const progress = createProgress(terminal, clock);
    progress.update('soon');
    expect(terminal.stderr()).toBe('');
    now = 1000;
    progress.update('later');
    progress.done();
    expect(terminal.stderr()).toBe('\r\x1b[2Klater\r\x1b[2K');
  });
});

describe('JSON output', () => {
  it('names its schema and holds failures as faults', () => {
    const terminal = fakeTerminal();
    writeJson(terminal, envelope('tool/v1', { size: 5n }));
    writeJson(terminal, failureEnvelope('tool/v1', cliFaults.FLAG_UNKNOWN({ flag: 'x' })));
    expect(terminal.stdout()).toContain('"size": 5');
    expect(terminal.stdout()).toContain('"code": "CLI_FLAG_UNKNOWN"');
  });
});
