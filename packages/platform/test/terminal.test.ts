// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { recordSkip } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { ended, usePrograms, waitFor } from './child.ts';

const { bundled, runChild, runOnTerminal, startChild } = usePrograms();

describe('piped streams', () => {
  it('writes text and bytes to both', async () => {
    expect(await runChild('terminal', ['echo'])).toMatchObject({ stdout: 'out 1\nout 2\n', stderr: 'err 1\nerr 2\n', code: 0 });
  });

  it('loses nothing when the reader is slow', async () => {
    const child = startChild('terminal', ['large']);
    child.stdin?.end();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { stdout, code } = await ended(child);
    expect([stdout.length, code]).toEqual([2_048_000, 0]);
    expect(stdout.slice(-5)).toBe('1999\n');
  });

  it('reads lines, then everything after them', async () => {
    const { stdout } = await runChild('terminal', ['lines'], 'one\r\ntwo\nthree\nrest\nmore');
    expect(stdout).toBe('["one","two","three"]\nrest\nmorenull\n');
    expect((await runChild('terminal', ['lines'], '')).stdout).toBe('[null,null,null]\nnull\n');
  });

  it('is no terminal', async () => {
    expect((await runChild('terminal', ['kinds'])).stdout).toBe('[false,false,false,80]\n');
  });

  it('ends in silence when nobody reads any more', async () => {
    const program = `'${process.execPath}' '${bundled('terminal')}' broken`;
    const { stdout, stderr } = spawnSync('sh', ['-c', `{ ${program}; echo "code $?" >&2; } | head -n 1`], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect([stdout, stderr]).toEqual(['y\n', 'code 141\n']);
  });

  it('does not wait for input that never comes', async () => {
    const child = startChild('terminal', ['unread']);
    expect(await ended(child)).toMatchObject({ stdout: 'not waiting for input\n', code: 0 });
  });

  it('hears signals, and lets go of them', async () => {
    const child = startChild('terminal', ['signals']);
    child.stdin?.end();
    await waitFor(child, 'ready');
    const end = ended(child);
    // Two signals that wait together arrive in either order.
    const heard = waitFor(child, 'SIGHUP');
    child.kill('SIGHUP');
    await heard;
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ stdout: 'SIGHUP\nSIGTERM\n', code: 0 });
  });
});

const hasScript = spawnSync('script', ['--version']).status === 0;
if (!hasScript) recordSkip('script', 'util-linux script is not here: nothing gives the tests a terminal');

describe.skipIf(!hasScript)('a terminal', () => {
  it('is one', async () => {
    expect((await runOnTerminal('terminal', ['kinds'], [])).stdout).toMatch(/\[true,true,true,\d+\]/);
  });

  it('does not show a secret, and goes on with lines', async () => {
    const dialogue = [
      { after: 'Password: ', type: 'hunterx\x7f2é\r' },
      { after: 'Name: ', type: 'alice\r' },
    ];
    const { stdout } = await runOnTerminal('terminal', ['secret'], dialogue);
    expect(stdout).toContain('got "hunter2é"');
    expect(stdout).toContain('then "alice"');
    expect(stdout.replaceAll(/got "[^"]*"/g, '')).not.toContain('hunter');
  });

  it('takes Ctrl-D for the end and Ctrl-U for a new start', async () => {
    expect(
      (
        await runOnTerminal(
          'terminal',
          ['secret'],
          [
            { after: 'Password: ', type: '\x04' },
            { after: 'Name: ', type: 'x\r' },
          ],
        )
      ).stdout,
    ).toContain('got null');
    const redone = await runOnTerminal(
      'terminal',
      ['secret'],
      [
        { after: 'Password: ', type: 'wrong\x15right\r' },
        { after: 'Name: ', type: '\x04' },
      ],
    );
    expect(redone.stdout).toContain('got "right"');
    expect(redone.stdout).toContain('then null');
  });

  it('is stopped by Ctrl-C', async () => {
    const { stdout, code } = await runOnTerminal('terminal', ['secret'], [{ after: 'Password: ', type: 'abc\x03' }]);
    expect(code).not.toBe(0);
    expect(stdout).not.toContain('got');
  });
});
