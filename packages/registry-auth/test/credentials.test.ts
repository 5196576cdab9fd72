// SPDX-License-Identifier: Apache-2.0
import { fromUtf8, Secret, toUtf8 } from '@notary/base';
import {
  createFakeClock,
  createFakeEnvironment,
  createFakeProcesses,
  createFixedRandom,
  createLoopbackHttp,
  createMemoryFiles,
  type FakeProgram,
} from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import {
  type CredentialStoreOptions,
  createCredentialStore,
  dockerConfigPath,
  login,
  logout,
  ping,
  podmanAuthPaths,
} from '../src/credentials/index.ts';
import { anonymous, type Credential, sameCredential, typedCredential } from '../src/index.ts';
import { PING_DEADLINE_MS } from '../src/limits.ts';
import { createFileTokenCache } from '../src/token-cache/index.ts';

const OWN = '/config/notation/config.json';
const DOCKER = '/home/u/.docker/config.json';
const PODMAN = '/run/user/1/containers/auth.json';
const auth = (user: string, password: string) => ({ auth: btoa(`${user}:${password}`) });

interface SetUp {
  readonly own?: unknown;
  readonly docker?: unknown;
  readonly podman?: unknown;
  readonly programs?: Record<string, FakeProgram>;
  readonly installed?: readonly string[];
  readonly platform?: CredentialStoreOptions['platform'];
}

async function setUp(o: SetUp = {}) {
  const files = createMemoryFiles();
  const write = async (path: string, value: unknown, mode = 0o600) => {
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')), 0o700);
    await files.writeAtomic(path, toUtf8(typeof value === 'string' ? value : JSON.stringify(value)), { mode });
  };
  if (o.own !== undefined) await write(OWN, o.own);
  if (o.docker !== undefined) await write(DOCKER, o.docker);
  if (o.podman !== undefined) await write(PODMAN, o.podman);
  for (const name of o.installed ?? []) await write(`/usr/bin/${name}`, '#!', 0o755);
  const processes = createFakeProcesses(o.programs ?? {});
  const store = createCredentialStore({
    files,
    processes,
    environment: createFakeEnvironment({ PATH: 'relative:/usr/bin:/none' }),
    platform: o.platform ?? 'linux',
    configPath: OWN,
    dockerConfigPath: DOCKER,
    podmanPaths: [PODMAN],
  });
  return { files, processes, store };
}

/** A helper that knows some servers and records what it is told. */
function helper(known: Record<string, { Username: string; Secret: string }>, told: string[] = []): FakeProgram {
  return ({ args, stdin }) => {
    const input = fromUtf8(stdin);
    told.push(`${args.join(' ')} ${input}`);
    if (args[0] !== 'get') return {};
    const found = known[input];
    return found === undefined
      ? { exitCode: 1, stdout: 'credentials not found in native keychain\n' }
      : { stdout: JSON.stringify({ ServerURL: input, ...found }) };
  };
}

const shown = (c: Credential) => ({
  user: c.username,
  password: c.password?.reveal(),
  refresh: c.refreshToken?.reveal(),
  access: c.accessToken?.reveal(),
});
const user = (name: string, password: string) => ({ user: name, password, refresh: undefined, access: undefined });

describe('which credential counts', () => {
  it('takes its own file before Docker’s, even for a registry that only Docker knows', async () => {
    const { store } = await setUp({
      own: { auths: { 'a.example': auth('own', '1') } },
      docker: { auths: { 'a.example': auth('docker', '2'), 'b.example': auth('docker', '3') } },
    });
    expect(shown(await store.credential({ registry: 'a.example' }))).toEqual(user('own', '1'));
    expect(await store.credential({ registry: 'b.example' })).toEqual(anonymous);
  });

  it('takes Docker’s file where its own configures nothing', async () => {
    const { store } = await setUp({ own: { signatureFormat: 'cose', auths: {} }, docker: { auths: { 'a.example': auth('docker', '2') } } });
    expect(shown(await store.credential({ registry: 'a.example' }))).toEqual(user('docker', '2'));
  });

  it('takes the platform’s helper where no file configures anything', async () => {
    const pass = helper({ 'a.example': { Username: 'p', Secret: 's' } });
    const { store } = await setUp({ programs: { 'docker-credential-pass': pass }, installed: ['pass', 'docker-credential-pass'] });
    expect(shown(await store.credential({ registry: 'a.example' }))).toEqual(user('p', 's'));
    const secret = await setUp({ programs: { 'docker-credential-secretservice': pass }, installed: ['docker-credential-secretservice'] });
    expect(shown(await secret.store.credential({ registry: 'a.example' }))).toEqual(user('p', 's'));
    const mac = await setUp({
      programs: { 'docker-credential-osxkeychain': pass },
      installed: ['docker-credential-osxkeychain'],
      platform: 'darwin',
    });
    expect(shown(await mac.store.credential({ registry: 'a.example' }))).toEqual(user('p', 's'));
    // pass is there, its helper is not: no other helper is tried.
    const none = await setUp({
      programs: { 'docker-credential-secretservice': pass },
      installed: ['pass', 'docker-credential-secretservice'],
    });
    expect(await none.store.credential({ registry: 'a.example' })).toEqual(anonymous);
  });

  it('asks credHelpers before credsStore before auths', async () => {
    const programs = {
      'docker-credential-one': helper({ 'a.example': { Username: 'one', Secret: '1' } }),
      'docker-credential-all': helper({ 'b.example': { Username: 'all', Secret: '2' } }),
    };
    const { store } = await setUp({
      docker: {
        credHelpers: { 'a.example': 'one' },
        credsStore: 'all',
        auths: { 'a.example': auth('x', 'y'), 'c.example': auth('x', 'y') },
      },
      programs,
    });
    expect(shown(await store.credential({ registry: 'a.example' }))).toEqual(user('one', '1'));
    expect(shown(await store.credential({ registry: 'b.example' }))).toEqual(user('all', '2'));
    expect(await store.credential({ registry: 'c.example' })).toEqual(anonymous);
  });

  it('reads identity tokens, registry tokens, plain members and old keys', async () => {
    const { store } = await setUp({
      docker: {
        auths: {
          'a.example': { identitytoken: 'id' },
          'b.example': { registrytoken: 'ready' },
          'c.example': { username: 'u', password: 'p' },
          'https://d.example/v1/': auth('u', 'p:with:colons'),
          'e.example': null,
        },
      },
    });
    expect(shown(await store.credential({ registry: 'a.example' })).refresh).toBe('id');
    expect(shown(await store.credential({ registry: 'b.example' })).access).toBe('ready');
    expect(shown(await store.credential({ registry: 'c.example' }))).toEqual(user('u', 'p'));
    expect(shown(await store.credential({ registry: 'd.example' }))).toEqual(user('u', 'p:with:colons'));
    expect(await store.credential({ registry: 'e.example' })).toEqual(anonymous);
    expect(await store.credential({ registry: '__proto__' })).toEqual(anonymous);
  });

  it('knows Docker Hub by its old key', async () => {
    const { store } = await setUp({ docker: { auths: { 'https://index.docker.io/v1/': auth('u', 'p') } } });
    for (const registry of ['docker.io', 'registry-1.docker.io'])
      expect(shown(await store.credential({ registry }))).toEqual(user('u', 'p'));
  });

  it('reads a helper’s token as an identity token', async () => {
    const { store } = await setUp({
      docker: { credsStore: 'x' },
      programs: { 'docker-credential-x': helper({ 'a.example': { Username: '<token>', Secret: 'id' } }) },
    });
    expect(shown(await store.credential({ registry: 'a.example' }))).toMatchObject({ user: undefined, refresh: 'id' });
  });

  it('asks Podman last, longest key first', async () => {
    const podman = {
      auths: { 'a.example': auth('host', '1'), 'a.example/team': auth('team', '2'), 'a.example/team/app': auth('app', '3') },
    };
    const { store } = await setUp({ docker: { auths: { 'b.example': auth('docker', '4') } }, podman });
    const at = async (repository?: string) =>
      shown(await store.credential({ registry: 'a.example', ...(repository === undefined ? {} : { repository }) })).user;
    expect(await at('team/app')).toBe('app');
    expect(await at('team/other')).toBe('team');
    expect(await at('teams/app')).toBe('host');
    expect(await at()).toBe('host');
    expect(shown(await store.credential({ registry: 'b.example' })).user).toBe('docker');
  });

  it('finds the files by the environment', () => {
    const env = createFakeEnvironment({ DOCKER_CONFIG: '/d', XDG_RUNTIME_DIR: '/run/u', XDG_CONFIG_HOME: '/x' });
    expect(dockerConfigPath(env, '/home/u')).toBe('/d/config.json');
    expect(dockerConfigPath(createFakeEnvironment({}), '/home/u')).toBe('/home/u/.docker/config.json');
    expect(dockerConfigPath(createFakeEnvironment({}), undefined)).toBeUndefined();
    expect(podmanAuthPaths(env, '/home/u')).toEqual(['/run/u/containers/auth.json', '/x/containers/auth.json']);
    expect(podmanAuthPaths(createFakeEnvironment({ REGISTRY_AUTH_FILE: '/a' }), undefined)).toEqual(['/a']);
    expect(podmanAuthPaths(createFakeEnvironment({}), undefined)).toEqual([]);
  });
});

describe('bad files and helpers', () => {
  const decode = 'failed to decode config file at /config/notation/config.json';
  it.each([
    ['', `${decode}: invalid config format: EOF`],
    [' \n', `${decode}: invalid config format: EOF`],
    ['{', `${decode}: invalid config format: unexpected EOF`],
    ['[]', `${decode}: invalid config format: json: cannot unmarshal array into Go value of type map[string]json.RawMessage`],
    ['true', `${decode}: invalid config format: json: cannot unmarshal bool into Go value of type map[string]json.RawMessage`],
    [
      '{"credsStore":1}',
      'failed to unmarshal creds store field: invalid config format: json: cannot unmarshal number into Go value of type string',
    ],
    [
      '{"credHelpers":{"a":1}}',
      'failed to unmarshal cred helpers field: invalid config format: json: cannot unmarshal number into Go value of type string',
    ],
    [
      '{"credHelpers":"a"}',
      'failed to unmarshal cred helpers field: invalid config format: json: cannot unmarshal string into Go value of type map[string]string',
    ],
    [
      '{"auths":[]}',
      'failed to unmarshal auths field: invalid config format: json: cannot unmarshal array into Go value of type map[string]json.RawMessage',
    ],
  ])('refuses the file %s', async (own, message) => {
    const { store } = await setUp({ own });
    await expect(store.credential({ registry: 'a.example' })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: `failed to create credential store from config file: ${message}`,
    });
  });

  const unreadable = 'failed to unmarshal auth field: invalid config format: json: cannot unmarshal';
  const illegal = 'failed to decode auth field: invalid config format: illegal base64 data at input byte';
  it.each([
    ['x', `${unreadable} string into Go value of type config.AuthConfig`],
    [{ auth: 3 }, `${unreadable} number into Go struct field AuthConfig.auth of type string`],
    [{ IdentityToken: {} }, `${unreadable} object into Go struct field AuthConfig.identitytoken of type string`],
    [{ auth: '%%%' }, `${illegal} 0`],
    [{ auth: 'YTpi=' }, `${illegal} 4`],
    [{ auth: 'YTpiYw' }, `${illegal} 4`],
    [{ auth: 'YQ=a' }, `${illegal} 2`],
    [{ auth: 'YQ=' }, `${illegal} 3`],
    [{ auth: 'Y' }, `${illegal} 0`],
    [{ auth: 'YQ==x' }, `${illegal} 4`],
    [{ auth: 'YTpi\nY' }, `${illegal} 5`],
    [{ auth: '\u00e9' }, `${illegal} 0`],
  ])('refuses the entry %j in the words of Go, once it is wanted', async (entry, message) => {
    const { store } = await setUp({ own: { auths: { 'a.example': entry } } });
    await expect(store.credential({ registry: 'a.example' })).rejects.toMatchObject({ code: 'AUTH_CONFIG_INVALID', message });
    expect(await store.credential({ registry: 'b.example' })).toEqual({});
  });

  it('passes over line ends in base64, and takes null for nothing', async () => {
    const { store } = await setUp({
      own: { auths: { 'a.example': { auth: 'YTpi\r\nYw=\n=\n' }, 'b.example': null }, credHelpers: { 'a.example': null } },
    });
    expect(await store.credential({ registry: 'a.example' })).toMatchObject({ username: 'a' });
    expect(await store.credential({ registry: 'b.example' })).toEqual({});
  });

  it('never shows what stands in a bad entry', async () => {
    for (const entry of [{ auth: '!!secret!!' }, { auth: btoa('secret-without-colon') }, 'secret', { username: 3 }]) {
      const { store } = await setUp({ own: { auths: { 'a.example': entry } } });
      const failure = await store.credential({ registry: 'a.example' }).catch((e: unknown) => e);
      expect(failure).toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
      expect(`${(failure as Error).message}${JSON.stringify(failure)}`).not.toContain('secret');
    }
  });

  it('reports a file that cannot be read', async () => {
    const { files, processes } = await setUp();
    await files.makeDirectory(OWN, 0o700);
    const store = createCredentialStore({ files, processes, environment: createFakeEnvironment({}), platform: 'linux', configPath: OWN });
    await expect(store.credential({ registry: 'a.example' })).rejects.toMatchObject({ code: 'AUTH_CONFIG_UNREADABLE' });
  });

  it.each(['../../bin/sh', 'a/b', '-x', '', 'a b', '\\x'])('does not run a helper called %j', async (name) => {
    const { store, processes } = await setUp({ own: { credHelpers: { 'a.example': name } } });
    const result = await store.credential({ registry: 'a.example' }).catch((e: { code: string }) => e.code);
    if (name !== '') expect(result).toBe('AUTH_HELPER_NAME_INVALID');
    expect(processes.ran).toEqual([]);
  });

  it('reports helpers that fail, are missing or talk nonsense', async () => {
    const own = {
      credHelpers: { 'a.example': 'fails', 'b.example': 'missing', 'c.example': 'html', 'd.example': 'list', 'e.example': 'silent' },
    };
    const programs: Record<string, FakeProgram> = {
      'docker-credential-fails': () => ({ exitCode: 1, stdout: 'pass is locked\n' }),
      'docker-credential-html': () => ({ stdout: '<html>' }),
      'docker-credential-list': () => ({ stdout: '{"Username":["x"]}' }),
      'docker-credential-silent': () => ({ exitCode: 3 }),
    };
    const { store } = await setUp({ own, programs });
    const failure = (registry: string) => store.credential({ registry }).catch((e: Error & { code: string }) => `${e.code} ${e.message}`);
    expect(await failure('a.example')).toBe('AUTH_HELPER_FAILED pass is locked');
    expect(await failure('b.example')).toBe('AUTH_HELPER_FAILED exec: "docker-credential-missing": executable file not found in $PATH');
    expect(await failure('c.example')).toContain('AUTH_HELPER_FAILED');
    expect(await failure('d.example')).toContain('AUTH_HELPER_FAILED');
    expect(await failure('e.example')).toBe('AUTH_HELPER_FAILED exit status 3');
  });
});

describe('login and logout', () => {
  const registry = 'r.example';
  const accepts = (password: string) => (request: Request) =>
    request.headers.get('authorization') === `Basic ${btoa(`alice:${password}`)}`
      ? new Response('{}')
      : Response.json(
          { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
          { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
        );
  const ports = () => ({
    http: createLoopbackHttp({ 'https://r.example': accepts('pw') }),
    clock: createFakeClock(),
    random: createFixedRandom(),
  });

  it('saves a tried credential through a helper', async () => {
    const told: string[] = [];
    const { store } = await setUp({ own: { credsStore: 'x' }, programs: { 'docker-credential-x': helper({}, told) } });
    expect(await login({ ...ports(), registry, store, credential: typedCredential('alice', 'pw') })).toBe('saved');
    expect(told).toEqual(['store {"ServerURL":"r.example","Username":"alice","Secret":"pw"}']);
  });

  it('saves an identity token under the name for tokens', async () => {
    const told: string[] = [];
    const { store } = await setUp({ own: { credsStore: 'x' }, programs: { 'docker-credential-x': helper({}, told) } });
    await store.save('docker.io', { refreshToken: new Secret('id') });
    expect(told).toEqual(['store {"ServerURL":"https://index.docker.io/v1/","Username":"<token>","Secret":"id"}']);
  });

  it('keeps nothing where the answer does not come to an end, and lets go of the connection', async () => {
    const told: string[] = [];
    const { store } = await setUp({ own: { credsStore: 'x' }, programs: { 'docker-credential-x': helper({}, told) } });
    const clock = createFakeClock();
    let aborted = false;
    const http = createLoopbackHttp({
      'https://r.example': (request) => {
        request.signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise<never>(() => undefined);
      },
    });
    const outcome = login({ ...ports(), clock, http, registry, store, credential: typedCredential('alice', 'pw') }).catch(
      (e: unknown) => e,
    );
    while (http.sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(PING_DEADLINE_MS);
    expect(await outcome).toMatchObject({
      code: 'AUTH_LOGIN_INVALID',
      cause: { code: 'AUTH_PING_DEADLINE', facts: { registry, deadlineMs: PING_DEADLINE_MS } },
    });
    expect([aborted, told, clock.sleeping]).toEqual([true, [], 0]);
  });

  it('keeps nothing that the registry refuses', async () => {
    const told: string[] = [];
    const { store } = await setUp({ own: { credsStore: 'x' }, programs: { 'docker-credential-x': helper({}, told) } });
    await expect(login({ ...ports(), registry, store, credential: typedCredential('alice', 'wrong') })).rejects.toMatchObject({
      code: 'AUTH_LOGIN_INVALID',
      message:
        'failed to validate the credentials for r.example: GET "https://r.example/v2/": response status code 401: unauthorized: authentication required',
    });
    expect(told).toEqual([]);
  });

  it('says by a code of its own that the registry refuses', async () => {
    const asking = ping({ ...ports(), registry, credential: typedCredential('alice', 'wrong') });
    await expect(asking).rejects.toMatchObject({ code: 'AUTH_PING_FAILED', facts: { status: 401 } });
  });

  it('never writes a password as it is', async () => {
    const { store, files } = await setUp({ own: { auths: {} } });
    await expect(login({ ...ports(), registry, store, credential: typedCredential('alice', 'pw') })).rejects.toMatchObject({
      code: 'AUTH_LOGIN_UNSAVED',
      cause: { code: 'AUTH_PLAINTEXT_REFUSED' },
    });
    expect(fromUtf8((await files.read(OWN, 1000)) ?? new Uint8Array())).toBe('{"auths":{}}');
  });

  it('is content with the same credential in plain text', async () => {
    const { store } = await setUp({ own: { auths: { [registry]: auth('alice', 'pw') } } });
    expect(await login({ ...ports(), registry, store, credential: typedCredential('alice', 'pw') })).toBe('existing');
  });

  it('reports a registry that is none', async () => {
    const { store } = await setUp({});
    const http = createLoopbackHttp({ 'https://r.example': () => new Response('', { status: 404 }) });
    await expect(login({ ...ports(), http, registry, store, credential: typedCredential('a', 'b') })).rejects.toMatchObject({
      message: 'failed to validate the credentials for r.example: not found',
    });
  });

  it('forgets the credential and the tokens', async () => {
    const { store, files } = await setUp({
      own: '{"signatureFormat":"cose","auths":{"z.example":{"auth":"YTpi"},"r.example":{"auth":"YTpi"}},"n":{"b":1,"a":"<"}}',
    });
    const { clock, random } = ports();
    const tokenCache = createFileTokenCache({ files, clock, random, directory: '/cache' });
    const expiresAt = new Date(clock.now().getTime() + 100_000);
    await tokenCache.save('https://r.example', anonymous, { token: new Secret('t'), scopes: [], service: '', expiresAt });
    await logout({ registry, store, tokenCache });
    expect(await tokenCache.load('https://r.example', async () => anonymous)).toEqual([]);
    // Laid out as Go does: sorted members, tabs; what is not understood stays.
    expect(fromUtf8((await files.read(OWN, 1000)) ?? new Uint8Array())).toBe(
      '{\n\t"auths": {\n\t\t"z.example": {\n\t\t\t"auth": "YTpi"\n\t\t}\n\t},\n\t"n": {\n\t\t"b": 1,\n\t\t"a": "\\u003c"\n\t},\n\t"signatureFormat": "cose"\n}',
    );
    await expect(logout({ registry: 'unknown.example', store })).resolves.toBeUndefined();
  });

  it('does not open the credentials that stay to everybody where the file is a link', async () => {
    const { store, files } = await setUp({});
    files.put('/dotfiles/config.json', '{"auths":{"z.example":{"auth":"YTpi"},"r.example":{"auth":"YTpi"}}}');
    files.putLink(OWN, '/dotfiles/config.json');
    await logout({ registry, store });
    expect(await files.stat(OWN)).toMatchObject({ kind: 'file', mode: 0o600 });
  });

  it('reports a helper that cannot forget', async () => {
    const { store } = await setUp({
      own: { credsStore: 'x' },
      programs: { 'docker-credential-x': () => ({ exitCode: 1, stdout: 'locked' }) },
    });
    await expect(logout({ registry, store })).rejects.toMatchObject({
      code: 'AUTH_LOGOUT_FAILED',
      message: 'failed to delete the credential for r.example: locked',
    });
  });
});

describe('credentials', () => {
  it('compare by all their parts and never show themselves', () => {
    const a = typedCredential('alice', 'pw');
    expect(sameCredential(a, typedCredential('alice', 'pw'))).toBe(true);
    expect(sameCredential(a, typedCredential('alice', 'px'))).toBe(false);
    expect(sameCredential(a, { ...a, accessToken: new Secret('t') })).toBe(false);
    expect(JSON.stringify(a)).toBe('{"username":"alice","password":"[redacted]"}');
    expect(shown(typedCredential('', 'id')).refresh).toBe('id');
    expect(typedCredential('', '')).toEqual(anonymous);
  });
});
