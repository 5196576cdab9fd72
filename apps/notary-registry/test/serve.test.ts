// SPDX-License-Identifier: Apache-2.0
/** The commands in the test's own process: arguments, first lines, protection, reload, stop, collection. */
import { existsSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, type Handler, type Listener, type ListenOptions, type SignalName, type Signals } from '@notary/base';
import { runProgram } from '@notary/cli';
import { createNodeFiles, createSystemClock, createSystemRandom } from '@notary/platform';
import { createFakeEnvironment, createFakeTerminal, createTestCa, type FakeTerminal, type TestCa, until } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppDeps } from '../src/deps.ts';
import { program } from '../src/program.ts';

const newFolder = temporaryFolders('notary-registry-test-');
let root: string;
beforeEach(() => {
  root = newFolder();
});

interface Running {
  readonly terminal: FakeTerminal;
  readonly code: Promise<number>;
  readonly listening: { handler: Handler; options: ListenOptions }[];
  send(name: SignalName): void;
  call(method: string, path: string, init?: RequestInit, endpoint?: number): Promise<Response>;
}

/** Runs a command with a listener that only remembers, and signals that only we send. */
function run(...argv: string[]): Running {
  const terminal = createFakeTerminal();
  const listening: Running['listening'] = [];
  const handlers = new Set<{ names: readonly SignalName[]; handler: (n: SignalName) => void }>();
  const listener: Listener = {
    async listen(handler, options) {
      listening.push({ handler, options });
      return {
        url: `${options.tls ? 'https' : 'http'}://${options.host}:${options.port}`,
        port: options.port,
        stop: async () => undefined,
        reloadTls: async () => undefined,
      };
    },
  };
  const signals: Signals = {
    on(names, handler) {
      const entry = { names, handler };
      handlers.add(entry);
      return () => void handlers.delete(entry);
    },
  };
  const deps: AppDeps = {
    terminal,
    environment: createFakeEnvironment({}),
    files: createNodeFiles(),
    clock: createSystemClock(),
    random: createSystemRandom(),
    listener,
    signals,
  };
  return {
    terminal,
    listening,
    code: runProgram(program, argv, deps),
    send(name) {
      for (const h of [...handlers]) if (h.names.includes(name)) h.handler(name);
    },
    async call(method, path, init = {}, endpoint = 0) {
      const body = init.body as string | undefined;
      const headers = {
        ...(init.headers as Record<string, string>),
        ...(body === undefined ? {} : { 'content-length': String(new TextEncoder().encode(body).length) }),
      };
      const request = new Request(`http://registry.test${path}`, { ...init, method, headers });
      return (await listening[endpoint]?.handler(request, { remoteAddress: '' })) ?? Response.error();
    },
  };
}
const listening = async (r: Running): Promise<Running> => {
  let ended = false;
  void r.code.finally(() => {
    ended = true;
  });
  await until('a line that says where it listens, or the end', () => ended || r.terminal.stdout.includes('listens'));
  expect(r.terminal.stdout + r.terminal.stderr).toContain('listens');
  return r;
};
const stop = async (r: Running): Promise<void> => {
  r.send('SIGTERM');
  expect(await r.code).toBe(0);
};
const basic = (pair: string): Record<string, string> => ({ authorization: `Basic ${btoa(pair)}` });
/** Made with `htpasswd -nbB -C 4 alice correct`. */
const ALICE = 'alice:$2y$04$xwyiTH/l0XLAbCLBgAy7aebUdJ5.Ot7DoP7Hxgkpdwwn39xbCjNVG';
const writeUsers = async (): Promise<string> => {
  const path = join(root, 'users');
  await createNodeFiles().writeAtomic(path, new TextEncoder().encode(`${ALICE}\n`), { mode: 0o600 });
  return path;
};

describe('serve', () => {
  it('says where it listens, where its data is, whether it is protected, and what to try', async () => {
    const r = await listening(run('serve', '--root', join(root, 'data')));
    expect(r.terminal.stdout).toBe(
      `notary-registry listens on http://127.0.0.1:5000, data in ${join(root, 'data')}, no authentication\ntry: oras push localhost:5000/hello:v1 README.md && notation sign localhost:5000/hello:v1\n`,
    );
    expect((await r.call('GET', '/v2/')).status).toBe(200);
    expect((await r.call('GET', '/healthz')).status).toBe(200);
    expect((await r.call('GET', '/readyz')).status).toBe(200);
    expect(await (await r.call('GET', '/metrics')).text()).toContain('registry_requests_total');
    expect(r.listening[0]?.options).toMatchObject({ host: '127.0.0.1', port: 5000, maxRequestBytes: Number.MAX_SAFE_INTEGER });
    await stop(r);
  });
  it('keeps data over a stop', async () => {
    const digest = digestOf(new TextEncoder().encode('x'));
    const first = await listening(run('serve', '--root', root));
    expect((await first.call('POST', `/v2/a/blobs/uploads/?digest=${digest}`, { body: 'x' })).status).toBe(201);
    await stop(first);
    const second = await listening(run('serve', '--root', root, '--read-only'));
    expect((await second.call('HEAD', `/v2/a/blobs/${digest}`)).status).toBe(200);
    expect((await second.call('DELETE', `/v2/a/blobs/${digest}`)).status).toBe(405);
    await stop(second);
  });
  it('warns where anyone may push, and keeps metrics to itself', async () => {
    const r = await listening(run('serve', '--memory', '--addr', ':5000', '--metrics-addr', '127.0.0.1:9100'));
    expect(r.terminal.stdout).toContain('warning: anyone who reaches this address may push');
    expect((await r.call('GET', '/metrics')).status).toBe(404);
    expect((await r.call('GET', '/metrics', {}, 1)).status).toBe(200);
    expect((await r.call('GET', '/v2/', {}, 1)).status).toBe(404);
    await stop(r);
  });
  it('lets in the users of an htpasswd file, and takes a new file on SIGHUP', async () => {
    const users = await writeUsers();
    const r = await listening(run('serve', '--memory', '--htpasswd', users, '--anonymous-pull'));
    const upload = (headers = {}) => r.call('POST', '/v2/a/blobs/uploads/', { headers });
    expect((await upload()).status).toBe(401);
    expect((await upload(basic('alice:wrong'))).status).toBe(401);
    expect((await upload(basic('alice:correct'))).status).toBe(202);
    expect((await r.call('GET', '/v2/a/tags/list')).status).toBe(404);
    await createNodeFiles().writeAtomic(users, new Uint8Array(0), { mode: 0o600 });
    r.send('SIGHUP');
    await until('a line that says so', () => r.terminal.stderr.includes('reloaded'));
    expect((await upload(basic('alice:correct'))).status).toBe(401);
    await stop(r);
  });
  it.each([[[]], [['--token-realm', 'http://localhost:5000/token', '--token-issuer']]])(
    'lets some users only pull, with %j',
    async (more) => {
      const users = join(root, 'users');
      const text = `${ALICE}\n${ALICE.replace('alice', 'reader')}\n`;
      await createNodeFiles().writeAtomic(users, new TextEncoder().encode(text), { mode: 0o600 });
      const r = await listening(run('serve', '--memory', '--htpasswd', users, '--read-only-users', 'reader', ...more));
      const as = async (user: string, method: string, path: string, scope: string, body?: string): Promise<number> => {
        let headers = basic(`${user}:correct`);
        if (more.length > 0) {
          const query = new URLSearchParams({ service: 'notary-registry', scope });
          const answer = await r.call('GET', `/token?${query}`, { headers });
          headers = { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` };
        }
        return (await r.call(method, path, { headers, ...(body === undefined ? {} : { body }) })).status;
      };
      const digest = digestOf(new TextEncoder().encode('x'));
      const push = `/v2/a/blobs/uploads/?digest=${digest}`;
      const refused = more.length > 0 ? 401 : 403;
      expect(await as('reader', 'POST', push, 'repository:a:pull,push', 'x')).toBe(refused);
      expect(await as('alice', 'POST', push, 'repository:a:pull,push', 'x')).toBe(201);
      expect(await as('reader', 'HEAD', `/v2/a/blobs/${digest}`, 'repository:a:pull')).toBe(200);
      expect(await as('reader', 'GET', '/v2/_catalog', 'registry:catalog:*')).toBe(200);
      expect(await as('reader', 'DELETE', `/v2/a/blobs/${digest}`, 'repository:a:delete,*')).toBe(refused);
      expect(await as('reader', 'GET', '/v2/', '')).toBe(200);
      await stop(r);
    },
  );
  it('refuses to start where a read-only user is none of the users', async () => {
    const r = run('serve', '--memory', '--htpasswd', await writeUsers(), '--read-only-users', 'alice, raeder');
    expect([await r.code, r.terminal.stderr]).toMatchObject([2, expect.stringContaining('"raeder", who is not in --htpasswd')]);
  });
  it('issues tokens and takes them', async () => {
    const users = await writeUsers();
    const r = await listening(
      run('serve', '--root', join(root, 'data'), '--htpasswd', users, '--token-realm', 'http://localhost:5000/token', '--token-issuer'),
    );
    const challenge = (await r.call('POST', '/v2/a/blobs/uploads/')).headers.get('www-authenticate');
    expect(challenge).toBe('Bearer realm="http://localhost:5000/token",service="notary-registry",scope="repository:a:pull,push"');
    const answer = await r.call('GET', '/token?service=notary-registry&scope=repository:a:pull,push', { headers: basic('alice:correct') });
    const { token } = (await answer.json()) as { token: string };
    const bearer = { authorization: `Bearer ${token}` };
    expect((await r.call('POST', '/v2/a/blobs/uploads/', { headers: bearer })).status).toBe(202);
    expect((await r.call('POST', '/v2/b/blobs/uploads/', { headers: bearer })).status).toBe(401);
    await stop(r);
    const again = await listening(
      run('serve', '--root', join(root, 'data'), '--htpasswd', users, '--token-realm', 'http://localhost:5000/token', '--token-issuer'),
    );
    expect((await again.call('POST', '/v2/a/blobs/uploads/', { headers: bearer })).status).toBe(202);
    await stop(again);
  });
  it('sends a client for the right to read the source of a mount, where it would get it', async () => {
    const users = await writeUsers();
    const r = await listening(
      run('serve', '--memory', '--htpasswd', users, '--token-realm', 'http://localhost:5000/token', '--token-issuer'),
    );
    const bearer = async (scope: string): Promise<Record<string, string>> => {
      const query = new URLSearchParams({ service: 'notary-registry', scope });
      const answer = await r.call('GET', `/token?${query}`, { headers: basic('alice:correct') });
      return { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` };
    };
    const digest = digestOf(new TextEncoder().encode('layer'));
    const headers = await bearer('repository:base:pull,push');
    expect((await r.call('POST', `/v2/base/blobs/uploads/?digest=${digest}`, { body: 'layer', headers })).status).toBe(201);
    for (const source of ['&from=base', '']) {
      const mount = `/v2/app/blobs/uploads/?mount=${digest}${source}`;
      const sent = await r.call('POST', mount, { headers: await bearer('repository:app:pull,push') });
      const scope = /scope="([^"]+)"/.exec(sent.headers.get('www-authenticate') ?? '')?.[1] ?? '';
      expect([sent.status, scope]).toEqual([401, 'repository:app:pull,push repository:base:pull']);
      expect((await r.call('POST', mount, { headers: await bearer(scope) })).status).toBe(201);
      await r.call('DELETE', `/v2/app/blobs/${digest}`, { headers: await bearer('repository:app:delete') });
    }
    await stop(r);
  });
  it('verifies tokens that carry a chain to a trusted root', async () => {
    const [ca, stranger] = await Promise.all([createTestCa({ keyType: 'EC-256' }), createTestCa({ keyType: 'EC-256' })]);
    const roots = join(root, 'roots.pem');
    await createNodeFiles().writeAtomic(roots, new TextEncoder().encode(ca.rootPem), { mode: 0o644 });
    const argv = [
      'serve',
      '--memory',
      '--token-realm',
      'https://auth.example/token',
      '--token-key',
      roots,
      '--token-name',
      'auth',
      '--token-service',
      'reg',
    ];
    const r = await listening(run(...argv));
    const ask = async (authority: TestCa, change: object = {}): Promise<number> => {
      const signer = await authority.server(['auth.example'], { keyType: 'EC-256', ...change });
      const access = [{ type: 'repository', name: 'a', actions: ['pull', 'push'] }];
      const part = (v: object): string => Buffer.from(JSON.stringify(v)).toString('base64url');
      const header = { alg: 'ES256', x5c: signer.chain.map((c) => Buffer.from(c).toString('base64')) };
      const signed = `${part(header)}.${part({ iss: 'auth', aud: 'reg', sub: 'x', exp: Date.now() / 1000 + 60, access })}`;
      const signature = await signer.key.sign('ES256', new TextEncoder().encode(signed));
      const token = `${signed}.${Buffer.from(signature).toString('base64url')}`;
      return (await r.call('POST', '/v2/a/blobs/uploads/', { headers: { authorization: `Bearer ${token}` } })).status;
    };
    expect(await ask(ca)).toBe(202);
    expect(await ask(stranger)).toBe(401);
    expect(await ask(ca, { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01') })).toBe(401);
    await stop(r);
  });
  it.each([
    [['serve', '--addr', 'nowhere'], 'invalid address'],
    [['serve', '--memory', '--token-issuer'], '--token-issuer needs --htpasswd'],
    [['serve', '--memory', '--token-realm', 'http://x/token'], 'needs --token-key'],
    [['serve', '--memory', '--htpasswd', '/no/such/file'], 'no such file, named as --htpasswd'],
    [['serve', '--memory', '--anonymous-pull'], '--anonymous-pull needs --htpasswd'],
    [['serve', '--memory', '--read-only-users', 'bob'], '--read-only-users needs --htpasswd'],
    [
      ['serve', '--memory', '--htpasswd', 'u', '--read-only-users', 'b', '--token-realm', 'http://x/token', '--token-key', 'k'],
      '--read-only-users needs --token-issuer',
    ],
    [['serve', '--memory', '--log-level', 'loud'], '--log-level takes'],
  ])('%j ends with 2', async (argv, text) => {
    const r = run(...argv);
    expect(await r.code).toBe(2);
    expect(r.terminal.stderr).toContain(text);
  });
  it('refuses a root that another process serves, with a hint', async () => {
    const r = await listening(run('serve', '--root', root));
    const second = run('serve', '--root', root);
    expect(await second.code).toBe(1);
    expect(second.terminal.stderr).toMatch(/^error: another process serves .*\nhint: /);
    await stop(r);
  });
});

describe('gc', () => {
  it('removes what nothing refers to and says how much', async () => {
    const digest = digestOf(new TextEncoder().encode('orphan'));
    const r = await listening(run('serve', '--root', root));
    await r.call('POST', `/v2/a/blobs/uploads/?digest=${digest}`, { body: 'orphan' });
    await stop(r);
    const kept = run('gc', '--root', root);
    expect([await kept.code, kept.terminal.stdout]).toEqual([0, 'removed 0 blobs (0 B) and 0 manifests; kept 1 blobs in 1 repositories\n']);
    await new Promise((resume) => setTimeout(resume, 10));
    const dry = run('gc', '--root', root, '--grace', '0s', '--dry-run');
    expect([await dry.code, dry.terminal.stdout]).toEqual([
      0,
      'would remove 1 blobs (6 B) and 0 manifests; kept 0 blobs in 1 repositories\n',
    ]);
    const gone = run('gc', '--root', root, '--grace', '0s', '--json');
    expect([await gone.code, JSON.parse(gone.terminal.stdout)]).toMatchObject([0, { schemaVersion: 1, blobsRemoved: 1, bytesRemoved: 6 }]);
  });
});

describe('gc of a root that is not there', () => {
  it('[NOTARYREGISTRY_ROOT_MISSING] is refused, and makes none', async () => {
    const missing = join(root, 'misspelt');
    const gc = run('gc', '--root', missing);
    expect([await gc.code, existsSync(missing)]).toEqual([2, false]);
    expect(gc.terminal.stderr).toBe(`error: ${missing}: no such directory\nhint: name the root of the registry with --root\n`);
  });
});

describe('gc beside a running registry', () => {
  it('has the registry collect, which keeps what is young', async () => {
    const [old, young] = [digestOf(new TextEncoder().encode('old')), digestOf(new TextEncoder().encode('young'))];
    const first = await listening(run('serve', '--root', root));
    await first.call('POST', `/v2/a/blobs/uploads/?digest=${old}`, { body: 'old' });
    await stop(first);
    const before = new Date(Date.now() - 600_000);
    utimesSync(join(root, 'a/blobs/sha256', old.slice(7)), before, before);
    const r = await listening(run('serve', '--root', root));
    await r.call('POST', `/v2/a/blobs/uploads/?digest=${young}`, { body: 'young' });
    const gc = run('gc', '--root', root, '--grace', '0s', '--json');
    expect([await gc.code, gc.terminal.stderr]).toEqual([0, 'note: the registry is running; content younger than 2 minutes stays\n']);
    expect(JSON.parse(gc.terminal.stdout)).toMatchObject({ schemaVersion: 1, dryRun: false, blobsRemoved: 1, bytesRemoved: 3 });
    expect((await r.call('HEAD', `/v2/a/blobs/${old}`)).status).toBe(404);
    expect((await r.call('HEAD', `/v2/a/blobs/${young}`)).status).toBe(200);
    await stop(r);
  });
  it('says what to do where the holder takes no requests', async () => {
    await stop(await listening(run('serve', '--root', root)));
    rmSync(join(root, '.notary/gc'), { recursive: true, force: true });
    const r = await listening(run('serve', '--root', root, '--read-only'));
    const gc = run('gc', '--root', root);
    expect(await gc.code).toBe(1);
    expect(gc.terminal.stderr).toMatch(/^error: another process holds .* takes no request to collect\nhint: /);
    await stop(r);
  });
});

describe('version', () => {
  it('prints one line, or JSON', async () => {
    const text = run('version');
    await text.code;
    expect(text.terminal.stdout).toMatch(/^notary-registry \d+\.\d+\.\d+\n$/);
    const json = run('version', '--json');
    await json.code;
    expect(JSON.parse(json.terminal.stdout)).toMatchObject({ schemaVersion: 1 });
  });
});
