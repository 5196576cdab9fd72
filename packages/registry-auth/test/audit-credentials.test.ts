// SPDX-License-Identifier: Apache-2.0
/** How registry clients lost credentials, each as the registry that would try it here. See docs/explanation/audits.md. */
import { toUtf8 } from '@notary/base';
import {
  createFakeClock,
  createFakeEnvironment,
  createFakeProcesses,
  createFixedRandom,
  createLoopbackHttp,
  createMemoryFiles,
} from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { createCredentialStore } from '../src/credentials/index.ts';
import { anonymous, type CredentialSource, createRegistryClient, staticCredentials, typedCredential } from '../src/index.ts';

const BASE = 'https://registry.example';
type Handler = (request: Request) => Response;

function world(routes: Record<string, Handler>, credentials: CredentialSource, baseUrl = BASE) {
  const http = createLoopbackHttp(routes);
  const client = createRegistryClient({
    registry: new URL(baseUrl).host,
    baseUrl,
    http,
    clock: createFakeClock('2026-01-15T12:00:00Z', { sleeps: 'skip' }),
    random: createFixedRandom(),
    credentials,
  });
  const get = () => client.send({ method: 'GET', url: `${baseUrl}/v2/app/manifests/v1`, maxBytes: 1000, scopes: [], repository: 'app' });
  return { http, get };
}

const password = staticCredentials('registry.example', typedCredential('alice', 'secret'));
const refresh = staticCredentials('registry.example', typedCredential('', 'secret'));
const challenge = (realm: string) =>
  new Response('', { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}",service="s"` } });
/** Everything that left for a place: addresses, headers and bodies. */
const sentTo = (http: ReturnType<typeof createLoopbackHttp>) =>
  http.sent.map((r) => `${r.url} ${JSON.stringify(r.headers)} ${new TextDecoder().decode(r.body)}`);
const SECRETS = /secret|c2VjcmV0|YWxpY2U6/;

describe('a realm that a registry names', () => {
  it.each([
    ['http where the registry is https', 'http://auth.example/token'],
    ['http on the registry itself', 'http://registry.example/token'],
    ['a metadata service', 'https://169.254.169.254/latest'],
    ['a metadata service in shared address space', 'https://100.100.100.200/latest'],
    ['this machine', 'https://127.0.0.1/token'],
    ['this machine by name', 'https://localhost/token'],
    ['this machine as an IPv4 address in IPv6', 'https://[::ffff:127.0.0.1]/token'],
    ['a private network', 'https://10.0.0.7/token'],
    ['an address in one number', 'https://2130706433/token'],
    ['another scheme', 'file:///etc/passwd'],
    ['a name and password of its own', 'https://a:b@auth.example/token'],
  ])('[CVE-2026-48978] [CVE-2026-33540] gets no credential at %s', async (_what, realm) => {
    for (const credentials of [password, refresh]) {
      const { http, get } = world({ [BASE]: () => challenge(realm) }, credentials);
      await expect(get()).rejects.toMatchObject({ code: 'AUTH_REALM_REFUSED' });
      expect(http.sent).toHaveLength(1);
      expect(sentTo(http).join()).not.toMatch(SECRETS);
    }
  });

  it.each([
    ['http', 'http://auth.example/token'],
    ['an address of this network', 'https://10.0.0.7/token'],
    ['a metadata service', 'http://169.254.169.254/latest'],
  ])('[GHSA-mm27-wq9c-mxxr] gets none by way of a redirect to %s', async (_what, location) => {
    const { http, get } = world(
      {
        [BASE]: () => challenge('https://auth.example/token'),
        'https://auth.example': () => new Response('', { status: 302, headers: { location } }),
      },
      password,
    );
    await expect(get()).rejects.toMatchObject({ code: 'AUTH_REDIRECT_REFUSED' });
    expect(http.sent.map((r) => new URL(r.url).host)).toEqual(['registry.example', 'auth.example']);
  });
});

describe('redirects of token requests', () => {
  it('[GHSA-xc97-9f2f-9hrx] that leave the token server and come back bring no password along', async () => {
    const { http, get } = world(
      {
        [BASE]: () => challenge('https://auth.example/token'),
        'https://auth.example': (r) =>
          r.url.includes('/again')
            ? new Response('', { status: 403 })
            : new Response('', { status: 307, headers: { location: 'https://other.example/' } }),
        'https://other.example': () => new Response('', { status: 307, headers: { location: 'https://auth.example/again' } }),
      },
      password,
    );
    await expect(get()).rejects.toMatchObject({ code: 'AUTH_TOKEN_REFUSED' });
    const [, first, ...later] = sentTo(http);
    expect(first).toMatch(SECRETS);
    expect(later).toHaveLength(2);
    expect(later.join()).not.toMatch(SECRETS);
  });
});

describe('a registry with a name like that of another', () => {
  const LOOKALIKES = ['registry.example.evil.test', 'evil-registry.example', 'registry.example:8443', 'sub.registry.example'];

  it.each(LOOKALIKES)('[CVE-2025-27403] does not get the credential of the other one: %s', async (name) => {
    const files = createMemoryFiles();
    const auths = { 'registry.example': { auth: btoa('alice:secret') }, 'https://registry.example/v1/': { auth: btoa('alice:secret') } };
    await files.makeDirectory('/home/u/.docker', 0o700);
    await files.writeAtomic('/home/u/.docker/config.json', toUtf8(JSON.stringify({ auths })), { mode: 0o600 });
    const store = createCredentialStore({
      files,
      processes: createFakeProcesses({}),
      environment: createFakeEnvironment({}),
      platform: 'linux',
      configPath: '/home/u/.config/notation/config.json',
      dockerConfigPath: '/home/u/.docker/config.json',
      podmanPaths: ['/home/u/.docker/config.json'],
    });
    expect((await store.credential({ registry: 'registry.example' })).username).toBe('alice');
    expect(await store.credential({ registry: name })).toEqual(anonymous);
    for (const credentials of [store, password]) {
      const url = `https://${name}`;
      const { http, get } = world(
        { [url]: () => new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }) },
        credentials,
        url,
      );
      await get().catch(() => undefined);
      expect(sentTo(http).join()).not.toMatch(SECRETS);
    }
  });
});
