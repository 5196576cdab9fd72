// SPDX-License-Identifier: Apache-2.0
/** docker-registry behind token authentication, and how many round trips a verifier needs. */
import { Secret } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { type Credential, staticCredentials, typedCredential } from '@notary/registry-auth';
import { createFileTokenCache } from '@notary/registry-auth/token-cache';
import {
  counterpart,
  createMemoryFiles,
  type DockerRegistry,
  IDENTITY_TOKEN,
  startDockerRegistry,
  startTokenServer,
  type TokenServer,
} from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectReferrers, type Descriptor, fetchReferrer } from '../src/index.ts';
import { createRemoteRepository, type RemoteRepositoryOptions } from '../src/remote/index.ts';
import { ARTIFACT_TYPE, blob, counting, EMPTY, EMPTY_DESCRIPTOR, imageManifest } from './support.ts';

const platform = createPlatform();

describe.skipIf(counterpart('docker-registry') === undefined)('docker-registry with tokens', () => {
  let registry: DockerRegistry | undefined;
  let server: TokenServer | undefined;
  beforeAll(async () => {
    server = await startTokenServer();
    registry = await startDockerRegistry({ token: server.settings });
  });
  afterAll(async () => {
    await registry?.stop();
    await server?.stop();
  });

  const open = (credential: Credential | undefined, options: Partial<RemoteRepositoryOptions> = {}) => {
    const http = counting(platform.http());
    const host = (registry as DockerRegistry).host;
    const repository = createRemoteRepository({
      registry: host,
      repository: 'team/app',
      http,
      clock: platform.clock,
      random: platform.random,
      allowPlainHttp: true,
      ...(credential === undefined ? {} : { credentials: staticCredentials(host, credential) }),
      ...options,
    });
    return { repository, http };
  };
  const alice = typedCredential('alice', 'pw');
  const layer = blob('layer');
  const artifact = imageManifest({ layer: layer.descriptor });

  it('pushes with the rights of its user, asked for once where it says so', async () => {
    if (server === undefined) return;
    const { repository } = open(alice, { access: 'push' });
    await repository.pushBlob(layer.descriptor, layer.bytes);
    await repository.pushBlob(EMPTY_DESCRIPTOR, EMPTY);
    await repository.pushManifest(artifact.descriptor, artifact.bytes, 'v1');
    const signature = imageManifest({ layer: layer.descriptor, subject: artifact.descriptor });
    expect(await repository.attach(signature.descriptor, signature.bytes)).toEqual({ via: 'tag', replacedIndex: 'none' });
    expect(server.asked).toEqual([{ method: 'GET', user: 'alice', scopes: ['repository:team/app:pull,push'] }]);
  });

  it('names the right that a stranger lacks, without going round in circles', async () => {
    const { repository, http } = open(undefined);
    const other = blob('other');
    await expect(repository.pushBlob(other.descriptor, other.bytes)).rejects.toMatchObject({
      code: 'OCI_UNAUTHORIZED',
      facts: { status: 401, scopes: ['repository:team/app:pull,push'] },
    });
    expect(http.requests.length).toBeLessThan(8);
  });

  it('takes an identity token, and reports one that is not valid', async () => {
    if (server === undefined) return;
    const before = server.asked.length;
    expect((await open({ refreshToken: new Secret(IDENTITY_TOKEN) }).repository.resolve('v1')).digest).toBe(artifact.descriptor.digest);
    expect(server.asked.slice(before)).toEqual([{ method: 'POST', user: 'alice', scopes: ['repository:team/app:pull'] }]);
    await expect(open({ refreshToken: new Secret('other') }).repository.resolve('v1')).rejects.toMatchObject({
      code: 'AUTH_TOKEN_REFUSED',
    });
    await expect(open(typedCredential('alice', 'wrong')).repository.resolve('v1')).rejects.toMatchObject({
      code: 'AUTH_TOKEN_REFUSED',
      message: expect.stringContaining('response status code 401: unauthorized: authentication required'),
    });
  });

  it('verifies cold in six round trips and warm in three', async () => {
    const files = createMemoryFiles();
    const verify = async () => {
      const tokenCache = createFileTokenCache({ files, clock: platform.clock, random: platform.random, directory: '/cache' });
      const { repository, http } = open(alice, { tokenCache, referrers: 'parallel' });
      const { digest } = artifact.descriptor;
      let rounds = 0;
      const round = async <T>(work: Promise<T>): Promise<T> => {
        rounds++;
        return work;
      };
      const [resolved, found] = await round(
        Promise.all([repository.resolve(digest), collectReferrers(repository, { digest }, { artifactType: ARTIFACT_TYPE })]),
      );
      const referrer = await round(fetchReferrer(repository, found[0] as Descriptor, resolved));
      await round(repository.fetchBlob(referrer.manifest.layers[0] as Descriptor, 1000));
      return {
        rounds,
        requests: http.requests.map((r) => `${r.method} ${new URL(r.url).pathname.split('/').slice(1, 5).at(-1)?.slice(0, 9)}`).sort(),
      };
    };
    const cold = await verify();
    const warm = await verify();
    // HEAD manifest, referrers and tag side by side; the manifest; the blob.
    expect(warm).toEqual({ rounds: 3, requests: ['GET blobs', 'GET manifests', 'GET manifests', 'GET referrers', 'HEAD manifests'] });
    // The same, with two refused at once and one token for both; this registry knows no referrers, with or without a token.
    expect(cold.requests.filter((line) => line === 'GET token')).toHaveLength(1);
    expect(cold.requests).toHaveLength(5 + 2 + 1);
  });
});

describe.skipIf(counterpart('docker-registry') === undefined || counterpart('htpasswd') === undefined)(
  'docker-registry with htpasswd',
  () => {
    let registry: DockerRegistry | undefined;
    beforeAll(async () => {
      registry = await startDockerRegistry({ htpasswd: { alice: 'pw' } });
    });
    afterAll(() => registry?.stop());

    it('answers Basic', async () => {
      const { host } = registry as DockerRegistry;
      const open = (credential: Credential) =>
        createRemoteRepository({
          registry: host,
          repository: 'a',
          http: platform.http(),
          clock: platform.clock,
          random: platform.random,
          allowPlainHttp: true,
          credentials: staticCredentials(host, credential),
        });
      const content = blob('x');
      await open(typedCredential('alice', 'pw')).pushBlob(content.descriptor, content.bytes);
      expect(await open(typedCredential('alice', 'pw')).fetchBlob(content.descriptor, 10)).toEqual(content.bytes);
      await expect(open(typedCredential('alice', 'no')).fetchBlob(content.descriptor, 10)).rejects.toMatchObject({
        code: 'OCI_UNAUTHORIZED',
        message: `GET "http://${host}/v2/a/blobs/${content.descriptor.digest}": response status code 401: unauthorized: authentication required: [map[Action:pull Class: Name:a Type:repository]]`,
      });
      await expect(open({}).resolve('v1')).rejects.toMatchObject({
        code: 'AUTH_CREDENTIAL_NOT_FOUND',
        message: `HEAD "http://${host}/v2/a/manifests/v1": basic credential not found`,
      });
    });
  },
);
