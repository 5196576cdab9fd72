// SPDX-License-Identifier: Apache-2.0
/** The `oras` command line with users of a registry, and with image layouts: those of a registry that runs or was killed, and signed ones. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart, freePort, type StartedProcess, startProcess } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, ourTool, pushedSignature } from './support/machine.ts';
import { canOras, digestIn, discover, linesOf, SBOM, SIGNATURE, typesOf, useOrasUsers, verified } from './support/oras.ts';
import { htpasswdLines, type Running, startOurRegistry } from './support/registries.ts';

const EXPERIMENTAL = { NOTATION_EXPERIMENTAL: '1' };
const LONG = 60_000;

/** Waits until the files of a running registry are there and say so: within a second of a push. */
async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  let seen: T | undefined;
  for (let i = 0; i < 50 && JSON.stringify(seen) !== JSON.stringify(expected); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = await read().catch(() => undefined);
  }
  expect(seen).toEqual(expected);
}

const { oras, user, theirs } = useOrasUsers();

describe.skipIf(!canOras || counterpart('htpasswd') === undefined).each(['htpasswd', 'tokens'])(
  'oras on notary-registry with %s',
  (kind) => {
    let registry: Running;
    let host: string;
    beforeAll(async () => {
      registry = await startOurRegistry({ htpasswd: htpasswdLines({ alice: 'pw' }) as string, tokens: kind === 'tokens' });
      host = registry.host.replace('127.0.0.1', 'localhost');
    });
    afterAll(() => registry?.stop());
    const login = (password: string): Promise<Outcome> => oras.run(['login', host, '-u', 'alice', '--password-stdin'], { stdin: password });

    it('is pushed to after a login alone, or with the credentials of a command', async () => {
      const app = `${host}/team/app`;
      const stranger = await oras.run(['push', `${app}:v1`, 'hello.txt']);
      // Strangers get a token that allows nothing.
      const why = kind === 'tokens' ? 'response status code 401' : 'basic credential not found';
      expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
      const wrong = await login('mistyped');
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('unauthorized')]);
      expect(wrong.stderr).not.toContain('mistyped');
      const digest = digestIn(await oras.ok(['push', '-u', 'alice', '-p', 'pw', `${app}:v1`, 'hello.txt']));
      expect(await login('pw')).toMatchObject({ code: 0, stdout: expect.stringContaining('Login Succeeded') });
      const env = { NOTATION_USERNAME: 'alice', NOTATION_PASSWORD: 'pw' };
      await user.ok(['sign', `${app}@${digest}`], { env });
      await oras.ok(['attach', '--artifact-type', SBOM, `${app}:v1`, 'sbom.json']);
      // From one repository to another: a token for both.
      await oras.ok(['cp', '-r', `${app}:v1`, `${host}/team/copy:v1`]);
      expect(typesOf(await discover(oras, `${host}/team/copy:v1`))).toHaveLength(2);
      expect((await user.ok(['verify', `${host}/team/copy@${digest}`], { env })).stdout).toBe(verified(`${host}/team/copy@${digest}`));
      expect(linesOf(await oras.ok(['repo', 'tags', app]))).toEqual(['v1']);
      expect(linesOf(await oras.ok(['repo', 'ls', host]))).toEqual(['team/app', 'team/copy']);
      await oras.ok(['manifest', 'delete', '-f', `${app}:v1`]);
      await oras.ok(['logout', host]);
      expect((await oras.run(['resolve', `${host}/team/copy:v1`])).code).toBe(1);
    });
  },
);

describe.skipIf(!canOras)('layouts', () => {
  it(
    'of notary-registry: read while it serves, after it was killed, and after it served again',
    async () => {
      const root = join(oras.home, 'registry');
      const host = `localhost:${await freePort()}`;
      const { file, args } = ourTool('notary-registry');
      const serve = (): Promise<StartedProcess> =>
        startProcess(file, [...args, 'serve', '--addr', host.replace('localhost', '127.0.0.1'), '--root', root, '--log-level', 'error'], {
          ready: /https?:\/\/\S+:\d+/,
        });
      const layout = join(root, 'team/app');
      let running = await serve();
      const kill = async (): Promise<void> => {
        running.signal('SIGKILL');
        await running.exited;
      };
      try {
        const digest = digestIn(await oras.ok(['push', `${host}/team/app:v1`, 'hello.txt']));
        await user.ok(['sign', `${host}/team/app@${digest}`]);
        await eventually(async () => typesOf(await discover(oras, '--oci-layout', `${layout}:v1`)), [SIGNATURE]);
        await oras.ok(['pull', '--oci-layout', `${layout}:v1`, '-o', 'from-layout']);
        expect(readFileSync(join(oras.work, 'from-layout/hello.txt'), 'utf8')).toBe('hello\n');
        await kill();
        expect(typesOf(await discover(oras, '--oci-layout', `${layout}:v1`))).toEqual([SIGNATURE]);
        await oras.ok(['cp', '-r', '--from-oci-layout', '--to-oci-layout', `${layout}:v1`, 'carried:v1']);
        expect((await user.ok(['verify', `oci-layout:${join(oras.work, 'carried')}@${digest}`])).stdout).toContain('Successfully verified');
        // Killed the moment a push was answered: whatever the layout shows by then can be read, and the next start brings the rest.
        running = await serve();
        await oras.ok(['attach', '--artifact-type', SBOM, `${host}/team/app:v1`, 'sbom.json']);
        await oras.ok(['tag', `${host}/team/app:v1`, 'v2']);
        await kill();
        expect((await oras.ok(['repo', 'tags', '--oci-layout', layout])).stdout).toMatch(/^v1\n(v2\n)?$/);
        expect(typesOf(await discover(oras, '--oci-layout', `${layout}:v1`))).toContain(SIGNATURE);
        running = await serve();
        expect(typesOf(await discover(oras, `${host}/team/app:v2`))).toEqual([SIGNATURE, SBOM]);
        await eventually(async () => (await oras.ok(['repo', 'tags', '--oci-layout', layout])).stdout, 'v1\nv2\n');
        expect(typesOf(await discover(oras, '--oci-layout', `${layout}:v2`))).toEqual([SIGNATURE, SBOM]);
      } finally {
        await running.stop();
      }
    },
    LONG,
  );

  it('made by oras: brought in beneath the root of notary-registry', async () => {
    const root = join(oras.home, 'brought-in');
    mkdirSync(join(root, 'team'), { recursive: true });
    const layout = join(root, 'team/app');
    const digest = digestIn(await oras.ok(['push', '--oci-layout', `${layout}:v1`, 'hello.txt']));
    await oras.ok(['attach', '--oci-layout', '--artifact-type', SBOM, `${layout}:v1`, 'sbom.json']);
    await user.ok(['sign', '--oci-layout', `${layout}@${digest}`], { env: EXPERIMENTAL });
    const host = `localhost:${await freePort()}`;
    const { file, args } = ourTool('notary-registry');
    const flags = ['serve', '--addr', host.replace('localhost', '127.0.0.1'), '--root', root, '--log-level', 'error'];
    const running = await startProcess(file, [...args, ...flags], { ready: /https?:\/\/\S+:\d+/ });
    try {
      expect(typesOf(await discover(oras, `${host}/team/app:v1`))).toEqual([SIGNATURE, SBOM]);
      expect((await user.ok(['verify', `${host}/team/app@${digest}`])).stdout).toBe(verified(`${host}/team/app@${digest}`));
      await oras.ok(['pull', `${host}/team/app:v1`, '-o', 'brought']);
    } finally {
      await running.stop();
    }
  });

  it('made by oras and signed by both notations: each lists all, and oras shows and carries them', async () => {
    const layout = join(oras.work, 'both');
    const digest = digestIn(await oras.ok(['push', '--oci-layout', `${layout}:v1`, 'hello.txt']));
    await oras.ok(['attach', '--oci-layout', '--artifact-type', SBOM, `${layout}:v1`, 'sbom.json']);
    const signed = [pushedSignature(await user.ok(['sign', `oci-layout:${layout}:v1`]))];
    if (theirs) signed.push(pushedSignature(await theirs.ok(['sign', '--oci-layout', `${layout}@${digest}`], { env: EXPERIMENTAL })));
    const expected = signed.toSorted();
    for (const machine of [user, theirs]) {
      if (machine === undefined) continue;
      const listed = (await machine.ok(['list', '--oci-layout', `${layout}@${digest}`], { env: EXPERIMENTAL })).stdout;
      expect(listed.match(/(?<=── )sha256:[0-9a-f]{64}$/gm)?.toSorted()).toEqual(expected);
    }
    const shown = (await discover(oras, '--oci-layout', '--artifact-type', SIGNATURE, `${layout}:v1`)).referrers ?? [];
    expect(shown.map((r) => r.digest).toSorted()).toEqual(expected);
    expect(typesOf(await discover(oras, '--oci-layout', `${layout}:v1`))).toContain(SBOM);
    await oras.ok(['cp', '-r', '--from-oci-layout', '--to-oci-layout', `${layout}:v1`, `carried-both:v1`]);
    const carried = (await user.ok(['list', `oci-layout:${join(oras.work, 'carried-both')}@${digest}`])).stdout;
    expect(carried.match(/(?<=── )sha256:[0-9a-f]{64}$/gm)?.toSorted()).toEqual(expected);
    await user.ok(['verify', `oci-layout:${join(oras.work, 'carried-both')}@${digest}`]);
    // Its tags and referrers are where oras looks for them also after we wrote the index.
    expect(linesOf(await oras.ok(['repo', 'tags', '--oci-layout', layout]))).toEqual(['v1']);
    expect((await oras.ok(['manifest', 'delete', '--oci-layout', '-f', `${layout}@${expected[0]}`])).stdout).toContain('Deleted');
    expect((await user.ok(['list', `oci-layout:${layout}@${digest}`])).stdout.match(/(?<=── )sha256:[0-9a-f]{64}$/gm) ?? []).toEqual(
      expected.slice(1),
    );
  });
});
