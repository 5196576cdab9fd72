// SPDX-License-Identifier: Apache-2.0
/** Registries that ask who is there: htpasswd and tokens, typed, stored, from helpers; login and logout. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart, type DockerRegistry, findCounterpart, startDockerRegistry, startTokenServer } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putHelper } from './support/helper.ts';
import { createIdentities, type Identities } from './support/identities.ts';
import { createPusher, imageNamed, type Pusher } from './support/images.ts';
import { createMachine, furnish, type Machine, ourTool } from './support/machine.ts';
import { htpasswdLines, type Running, startOurRegistry } from './support/registries.ts';

const basic = `Basic ${btoa('alice:pw')}`;
const ALICE = ['-u', 'alice', '-p', 'pw'];
const can = ['openssl', 'htpasswd', 'docker-registry'].every((name) => counterpart(name as 'openssl') !== undefined);
const go = findCounterpart('notation-go');

let identities: Identities;
const machines: Machine[] = [];
/** A machine of a new user. */
function newcomer(tool: Parameters<typeof createMachine>[0] = ourTool()): Machine {
  const machine = createMachine(tool);
  machines.push(machine);
  furnish(machine, { rootPem: identities.ca.certPem, keys: identities.keys });
  return machine;
}
beforeAll(() => {
  if (can) identities = createIdentities(['EC-256']) as Identities;
});
afterAll(() => {
  for (const machine of machines) machine.remove();
  identities?.ca.remove();
});

interface Guarded {
  readonly registry: Running | DockerRegistry;
  readonly pusher: Pusher;
  stop(): Promise<void>;
}

const guarded: Readonly<Record<string, () => Promise<Guarded>>> = {
  'docker-registry with htpasswd': async () => {
    const registry = (await startDockerRegistry({ htpasswd: { alice: 'pw' } })) as DockerRegistry;
    return { registry, pusher: createPusher(registry.url, () => basic), stop: () => registry.stop() };
  },
  'docker-registry with tokens': async () => {
    const tokens = await startTokenServer({ strangersMayPull: (name) => name.startsWith('public/') });
    const registry = (await startDockerRegistry({ token: tokens.settings })) as DockerRegistry;
    const pusher = createPusher(registry.url, async (name) => `Bearer ${await tokens.token([`repository:${name}:pull,push`], 'alice')}`);
    const stop = async (): Promise<void> => {
      await registry.stop();
      await tokens.stop();
    };
    return { registry, pusher, stop };
  },
  'notary-registry with htpasswd': async () => {
    const registry = await startOurRegistry({ htpasswd: htpasswdLines({ alice: 'pw' }) as string });
    return { registry, pusher: createPusher(registry.url, () => basic), stop: () => registry.stop() };
  },
  'notary-registry with tokens': async () => {
    const registry = await startOurRegistry({ htpasswd: htpasswdLines({ alice: 'pw' }) as string, tokens: true });
    const bearer = async (name: string): Promise<string> => {
      const url = `${registry.url}/token?service=notary-registry&scope=repository:${name}:pull,push`;
      const answer = (await (await fetch(url, { headers: { authorization: basic } })).json()) as { token: string };
      return `Bearer ${answer.token}`;
    };
    return { registry, pusher: createPusher(registry.url, bearer), stop: () => registry.stop() };
  },
};

describe.skipIf(!can).each(Object.keys(guarded))('%s', (name) => {
  let guard: Guarded;
  let host: string;
  let reference: string;
  beforeAll(async () => {
    guard = (await guarded[name]?.()) as Guarded;
    host = guard.registry.host.replace('127.0.0.1', 'localhost');
    reference = `${host}/${await guard.pusher.push('team/app', imageNamed(name))}`;
  });
  afterAll(() => guard?.stop());

  it('signs and verifies for a user who types credentials or has them in the environment', async () => {
    const user = newcomer();
    await user.ok(['sign', ...ALICE, reference]);
    const env = { NOTATION_USERNAME: 'alice', NOTATION_PASSWORD: 'pw' };
    expect((await user.ok(['verify', reference], { env })).stdout).toBe(`Successfully verified signature for ${reference}\n`);
    if (go !== undefined) expect((await newcomer(go).ok(['verify', ...ALICE, reference])).code).toBe(0);
  });

  it('refuses strangers and wrong passwords, and shows no password', async () => {
    const user = newcomer();
    for (const who of [[], ['-u', 'alice', '-p', 'wr0ng-s3cret']]) {
      for (const debug of [[], ['-d']]) {
        const refused = await user.run(['verify', ...debug, ...who, reference]);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(/Error: .*(401|credential|denied|unauthorized)/i);
        expect(refused.stderr + refused.stdout).not.toContain('wr0ng-s3cret');
        expect(refused.stderr).not.toContain(btoa('alice:wr0ng-s3cret'));
      }
    }
  });

  it('logs in through a helper, which alone keeps the password, and logs out', async () => {
    const user = newcomer();
    const helper = putHelper(user, 'interop');
    user.put('.config/notation/config.json', '{"credsStore":"interop"}');
    const env = { PATH: `${helper.path}:/usr/bin:/bin` };
    const login = await user.ok(['login', '-u', 'alice', '--password-stdin', host], { env, stdin: 'pw\n' });
    expect(login.stdout).toBe('Login Succeeded\n');
    await user.ok(['sign', reference], { env });
    expect((await user.ok(['verify', reference], { env })).stdout).toContain('Successfully verified');
    expect(readFileSync(join(user.config, 'config.json'), 'utf8')).not.toContain(btoa('alice:pw'));
    expect((await user.ok(['logout', host], { env })).stdout).toBe('Logout Succeeded\n');
    expect(existsSync(join(user.home, 'helpers/kept', host.replace(':', '_')))).toBe(false);
    expect(readFileSync(helper.log, 'utf8')).toMatch(/^1 store\n(1 get\n)+1 erase\n$/);
    expect((await user.run(['sign', reference], { env })).code).toBe(1);
  });

  it('uses what docker and podman stored', async () => {
    const auths = JSON.stringify({ auths: { [host]: { auth: btoa('alice:pw') } } });
    for (const path of ['.docker/config.json', '.config/containers/auth.json']) {
      const user = newcomer();
      user.put(path, auths);
      expect((await user.ok(['list', reference])).stdout).toContain('application/vnd.cncf.notary.signature');
    }
    const user = newcomer();
    user.put('elsewhere/config.json', auths);
    await user.ok(['list', reference], { env: { DOCKER_CONFIG: join(user.home, 'elsewhere') } });
  });

  it('keeps tokens, if any, where only the user can read them', async () => {
    const user = newcomer();
    await user.ok(['verify', ...ALICE, reference]);
    const folder = join(user.home, '.cache/notation/tokens');
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((f) => join(folder, f)) : [];
    if (name.includes('tokens')) {
      expect(files.length).toBeGreaterThan(0);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
    for (const file of files) {
      expect(statSync(file).mode & 0o077).toBe(0);
      if (statSync(file).isFile()) expect(readFileSync(file, 'latin1')).not.toContain('alice:pw');
    }
  });
});
