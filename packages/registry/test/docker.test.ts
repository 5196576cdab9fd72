// SPDX-License-Identifier: Apache-2.0
/** What the docker CLI does without an engine: login and multi-platform manifests, on a registry that asks for nothing and on one that does. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPlatform } from '@notary/platform';
import type { RegistryOptions } from '@notary/registry';
import { type AccessControl, createBasicAccess, createHtpasswd } from '@notary/service';
import { createBcryptCheck } from '@notary/service/bcrypt';
import { counterpart, recordSkip } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, type Harness, harnessOver, openStore, systemClock, systemRandom } from './support.ts';

const run = promisify(execFile);
const SLOW_MS = 120_000;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** Made with `htpasswd -nbB -C 4 alice correct`. */
const USERS = 'alice:$2y$04$xwyiTH/l0XLAbCLBgAy7aebUdJ5.Ot7DoP7Hxgkpdwwn39xbCjNVG\n';

const docker = counterpart('docker');
const newFolder = temporaryFolders('registry-docker-');

interface Setting {
  readonly host: string;
  readonly harness: Harness;
  docker(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A registry on the loopback, and a docker with a configuration of its own. The harness goes past the access control. */
async function begin(access?: AccessControl): Promise<Setting> {
  const store = await openStore('memory', '');
  const options: Partial<RegistryOptions> = access === undefined ? {} : { access };
  const { registry } = harnessOver(store, '', options);
  const running = await createPlatform().listener.listen(registry.handle, { host: '127.0.0.1', port: 0, maxRequestBytes: 1e9 });
  const home = newFolder();
  const env = { PATH: process.env['PATH'], HOME: home, DOCKER_CONFIG: join(home, '.docker'), DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  return {
    host: `localhost:${running.port}`,
    harness: harnessOver(store, ''),
    docker: async (...args) => (await run(docker as string, args, { env })).stdout,
    stop: async () => {
      await running.stop(100);
      await store.close();
    },
  };
}

/** An image for one architecture in Docker's format, past the access control. */
async function pushImage({ harness }: Setting, name: string, architecture: string): Promise<string> {
  const config = JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
  const layer = `layer for ${architecture}`;
  const part = async (mediaType: string, content: string) => ({
    mediaType,
    digest: await harness.blob(name, content),
    size: bytesOf(content).length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: await part('application/vnd.docker.container.image.v1+json', config),
    layers: [await part('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
  };
  return (await harness.manifest(name, manifest, architecture)).digest;
}

/** Makes a list of two images with docker's own commands and checks what arrived. */
async function multiPlatform(s: Setting, name: string): Promise<void> {
  const digests = [await pushImage(s, name, 'amd64'), await pushImage(s, name, 'arm64')];
  const [list, amd64, arm64] = ['all', 'amd64', 'arm64'].map((tag) => `${s.host}/${name}:${tag}`) as [string, string, string];
  await s.docker('manifest', 'create', '--insecure', list, amd64, arm64);
  await s.docker('manifest', 'annotate', list, arm64, '--os', 'linux', '--arch', 'arm64', '--variant', 'v8');
  const pushed = (await s.docker('manifest', 'push', '--insecure', '--purge', list)).trim();
  const found = await s.harness.call('GET', `/v2/${name}/manifests/all`);
  expect([found.headers.get('content-type'), found.headers.get('docker-content-digest')]).toEqual([LIST, pushed]);
  const document = (await found.json()) as { manifests: { digest: string; platform: object }[] };
  expect(document.manifests.map((m) => m.digest)).toEqual(digests);
  expect(document.manifests[1]?.platform).toEqual({ architecture: 'arm64', os: 'linux', variant: 'v8' });
  expect(JSON.parse(await s.docker('manifest', 'inspect', '--insecure', list))).toEqual(document);
  expect(JSON.parse(await s.docker('manifest', 'inspect', '--insecure', amd64))).toMatchObject({ mediaType: MANIFEST });
}

describe.skipIf(docker === undefined)('docker without an engine', () => {
  describe('on a registry open to all', () => {
    let s: Setting;
    beforeAll(async () => {
      s = await begin();
    });
    afterAll(() => s.stop());
    it('makes, annotates, pushes and reads a multi-platform manifest', { timeout: SLOW_MS }, () => multiPlatform(s, 'team/app'));
    it('says that an image is not there', { timeout: SLOW_MS }, async () => {
      await expect(s.docker('manifest', 'inspect', '--insecure', `${s.host}/team/none:v1`)).rejects.toThrow('no such manifest');
    });
  });

  describe('on a registry with users', () => {
    let s: Setting;
    beforeAll(async () => {
      const users = createHtpasswd({ text: USERS, check: createBcryptCheck(), clock: systemClock, random: systemRandom });
      s = await begin(createBasicAccess({ users, realm: 'test' }));
    });
    afterAll(() => s.stop());
    const login = (password: string): Promise<string> => s.docker('login', '--username', 'alice', '--password', password, s.host);

    it('gets nothing before it has logged in, nor with a wrong password', { timeout: SLOW_MS }, async () => {
      await pushImage(s, 'team/app', 'amd64');
      await expect(s.docker('manifest', 'inspect', '--insecure', `${s.host}/team/app:amd64`)).rejects.toThrow(/unauthorized|no basic auth/);
      await expect(login('wrong')).rejects.toThrow(/unauthorized/i);
    });
    it('logs in, does the same as everywhere, and logs out', { timeout: SLOW_MS }, async () => {
      expect(await login('correct')).toContain('Login Succeeded');
      await multiPlatform(s, 'team/app');
      await s.docker('logout', s.host);
      await expect(s.docker('manifest', 'inspect', '--insecure', `${s.host}/team/app:amd64`)).rejects.toThrow(/unauthorized|no basic auth/);
    });
  });

  const buildx = docker !== undefined && spawnSync(docker, ['buildx', 'version']).status === 0;
  if (docker !== undefined && !buildx) recordSkip('docker buildx', 'the docker CLI has no buildx plugin');
  describe.skipIf(!buildx)('buildx imagetools', () => {
    it('joins images and reads them', { timeout: SLOW_MS }, async () => {
      const s = await begin();
      try {
        const digests = [await pushImage(s, 'team/app', 'amd64'), await pushImage(s, 'team/app', 'arm64')];
        const [list, amd64, arm64] = ['all', 'amd64', 'arm64'].map((tag) => `${s.host}/team/app:${tag}`) as [string, string, string];
        await s.docker('buildx', 'imagetools', 'create', '--tag', list, amd64, arm64);
        const raw = JSON.parse(await s.docker('buildx', 'imagetools', 'inspect', '--raw', list)) as { manifests: { digest: string }[] };
        expect(raw.manifests.map((m) => m.digest)).toEqual(digests);
      } finally {
        await s.stop();
      }
    });
  });
});
