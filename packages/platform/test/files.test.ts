// SPDX-License-Identifier: Apache-2.0
/** What the contract cannot say of files in memory: crashes, other processes, permissions, odd files. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8, toUtf8 } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { recordSkip } from '@notary/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, usePrograms, waitFor } from './child.ts';

const { startChild, runChild } = usePrograms();
const { files } = createPlatform();
const isRoot = process.getuid?.() === 0;
if (isRoot) recordSkip('a user with fewer rights', 'the tests run as root, whom no permission stops');
/** How long processes fight for a lock at least; STRESS_MS=60000 for a long look. */
const STRESS_MS = Number(process.env.STRESS_MS ?? 2_000);
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

  it('does not wait long for the content of an empty file: a lock appears with it', async () => {
    const path = join(root, 'lock');
    writeFileSync(path, '');
    await expect(files.lock(path, 0)).rejects.toMatchObject({ code: 'FILES_LOCKED' });
    const startedAt = performance.now();
    await (await files.lock(path, 5_000)).release();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(readdirSync(root)).toEqual([]);
  });

  it('gets past takers that died while they took the lock of a dead holder', async () => {
    const path = join(root, 'lock');
    const long = new Date(Date.now() - 120_000);
    const dead = (name: string, id: string): void => {
      writeFileSync(join(root, name), JSON.stringify({ pid: 1, start: '1', machine: 'elsewhere', id }));
      utimesSync(join(root, name), long, long);
    };
    dead('lock', 'x');
    dead('lock.break-x', 'y');
    dead('lock.break-x.break-y', 'z');
    // Its owner died after it had removed what it might.
    dead('lock.break-w', 'v');
    await (await files.lock(path, 2_000)).release();
    expect(readdirSync(root)).toEqual([]);
  });

  it('never lets an identifier that is no word of ours become a path', async () => {
    const path = join(root, 'lock');
    const long = new Date(Date.now() - 120_000);
    writeFileSync(path, JSON.stringify({ pid: 1, start: '1', machine: 'elsewhere', id: '/../../escape' }));
    utimesSync(path, long, long);
    await (await files.lock(path, 1_000)).release();
    expect(readdirSync(root)).toEqual([]);
  });

  it('excludes each other over and over, whoever is killed at whatever moment', async () => {
    const path = join(root, 'lock');
    const inside = join(root, 'inside');
    const started = Date.now();
    let deaths = 0;
    const held = (): number => (existsSync(`${inside}.count`) ? statSync(`${inside}.count`).size : 0);
    // Not for a time: a busy machine needs longer for as much.
    const isEnough = (): boolean => Date.now() - started > STRESS_MS && deaths > 5 && held() > 60;
    const runner = async (): Promise<void> => {
      while (!isEnough()) {
        const child = startChild('locker', [path, inside]);
        const end = ended(child);
        child.stdin?.end();
        // Counted from its first word: how long a start takes is another matter.
        let timer: ReturnType<typeof setTimeout> | undefined;
        child.stdout?.once('data', () => {
          timer = setTimeout(() => child.kill('SIGKILL'), 20 + Math.random() * 300);
        });
        const { stderr, signal } = await end;
        clearTimeout(timer);
        if (signal === 'SIGKILL') deaths++;
        expect(stderr).toBe('');
      }
    };
    await Promise.all(Array.from({ length: 6 }, runner));
    await (await files.lock(path, 5_000)).release();
    // Whoever takes over from the dead tidies up after all of them: one may have been killed when it had removed the lock already.
    writeFileSync(path, JSON.stringify({ pid: 1, start: '1', machine: 'elsewhere', id: 'x' }));
    utimesSync(path, new Date(0), new Date(0));
    await (await files.lock(path, 5_000)).release();
    // Once the dead are gone, nothing of them is left but what they were staging.
    expect(readdirSync(root).filter((name) => !/^(inside|inside\.count)$|^\.staged-/.test(name))).toEqual([]);
  }, 120_000);
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
    expect(strays.every((name) => name.startsWith(`.staged-${child.pid}-`))).toBe(true);
    expect(strays).toHaveLength(1);
    if (process.platform !== 'linux') return;
    // What the dead left goes with the next write there, by another process; what the living are writing stays.
    const writing = startChild('terminal', ['write', join(root, 'other')]);
    writing.stdin?.end();
    await waitFor(writing, 'chunk');
    expect(readdirSync(root).filter((name) => name.startsWith('.staged-'))).toEqual([
      expect.stringMatching(new RegExp(`^\\.staged-${writing.pid}-`)),
    ]);
    const next = startChild('terminal', ['write-once', join(root, 'third')]);
    next.stdin?.end();
    expect((await ended(next)).code).toBe(0);
    expect(readdirSync(root).filter((name) => name.startsWith('.staged-'))).toHaveLength(1);
    const over = ended(writing);
    writing.kill('SIGKILL');
    await over;
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'leave nothing behind when %s ends the process, which still dies of it',
    async (name) => {
      const child = startChild('terminal', ['write-and-lock', join(root, 'key')]);
      child.stdin?.end();
      await waitFor(child, 'chunk');
      expect(readdirSync(root)).toHaveLength(2);
      const end = ended(child);
      child.kill(name);
      expect((await end).signal).toBe(name);
      expect(readdirSync(root)).toEqual([]);
    },
  );

  it('leave nothing behind when the process exits in the middle', async () => {
    const { code } = await runChild('terminal', ['write-and-exit', join(root, 'key')]);
    expect(code).toBe(3);
    expect(readdirSync(root)).toEqual([]);
  });

  it('of other machines are swept after a day, other files never', async () => {
    const name = (random: string): string => join(root, `.staged-1-1-feedfeedfeed-1-${random}`);
    const long = new Date(Date.now() - 2 * 86_400_000);
    const others = [join(root, '.staged-notes'), join(root, 'staged-1-1-x-1-y')];
    for (const path of [name('old'), name('young'), ...others]) writeFileSync(path, 'x');
    for (const path of [name('old'), ...others]) utimesSync(path, long, long);
    mkdirSync(name('folder'));
    utimesSync(name('folder'), long, long);
    await runChild('terminal', ['write-once', join(root, 'key')]);
    expect(existsSync(name('old'))).toBe(false);
    for (const path of [name('young'), name('folder'), ...others]) expect(existsSync(path)).toBe(true);
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
