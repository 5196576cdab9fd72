// SPDX-License-Identifier: Apache-2.0

import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8, type Processes, toUtf8 } from '@notary/base';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../temporary.ts';

/** For POSIX systems: it runs their `sh`, by name and as `#!` scripts. */
export function processesContract(name: string, make: () => Processes): void {
  describe(`Processes: ${name}`, () => {
    const processes = make();
    const sh = (script: string, more: object = {}) => processes.run('sh', ['-c', script], { maxOutputBytes: 10_000, ...more });
    const newFolder = temporaryFolders('notary-processes-');
    let folder = '';
    const file = (fileName: string, content: string, mode = 0o755): string => {
      const path = join(folder, fileName);
      writeFileSync(path, content);
      chmodSync(path, mode);
      return path;
    };
    beforeAll(() => {
      folder = newFolder();
    });

    it('gives output, errors and the exit code', async () => {
      const result = await sh('printf out; printf err >&2; exit 3');
      expect([fromUtf8(result.stdout), fromUtf8(result.stderr), result.exitCode]).toEqual(['out', 'err', 3]);
      expect((await sh('kill -TERM $$')).exitCode).toBe(143);
    });

    it('passes arguments as they are: no shell looks at them', async () => {
      const echo = file('echo.sh', '#!/bin/sh\nfor a in "$@"; do printf "<%s>" "$a"; done');
      const args = ['a b', '$HOME', '`id`', ';exit 9', '', '*', "'", '"', '\n'];
      const result = await processes.run(echo, args, { maxOutputBytes: 1_000 });
      expect(fromUtf8(result.stdout)).toBe(args.map((a) => `<${a}>`).join(''));
    });

    it('feeds standard input, and does not mind a child that ignores it', async () => {
      const large = new Uint8Array(300_000).fill(97);
      expect((await sh('wc -c', { stdin: large })).stdout.length).toBeGreaterThan(0);
      expect((await sh('exit 4', { stdin: large })).exitCode).toBe(4);
      expect(fromUtf8((await sh('cat')).stdout)).toBe('');
      expect(fromUtf8((await sh('cat', { stdin: toUtf8('x') })).stdout)).toBe('x');
    });

    it('gives exactly the environment it was told, less the switches of Bun', async () => {
      const env = { PATH: process.env.PATH, A: '1', GONE: undefined, BUN_OPTIONS: '--eval=1', BUN_BE_BUN: '1' };
      const seen = fromUtf8((await sh('env', { env })).stdout);
      expect(seen).toContain('A=1\n');
      expect(seen).not.toMatch(/BUN_|GONE|HOME=/);
    });

    it('never hands down the switches of Bun that it inherited', async () => {
      const before = process.env.BUN_OPTIONS;
      process.env.BUN_OPTIONS = '--smol';
      try {
        expect(fromUtf8((await sh('env')).stdout)).not.toMatch(/^BUN_OPTIONS=/m);
      } finally {
        if (before === undefined) delete process.env.BUN_OPTIONS;
        else process.env.BUN_OPTIONS = before;
      }
    });

    it('names what cannot be found or run, and hands nothing to a shell', async () => {
      const run = (path: string) => processes.run(path, [], { maxOutputBytes: 1_000 });
      const proof = join(folder, 'proof');
      const text = file('text', `touch ${proof}\n`);
      const empty = file('empty', '');
      const locked = file('locked', '#!/bin/sh\n', 0o644);
      const orphan = file('orphan', '#!/no/such/interpreter\n');
      await expect(run('notary-no-such-program')).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
      await expect(run(join(folder, 'none'))).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
      await expect(run(text)).rejects.toMatchObject({ code: 'PROCESS_NOT_EXECUTABLE', facts: { reason: 'exec format error' } });
      await expect(run(empty)).rejects.toMatchObject({ code: 'PROCESS_NOT_EXECUTABLE' });
      await expect(run(locked)).rejects.toMatchObject({ code: 'PROCESS_NOT_EXECUTABLE', facts: { reason: 'permission denied' } });
      await expect(run(folder)).rejects.toMatchObject({ code: 'PROCESS_NOT_EXECUTABLE' });
      await expect(run(orphan)).rejects.toMatchObject({ category: 'unavailable' });
      expect(existsSync(proof)).toBe(false);
    });

    it('refuses a program of another machine', async () => {
      const path = join(folder, 'foreign');
      copyFileSync('/bin/sh', path);
      const { readFileSync } = await import('node:fs');
      const bytes = readFileSync(path);
      // ELF e_machine: a processor that nobody has.
      bytes.writeUInt16LE(0x7fff, 18);
      writeFileSync(path, bytes);
      await expect(processes.run(path, ['-c', 'echo hi'], { maxOutputBytes: 100 })).rejects.toMatchObject({
        code: 'PROCESS_NOT_EXECUTABLE',
      });
    });

    it('bounds output and ends the child', async () => {
      await expect(sh('while :; do echo xxxxxxxxxxxxxxxx; done')).rejects.toMatchObject({
        code: 'PROCESS_OUTPUT_TOO_LARGE',
        facts: { stream: 'stdout' },
      });
      await expect(sh('while :; do echo xxxxxxxxxxxxxxxx >&2; done')).rejects.toMatchObject({ facts: { stream: 'stderr' } });
      expect((await sh('printf 0123456789', { maxOutputBytes: 10 })).stdout).toHaveLength(10);
    });

    it('ends a child that takes too long, with its children', async () => {
      const [go, proof] = [join(folder, 'go'), join(folder, 'late')];
      const child = `while [ ! -e ${go} ]; do sleep 0.05; done; touch ${proof}`;
      await expect(sh(`(${child}) & sleep 60`, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'PROCESS_TIMEOUT' });
      writeFileSync(go, '');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(existsSync(proof)).toBe(false);
    });

    it('does not wait for what left the group of the child', async () => {
      const started = performance.now();
      await expect(sh('setsid sleep 8 & sleep 60', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'PROCESS_TIMEOUT' });
      expect(performance.now() - started).toBeLessThan(7_000);
    });

    it('stops when the caller does', async () => {
      await expect(sh('sleep 60', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'PROCESS_ABORTED' });
      const stop = new AbortController();
      const waiting = sh('sleep 60', { signal: stop.signal });
      setTimeout(() => stop.abort(), 50);
      await expect(waiting).rejects.toMatchObject({ code: 'PROCESS_ABORTED' });
    });
  });
}
