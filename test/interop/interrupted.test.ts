// SPDX-License-Identifier: Apache-2.0
/** Commands that are killed at each of their writes: what is on disk is the old state or the new one, and the next command works. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart, recordSkip } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachine, type Machine, ourTool, strictPolicy } from './support/machine.ts';

/** The calls by which state changes. Each is let through N - 1 times; the process is killed when it comes to the Nth. */
const CALLS = ['write', 'fsync', 'fchmod', 'rename', 'link', 'unlink', 'mkdir'];
/** Far more than any of the commands needs. */
const MOST = 40;

/** strace, where it is there and may trace. */
function usableStrace(): string | undefined {
  const file = counterpart('strace');
  if (file === undefined) return undefined;
  if (spawnSync(file, ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0) return file;
  recordSkip('strace', 'it may not trace processes here');
  return undefined;
}

const strace = usableStrace();

/** Every file by its path. */
function filesOf(root: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(root, below))) {
    const path = join(below, name);
    if (statSync(join(root, path)).isDirectory()) for (const [key, value] of filesOf(root, path)) found.set(key, value);
    else found.set(path, readFileSync(join(root, path), 'latin1'));
  }
  return found;
}

/** What an interrupted write may leave behind, where nothing has a meaning by being there. */
const isLeftover = (path: string): boolean =>
  /(^|\/)\.(staged-[a-z0-9-]+|signingkeys\.lock)$/.test(path) && !/truststore|localkeys/.test(path);

/** Signatures differ each time; two that decode are the same here. */
function comparable(path: string, content: string | undefined): string | undefined {
  if (content === undefined || !path.endsWith('.sig')) return content;
  return Object.keys(JSON.parse(content)).join();
}

const newFolder = temporaryFolders('notation-kept-');

describe.skipIf(strace === undefined)('killed at any write', () => {
  let user: Machine;
  let kept: string;
  beforeAll(async () => {
    user = createMachine(ourTool());
    await user.ok(['cert', 'generate-test', '--default', 'first']);
    await user.ok(['cert', 'generate-test', 'second']);
    const policies = [strictPolicy('first'), strictPolicy('second')].map((text, i) => user.put(`work/policy-${i}.json`, text));
    await user.ok(['policy', 'import', policies[0] as string]);
    user.put('work/blob', 'content');
    await user.ok(['blob', 'sign', 'blob']);
    kept = newFolder();
    cpSync(user.home, kept, { recursive: true });
  });
  afterAll(() => user?.remove());
  const reset = (): void => {
    for (const name of readdirSync(user.home)) rmSync(join(user.home, name), { recursive: true, force: true });
    mkdirSync(user.home, { recursive: true });
    cpSync(kept, user.home, { recursive: true });
  };

  it.each([
    ['key update --default second'],
    ['key delete second'],
    ['policy import --force policy-1.json'],
    ['blob sign --force blob'],
    ['cert add -t ca -s other ../.config/notation/localkeys/first.crt'],
  ])(
    'notation %s',
    async (line) => {
      const { file, args } = ourTool();
      const environment = { HOME: user.home, PATH: '/usr/bin:/bin', TZ: 'UTC' };
      reset();
      const before = filesOf(user.home);
      await user.ok(line.split(' '));
      const after = filesOf(user.home);
      let killed = 0;
      for (const call of CALLS) {
        for (let nth = 1; nth <= MOST; nth++) {
          reset();
          const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`];
          const run = spawnSync(strace as string, [...inject, file, ...args, ...line.split(' ')], { cwd: user.work, env: environment });
          if (run.status === 0) break;
          killed++;
          const now = filesOf(user.home);
          const paths = [...new Set([...now.keys(), ...before.keys(), ...after.keys()])].filter((path) => !isLeftover(path));
          const is = (state: Map<string, string>): boolean =>
            paths.every((path) => comparable(path, now.get(path)) === comparable(path, state.get(path)));
          expect({ call, nth, whole: is(before) || is(after) }).toEqual({ call, nth, whole: true });
        }
      }
      expect(killed).toBeGreaterThan(4);
      expect((await user.run(['key', 'list'])).code).toBe(0);
      expect((await user.run(['policy', 'show'])).code).toBe(0);
    },
    120_000,
  );

  it.each([['key update --default second'], ['blob sign --force blob']])(
    'notation %s leaves nothing behind when it is told to end',
    async (line) => {
      const { file, args } = ourTool();
      let ended = 0;
      for (const call of ['fsync', 'fchmod', 'rename', 'link', 'unlink']) {
        for (const signal of ['TERM', 'HUP', 'INT']) {
          reset();
          const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=${signal}:when=1`];
          const environment = { HOME: user.home, PATH: '/usr/bin:/bin', TZ: 'UTC' };
          const run = spawnSync(strace as string, [...inject, file, ...args, ...line.split(' ')], { cwd: user.work, env: environment });
          if (run.status !== 0) ended++;
          expect({ call, signal, left: [...filesOf(user.home).keys()].filter(isLeftover) }).toEqual({ call, signal, left: [] });
        }
      }
      expect(ended).toBeGreaterThan(0);
    },
  );

  it('what a killed command was writing goes with the next command that writes there', async () => {
    reset();
    const { file, args } = ourTool();
    const inject = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=rename', '-e', 'inject=rename:signal=KILL:when=1'];
    spawnSync(strace as string, [...inject, file, ...args, 'blob', 'sign', '--force', 'blob'], {
      cwd: user.work,
      env: { HOME: user.home, PATH: '/usr/bin:/bin' },
    });
    const left = (): string[] => [...filesOf(user.home).keys()].filter(isLeftover);
    expect(left()).toHaveLength(1);
    await user.ok(['blob', 'sign', '--force', 'blob']);
    expect(left()).toEqual([]);
  });

  it('a lock without content costs no seconds', async () => {
    reset();
    user.put('.config/notation/.signingkeys.lock', '');
    const started = performance.now();
    await user.ok(['key', 'update', '--default', 'second']);
    // A lock that cannot be read is waited for five.
    expect(performance.now() - started).toBeLessThan(4_900);
  });

  it('a key list whose writer died is written by the next command', async () => {
    reset();
    const { file, args } = ourTool();
    const inject = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=rename', '-e', 'inject=rename:signal=KILL:when=1'];
    spawnSync(strace as string, [...inject, file, ...args, 'key', 'update', '--default', 'second'], {
      cwd: user.work,
      env: { HOME: user.home, PATH: '/usr/bin:/bin' },
    });
    expect([...filesOf(user.config).keys()]).toContain('.signingkeys.lock');
    const started = performance.now();
    await user.ok(['key', 'update', '--default', 'second']);
    expect(performance.now() - started).toBeLessThan(4_900);
    expect((await user.ok(['key', 'list'])).stdout).toContain('* second');
    expect([...filesOf(user.config).keys()]).not.toContain('.signingkeys.lock');
  });
});
