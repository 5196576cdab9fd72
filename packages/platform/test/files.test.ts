// SPDX-License-Identifier: Apache-2.0
/** What the contract cannot say of files in memory: crashes, other processes, permissions, odd files. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8, toUtf8 } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, usePrograms, waitFor } from './child.ts';

const { startChild } = usePrograms();
const { files } = createPlatform();
const isRoot = process.getuid?.() === 0;
let root: string;
beforeEach(async () => {
  root = await files.makeTemporaryDirectory('notary-files-');
});
afterEach(() => files.removeTree(root));

describe('locks between processes', () => {
  const take = async (path: string) => {
    const child = startChild('terminal', ['lock', path]);
    child.stdin?.end();
    await waitFor(child, 'locked');
    return child;
  };

  it('waits for a holder that is alive, and takes over from one that was killed', async () => {
    const path = join(root, 'lock');
    const child = await take(path);
    await expect(files.lock(path, 100)).rejects.toMatchObject({ code: 'FILES_LOCKED', facts: { holder: `process ${child.pid}` } });
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    expect(existsSync(path)).toBe(true);
    const lock = await files.lock(path, 0);
    await lock.release();
    expect(readdirSync(root)).toEqual([]);
  });

  it('lets one of many take over from the dead', async () => {
    const path = join(root, 'lock');
    const child = await take(path);
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await files.lock(path, 10_000);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
    expect(readdirSync(root)).toEqual([]);
  });

  it('does not take a process with a used number for the holder', async () => {
    const path = join(root, 'lock');
    const lock = await files.lock(path, 0);
    const text = JSON.parse(fromUtf8((await files.read(path, 4_096)) ?? new Uint8Array(0)));
    await lock.release();
    if (process.platform !== 'linux') return;
    writeFileSync(path, JSON.stringify({ ...text, start: '1' }));
    await (await files.lock(path, 0)).release();
  });

  it('asks the time where it cannot ask the process: another machine or container', async () => {
    const path = join(root, 'lock');
    const foreign = JSON.stringify({ pid: 1, start: '1', machine: 'elsewhere', id: 'x' });
    writeFileSync(path, foreign);
    await expect(files.lock(path, 0)).rejects.toMatchObject({ code: 'FILES_LOCKED' });
    const long = new Date(Date.now() - 120_000);
    utimesSync(path, long, long);
    await (await files.lock(path, 0)).release();
  });

  it('gives a file that is no lock of ours the benefit of some seconds', async () => {
    const path = join(root, 'lock');
    writeFileSync(path, 'not JSON');
    await expect(files.lock(path, 0)).rejects.toMatchObject({ code: 'FILES_LOCKED', facts: { holder: 'unknown' } });
    const long = new Date(Date.now() - 10_000);
    utimesSync(path, long, long);
    await (await files.lock(path, 0)).release();
  });

  it('gets past a guard whose owner died', async () => {
    const path = join(root, 'lock');
    const long = new Date(Date.now() - 120_000);
    for (const name of [path, `${path}.guard`]) {
      writeFileSync(name, JSON.stringify({ pid: 1, start: '1', machine: 'elsewhere', id: 'x' }));
      utimesSync(name, long, long);
    }
    await (await files.lock(path, 1_000)).release();
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('interrupted writes', () => {
  it('leave the old file when the process is killed', async () => {
    const path = join(root, 'key');
    await files.writeAtomic(path, toUtf8('old'), { mode: 0o600 });
    const child = startChild('terminal', ['write', path]);
    child.stdin?.end();
    await waitFor(child, 'chunk');
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    expect(fromUtf8((await files.read(path, 100)) ?? new Uint8Array(0))).toBe('old');
    const strays = readdirSync(root).filter((name) => name !== 'key');
    expect(strays.every((name) => name.startsWith('.staged-'))).toBe(true);
  });

  it('leave nothing behind when the target cannot be written', async () => {
    mkdirSync(join(root, 'target', 'full'), { recursive: true });
    await expect(files.writeAtomic(join(root, 'target'), toUtf8('x'), { mode: 0o600 })).rejects.toMatchObject({
      code: expect.stringMatching(/^FILES_/),
    });
    expect(readdirSync(root)).toEqual(['target']);
  });

  it('replace a link, not what it points to', async () => {
    await files.writeAtomic(join(root, 'real'), toUtf8('real'), { mode: 0o600 });
    execFileSync('ln', ['-s', join(root, 'real'), join(root, 'link')]);
    await files.writeAtomic(join(root, 'link'), toUtf8('new'), { mode: 0o600 });
    expect(fromUtf8((await files.read(join(root, 'real'), 100)) ?? new Uint8Array(0))).toBe('real');
    expect((await files.stat(join(root, 'link')))?.kind).toBe('file');
  });
});

describe('permissions', () => {
  it.skipIf(isRoot)('that deny are a fault of their own', async () => {
    await files.writeAtomic(join(root, 'a'), toUtf8('x'), { mode: 0o000 });
    await expect(files.read(join(root, 'a'), 10)).rejects.toMatchObject({
      code: 'FILES_DENIED',
      message: `open ${join(root, 'a')}: permission denied`,
    });
  });
});

describe('odd files', () => {
  it('are bounded though their size says nothing', async () => {
    if (process.platform !== 'linux') return;
    await expect(files.read('/dev/zero', 10_000)).rejects.toMatchObject({ code: 'FILES_TOO_LARGE' });
    expect(fromUtf8((await files.read('/proc/self/status', 100_000)) ?? new Uint8Array(0))).toContain('Name:');
    expect((await files.stat('/dev/null'))?.kind).toBe('other');
  });

  it('are named in the words of Go', async () => {
    await expect(files.rename(join(root, 'none'), join(root, 'x'))).rejects.toThrow(
      `rename ${join(root, 'none')}: no such file or directory`,
    );
    await expect(files.read(root, 10)).rejects.toThrow(`read ${root}: is a directory`);
    await expect(files.read(`${root}/a\0b`, 10)).rejects.toMatchObject({ code: 'FILES_FAILED' });
  });
});
