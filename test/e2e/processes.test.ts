// SPDX-License-Identifier: Apache-2.0
/** The executables as processes: they start anywhere, end when told, hand down nothing, and break no pipe loudly. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtExecutable, recordSkip, repositoryRoot, startProcess } from '@notary/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { executables, Stage, versionArguments } from './stage.ts';

const stage = new Stage();
afterAll(() => stage.remove());

describe.each(executables())('$name', ({ name, path }) => {
  it('starts without any environment, and says its version', () => {
    const { status, stdout, stderr } = spawnSync(path, versionArguments(name), { env: {}, cwd: '/', encoding: 'utf8' });
    const { version } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as { version: string };
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(version);
  });

  it('refuses what it does not know, without a stack trace', () => {
    const { status, stdout, stderr } = stage.run(path, ['--no-such-flag']);
    expect(status).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/no-such-flag/);
    expect(`${stdout}${stderr}`).not.toMatch(/\bat .*\.(ts|js):\d+|\$bunfs/);
  });

  it('ends in silence when nobody reads its output', () => {
    const { stderr, status } = stage.run('/bin/sh', ['-c', '"$0" --help | true', path]);
    expect([status, stderr]).toEqual([0, '']);
  });

  it('works with its streams closed', () => {
    expect(stage.run('/bin/sh', ['-c', '"$0" "$1" >&- 2>&- <&-; echo $?', path, ...versionArguments(name)]).stdout).toBe('0\n');
  });
});

describe('servers', () => {
  const server = builtExecutable('notary-server');
  const registry = builtExecutable('notary-registry');
  const config = stage.write(
    'server.json',
    JSON.stringify({ server: { http_addr: '127.0.0.1:0' }, trust_service: { type: 'local' }, storage: { backend: 'memory' } }),
  );
  const cases = [
    { name: 'notary-server', path: server, args: ['-config', config] },
    { name: 'notary-registry', path: registry, args: ['serve', '--memory', '--addr', '127.0.0.1:0'] },
  ].flatMap((c) => (c.path === undefined ? [] : [{ ...c, path: c.path }]));

  it.each(cases)('$name says where it listens, answers, and ends on SIGTERM and SIGINT', async ({ path, args }) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const started = await startProcess(path, args, { env: stage.env, cwd: stage.work, ready: /http:\/\/127\.0\.0\.1:\d+/ });
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(started.output())?.[0] ?? '';
      const answer = await fetch(`${url}/v2/`);
      await answer.arrayBuffer();
      expect(answer.status).toBeLessThan(500);
      started.signal(signal);
      expect(await started.exited).toBe(0);
    }
  });
});

describe('children', () => {
  it('inherit no switches of Bun', async () => {
    const notation = builtExecutable('notation');
    const registry = builtExecutable('notary-registry');
    if (notation === undefined || registry === undefined)
      return recordSkip('built executables', 'notation and notary-registry are not built');
    // Hash of "x" with cost 4, as htpasswd -B makes it.
    const users = stage.write('users', 'someone:$2y$04$cjl4bkQ.gk8W6wqIVYCHcuGk0hqcSjnBuKEfZlTK4mLRTTpeAbJFa\n');
    const started = await startProcess(registry, ['serve', '--memory', '--addr', '127.0.0.1:0', '--htpasswd', users], {
      env: stage.env,
      cwd: stage.work,
      ready: /http:\/\/127\.0\.0\.1:\d+/,
    });
    try {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(started.output())?.[1] ?? '';
      const seen = join(stage.root, 'helper-environment');
      const helper = `#!/bin/sh\nenv >'${seen}'\necho '{"ServerURL":"localhost:${port}","Username":"someone","Secret":"wrong"}'\n`;
      stage.write('bin/docker-credential-probe', helper, 0o755);
      stage.write('home/.docker/config.json', JSON.stringify({ credHelpers: { [`localhost:${port}`]: 'probe' } }));
      const env = { PATH: `${join(stage.root, 'bin')}:/usr/bin:/bin`, BUN_OPTIONS: '--smol', KEPT: 'yes' };
      stage.run(notation, ['list', `localhost:${port}/app@sha256:${'0'.repeat(64)}`], { env });
      expect(existsSync(seen)).toBe(true);
      const environment = readFileSync(seen, 'utf8');
      expect(environment).toMatch(/^KEPT=yes$/m);
      expect(environment).not.toMatch(/^BUN_/m);
    } finally {
      await started.stop();
    }
  });
});
