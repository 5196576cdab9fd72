// SPDX-License-Identifier: Apache-2.0
/** What an operator does: start without configuration, restart, renew certificates, stop, move, take over, and get told no. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { answers, freePort, until } from '@notary/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../../packages/platform/test/sql/databases.ts';
import { findPrograms, GoClient, makeCertificates, type Programs, startServer, startSigner, useStages } from './support/parts.ts';

const programs = findPrograms() as Programs;
const postgres = programs === undefined ? undefined : await startPostgres();
const GUN = 'example.com/ops';
const newStage = useStages();
afterAll(() => postgres?.stop());

const fail = (program: string, args: readonly string[], env: Record<string, string> = {}, cwd = '/'): string => {
  const result = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env }, cwd, timeout: 20_000 });
  expect(result.status).not.toBe(0);
  return `${result.stdout}${result.stderr}`;
};

describe.skipIf(programs === undefined || !existsSync('/dev/full'))('output that cannot be written', () => {
  const toFull = (...call: string[]) => spawnSync('/bin/sh', ['-c', '"$@" > /dev/full', 'sh', ...call], { encoding: 'utf8' });

  it.each(['-version', '-help'])('is an error of %s, in one line', (flag) => {
    for (const program of [programs.ours.server, programs.ours.signer]) {
      const { status, stderr } = toFull(program, flag);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^error: cannot write to standard output: .*ENOSPC.*\n$/);
    }
  });

  it('is no reason not to serve', async () => {
    const stage = newStage();
    const port = await freePort();
    const env = { HOME: stage.folder, NOTARY_SERVER_SERVER_HTTP_ADDR: `127.0.0.1:${port}` };
    const call = ['-c', 'exec "$0" > /dev/full', programs.ours.server];
    const server = await stage.start('/bin/sh', call, { env, ready: () => answers(`http://127.0.0.1:${port}/v2/`) });
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(server.output()).toContain('cannot write to standard output');
  });
});

describe.skipIf(programs === undefined)('a server without configuration', () => {
  it('that listens on every address suggests one that a client can use', async () => {
    const stage = newStage();
    const port = await freePort();
    const env = { HOME: stage.folder, STATE_DIRECTORY: stage.path('state'), NOTARY_SERVER_SERVER_HTTP_ADDR: `:${port}` };
    const server = await stage.start(programs.ours.server, [], { env, ready: /try: .*publish/ });
    expect(server.output()).toContain(`try: notary -s http://localhost:${port} init`);
  });

  it('keeps collections and keys over a restart, says where, and protects them', async () => {
    const stage = newStage();
    const port = await freePort();
    const env = { HOME: stage.folder, STATE_DIRECTORY: stage.path('state'), NOTARY_SERVER_SERVER_HTTP_ADDR: `127.0.0.1:${port}` };
    const start = () => stage.start(programs.ours.server, [], { env, ready: /try: / });
    const first = await start();
    expect(first.output()).toContain(
      `listens on http://127.0.0.1:${port} (no configuration: loopback only, no TLS), open to everyone who reaches it`,
    );
    expect(first.output()).toContain('made now: back it up with the database');
    const secret = stage.path('state/notary-server.secret');
    expect(statSync(secret).mode & 0o777).toBe(0o600);
    expect(statSync(stage.path('state/notary-server.db')).mode & 0o777).toBe(0o600);
    const client = new GoClient(stage, programs.client, 'owner');
    const url = `http://127.0.0.1:${port}`;
    client.run(url, 'init', GUN, '--publish');
    await first.stop();
    const second = await start();
    expect(second.output()).not.toContain('made now');
    client.run(url, 'add', GUN, 'v1', 'content', '--publish');
    expect(client.list(url, GUN)).toEqual(['v1']);
    await second.stop();
    writeFileSync(secret, 'another secret\n');
    expect(fail(programs.ours.server, [], env)).toMatch(/does not open with the passphrase of the alias local/);
    rmSync(secret);
    expect(fail(programs.ours.server, [], env)).toMatch(/the secret that opens them, .*notary-server.secret, is not there/);
  });

  it('does not run code or read variables that lie in the current folder', async () => {
    const stage = newStage();
    stage.write('bunfig.toml', 'preload = ["./evil.ts"]\n');
    stage.write('evil.ts', 'console.log("EVIL"); process.exit(7)\n');
    stage.write('.env', 'NOTARY_SERVER_SERVER_HTTP_ADDR=0.0.0.0:1\n');
    const out = execFileSync(programs.ours.server, ['-version'], { cwd: stage.folder, encoding: 'utf8' });
    expect(out).toMatch(/^notary-server Version: /);
  });
});

describe.skipIf(programs === undefined)('certificates', () => {
  it('reload on SIGHUP; a broken file leaves the old one in force', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const port = await freePort();
    const config = stage.write('tls.json', {
      server: { http_addr: `127.0.0.1:${port}`, tls_cert_file: 'certs/server.crt', tls_key_file: 'certs/server.key' },
      trust_service: { type: 'local' },
      storage: { backend: 'memory' },
    });
    const server = await stage.start(programs.ours.server, ['-config', config], { ready: /try: / });
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const before = await serial();
    execFileSync(programs.ours.server, ['gen-certs', '-out', stage.path('new')], { stdio: 'pipe' });
    for (const name of ['server.crt', 'server.key']) writeFileSync(stage.path(`certs/${name}`), readFileSync(stage.path(`new/${name}`)));
    server.signal('SIGHUP');
    let after = before;
    await until('another certificate', async () => {
      after = await serial();
      return after !== before;
    });
    writeFileSync(stage.path('certs/server.crt'), 'broken');
    server.signal('SIGHUP');
    await until('a line that says so', () => /reload failed/.test(server.output()));
    expect(await serial()).toBe(after);
  });

  it.each([
    ['localhost,127.0.0.1', 'localhost', '127.0.0.1:7899'],
    ['notary.example,signer.example', 'signer.example', ':7899'],
    ['db.example,127.0.0.1', '127.0.0.1', '127.0.0.1:7899'],
    ['one.example,two.example', 'one.example', ':7899'],
  ])('gen-certs for %s prints configurations that meet at %s', (hosts, hostname, address) => {
    const stage = newStage();
    const text = execFileSync(programs.ours.server, ['gen-certs', '-out', stage.path('certs'), '-hosts', hosts], { encoding: 'utf8' });
    const [server, signer] = text
      .split(/in the .* configuration:\n/)
      .slice(1)
      .map((part) => JSON.parse(part.split('\n\n')[0] as string));
    expect(server.trust_service.hostname).toBe(hostname);
    expect(signer.server.grpc_addr).toBe(address);
  });

  it('gen-certs never replaces a file', () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    expect(fail(programs.ours.server, ['gen-certs', '-out', stage.path('certs')])).toMatch(/exists/);
    expect(statSync(stage.path('certs/ca.key')).mode & 0o777).toBe(0o600);
  });
});

describe.skipIf(programs === undefined)('a stop', () => {
  it('lets requests in flight end, refuses new ones and exits with 0', async () => {
    const stage = newStage();
    const server = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust: { type: 'local' } });
    const port = Number(new URL(server.url).port);
    const socket = connectPlain(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const fields =
      'Host: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 7\r\nExpect: 100-continue\r\nConnection: close';
    socket.write(`POST /v2/x/_trust/tuf/ HTTP/1.1\r\n${fields}\r\n\r\n--b`);
    await until('leave to send', () => text.includes('100 Continue'));
    server.process.signal('SIGTERM');
    const isRefused = () =>
      new Promise<boolean>((resolve) => {
        const another = connectPlain(port, '127.0.0.1', () => resolve(false));
        another.on('error', () => resolve(true)).on('connect', () => another.destroy());
      });
    await until('a refusal of new connections', isRefused);
    socket.write('--\r\n');
    await closed;
    expect(text).toMatch(/HTTP\/1\.1 400 /); // an empty update of nothing: answered, not cut
    expect(await server.process.exited).toBe(0);
  });
});

describe.skipIf(programs === undefined)('refusals', () => {
  it('[KD-19] of a configuration, in the reference’s words', () => {
    const stage = newStage();
    const base = { server: { http_addr: '127.0.0.1:0' }, trust_service: { type: 'local' }, storage: { backend: 'memory' } };
    const cases: [object, string][] = [
      [{ ...base, trust_service: {} }, 'must specify either a "local" or "remote" type for trust_service'],
      [{ ...base, trust_service: { type: 'remote', key_algorithm: 'dsa' } }, 'invalid key algorithm configured: dsa'],
      [
        { ...base, trust_service: { type: 'remote', key_algorithm: 'ecdsa', tls_client_cert: 'x' } },
        'either pass both client key and cert, or neither',
      ],
      [{ ...base, storage: { backend: 'oracle' } }, 'oracle is not a supported storage backend'],
      [{ ...base, storage: { backend: 'rethinkdb' } }, 'the storage backend rethinkdb is not supported by this server'],
      [{ ...base, storage: { backend: 'postgres' } }, 'must provide a non-empty database source for postgres'],
      [{ ...base, server: {} }, 'http listen address required for server'],
      [
        { ...base, server: { http_addr: ':0', tls_cert_file: 'x' } },
        'either include both a cert and key file, or no TLS information at all to disable TLS',
      ],
      [{ ...base, caching: { max_age: { current_metadata: 31536001 } } }, 'must specify a cache-control max-age between 0 and 31536000'],
      [{ ...base, repositories: { gun_prefixes: ['/bad'] } }, 'invalid GUN prefix /bad'],
      [{ ...base, logging: { level: 'loud' } }, 'not a valid logrus Level: "loud"'],
      [{ ...base, auth: { type: 'token', options: { realm: 'x' } } }, 'token auth requires a valid option string: "issuer"'],
      [{ ...base, auth: { type: 'tokn' } }, 'auth.type "tokn" is not supported'],
    ];
    for (const [config, message] of cases) {
      expect(fail(programs.ours.server, ['-config', stage.write('bad.json', config)])).toContain(message);
    }
    expect(fail(programs.ours.server, ['-config', stage.path('none.json')])).toContain('could not read config at');
    expect(fail(programs.ours.server, ['-nothing'])).toContain('flag provided but not defined: -nothing');
    const env = { NOTARY_SERVER_STORAGE_BACKEND: 'oracle' };
    expect(fail(programs.ours.server, ['-config', stage.write('env.json', base)], env)).toContain(
      'oracle is not a supported storage backend',
    );
  });

  it('names members of a configuration that mean nothing, at the default level too', () => {
    const stage = newStage();
    const memory = { storage: { backend: 'memory' } };
    const server = { server: { http_addr: '192.0.2.1:1' }, trust_service: { type: 'local' }, auht: { type: 'token' }, ...memory };
    expect(fail(programs.ours.server, ['-config', stage.write('typo.json', server)])).toContain(
      'the configuration sets auht, which this server does not know',
    );
    const signer = { server: { grpc_addr: '192.0.2.1:1', client_ca: 'x' }, ...memory };
    expect(fail(programs.ours.signer, ['-unsafe-plaintext', '-config', stage.write('typo.json', signer)])).toContain(
      'the configuration sets server.client_ca, which this signer does not know',
    );
  });

  it('[NCC-2015-04] [KD-21] of a signer without mutual TLS, unless told by a word', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const port = await freePort();
    const server = { grpc_addr: `127.0.0.1:${port}`, tls_cert_file: 'certs/signer.crt', tls_key_file: 'certs/signer.key' };
    const config = stage.write('signer.json', { server, storage: { backend: 'memory' } });
    expect(fail(programs.ours.signer, ['-config', config])).toMatch(/anybody who reaches this signer can sign with its keys/);
    const plain = stage.write('plain.json', { server: { grpc_addr: `127.0.0.1:${port}` }, storage: { backend: 'memory' } });
    expect(fail(programs.ours.signer, ['-config', plain, '-unsafe-anonymous-clients'])).toMatch(/unable to set up TLS/);
    const told = await stage.start(programs.ours.signer, ['-config', config, '-unsafe-anonymous-clients'], { ready: /listens on/ });
    expect(told.output()).toContain('TLS, any client');
    await told.stop();
    const naked = await stage.start(programs.ours.signer, ['-config', plain, '-unsafe-plaintext'], { ready: /listens on/ });
    expect(naked.output()).toContain('no TLS at all');
  });

  it('[NCC-2015-04] of a client without a certificate, by a signer with mutual TLS', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const { trust } = await startSigner(stage, programs.ours.signer, { backend: 'memory' });
    const { tls_client_cert: _cert, tls_client_key: _key, ...without } = trust as Record<string, string>;
    const server = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust: without });
    expect((await fetch(`${server.url}/v2/x/_trust/tuf/timestamp.key`)).status).toBe(503);
    const passphrase = stage.write('nopass.json', {
      server: {
        grpc_addr: '127.0.0.1:0',
        tls_cert_file: 'certs/signer.crt',
        tls_key_file: 'certs/signer.key',
        client_ca_file: 'certs/ca.crt',
      },
      storage: { backend: 'sqlite3', db_url: 'x.db', default_alias: 'missing' },
    });
    expect(fail(programs.ours.signer, ['-config', passphrase], {}, stage.folder)).toContain(
      'expected env variable to not be empty: missing',
    );
  });
});

describe.skipIf(postgres === undefined)('storage', () => {
  const database = (name: string) => (postgres as NonNullable<typeof postgres>).create(name);
  const LOCAL = { type: 'local' };

  it('copy moves a server from SQLite to PostgreSQL and back, keys included', async () => {
    const stage = newStage();
    const env = { NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE: 'moved with the keys' };
    const configs = {
      lite: { backend: 'sqlite3', db_url: 'lite.db' },
      pg: { backend: 'postgres', db_url: await database('copied') },
      back: { backend: 'sqlite3', db_url: 'back.db' },
    };
    const file = (name: keyof typeof configs) =>
      stage.write(`${name}.json`, { server: { http_addr: '127.0.0.1:0' }, trust_service: LOCAL, storage: configs[name] });
    const client = new GoClient(stage, programs.client, 'owner');
    const publish = async (storage: object, target: string, init: boolean) => {
      const server = await startServer(stage, programs.ours.server, { storage, trust: LOCAL, env });
      if (init) {
        client.run(server.url, 'init', GUN, '--publish');
        client.run(server.url, 'key', 'rotate', GUN, 'snapshot', '--server-managed');
      }
      client.run(server.url, 'add', GUN, target, 'content', '--publish');
      const list = client.list(server.url, GUN);
      const feed = (await (await fetch(`${server.url}/v2/_trust/changefeed?records=100`)).json()) as { records: { ID: string }[] };
      await server.process.stop();
      return { list, ids: feed.records.map((r) => Number(r.ID)) };
    };
    const copy = (from: keyof typeof configs, to: keyof typeof configs) =>
      execFileSync(programs.ours.server, ['storage', 'copy', '-from', file(from), '-to', file(to)], {
        encoding: 'utf8',
        cwd: stage.folder,
      });
    await publish(configs.lite, 'v1', true);
    expect(copy('lite', 'pg')).toMatch(/tuf_files: \d+ rows\nchangefeed: 3 rows\nnotary_audit: \d+ rows\nprivate_keys: 2 rows/);
    expect(await publish(configs.pg, 'v2', false)).toEqual({ list: ['v1', 'v2'], ids: [1, 2, 3, 4] });
    expect(fail(programs.ours.server, ['storage', 'copy', '-from', file('lite'), '-to', file('pg')], {}, stage.folder)).toContain(
      'the target has rows in tuf_files',
    );
    copy('pg', 'back');
    expect((await publish(configs.back, 'v3', false)).list).toEqual(['v1', 'v2', 'v3']);
  });

  it('a backup of the files of SQLite, with the secret, is a server again', async () => {
    const stage = newStage();
    const configIn = (folder: string) => ({ storage: { backend: 'sqlite3', db_url: `${folder}/notary-server.db` }, trust: LOCAL });
    mkdirSync(stage.path('live'));
    const client = new GoClient(stage, programs.client, 'owner');
    const live = await startServer(stage, programs.ours.server, configIn('live'));
    client.run(live.url, 'init', GUN, '--publish');
    client.run(live.url, 'add', GUN, 'v1', 'content', '--publish');
    const { DatabaseSync } =
      (process.getBuiltinModule as (name: string) => { DatabaseSync?: new (path: string) => { exec(sql: string): void } } | undefined)(
        'node:sqlite',
      ) ?? {};
    mkdirSync(stage.path('hot'));
    if (DatabaseSync !== undefined)
      new DatabaseSync(stage.path('live/notary-server.db')).exec(`VACUUM INTO '${stage.path('hot/notary-server.db')}'`);
    await live.process.stop();
    cpSync(stage.path('live'), stage.path('cold'), { recursive: true });
    cpSync(stage.path('live/notary-server.secret'), stage.path('hot/notary-server.secret'));
    for (const folder of DatabaseSync === undefined ? ['cold'] : ['cold', 'hot']) {
      const again = await startServer(stage, programs.ours.server, configIn(folder));
      expect(new GoClient(stage, programs.client, `reader-${folder}`).list(again.url, GUN)).toEqual(['v1']);
      client.run(again.url, 'add', GUN, `v2-${folder}`, 'content', '--publish');
      await again.process.stop();
    }
  });

  it('a dump of PostgreSQL, with the passphrase, is a server again', async () => {
    const stage = newStage();
    const env = { NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE: 'in the vault of the operator' };
    const client = new GoClient(stage, programs.client, 'owner');
    const source = await database('dumped');
    const live = await startServer(stage, programs.ours.server, { storage: { backend: 'postgres', db_url: source }, trust: LOCAL, env });
    client.run(live.url, 'init', GUN, '--publish');
    const dump = execFileSync('pg_dump', [source], { encoding: 'utf8' });
    await live.process.stop();
    const restored = await database('restored');
    postgres?.run('restored', dump);
    const again = await startServer(stage, programs.ours.server, { storage: { backend: 'postgres', db_url: restored }, trust: LOCAL, env });
    client.run(again.url, 'add', GUN, 'v1', 'content', '--publish');
    expect(new GoClient(stage, programs.client, 'reader').list(again.url, GUN)).toEqual(['v1']);
  });

  it('two servers that start at once on an empty database make one schema', async () => {
    const stage = newStage();
    const storage = { backend: 'postgres', db_url: await database('fresh') };
    const env = { NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE: 'shared' };
    const servers = await Promise.all(
      Array.from({ length: 3 }, () => startServer(stage, programs.ours.server, { storage, trust: LOCAL, env })),
    );
    const clients = servers.map((_, i) => new GoClient(stage, programs.client, `owner-${i}`));
    for (const [i, s] of servers.entries()) clients[i]?.run(s.url, 'init', `${GUN}/${i}`, '--publish');
    for (const s of servers) expect((await fetch(`${s.url}/v2/${GUN}/0/_trust/tuf/root.json`)).status).toBe(200);
    expect(postgres?.run('fresh', 'SELECT version, dirty FROM schema_migrations').trim()).toBe('2|f');
  });

  it('a current schema needs no right to change tables; an old one says what is missing', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const url = await database('rights');
    const run = (sql: string) => postgres?.run('rights', sql);
    run('CREATE ROLE limited LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE CREATE ON DATABASE rights FROM PUBLIC');
    const limited = { backend: 'postgres', db_url: url.replace('postgres@', 'limited@') };
    const { trust } = await startSigner(stage, programs.ours.signer, { backend: 'memory' });
    const config = stage.write('limited.json', { server: { http_addr: '127.0.0.1:0' }, trust_service: trust, storage: limited });
    expect(fail(programs.ours.server, ['-config', config])).toContain('this user may not create it');
    // the reference's own migrations, as golang-migrate leaves them
    const full = stage.write('full.json', {
      server: { http_addr: '127.0.0.1:0' },
      trust_service: LOCAL,
      storage: { backend: 'postgres', db_url: url },
    });
    execFileSync(programs.ours.server, ['-bootstrap', '-config', full], { stdio: 'pipe' });
    run(
      'DROP TABLE notary_audit, notary_schema_migrations; GRANT SELECT, INSERT, UPDATE, DELETE ON tuf_files, changefeed, change_category, schema_migrations TO limited; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO limited',
    );
    const server = await startServer(stage, programs.ours.server, { storage: limited, trust });
    new GoClient(stage, programs.client, 'owner').run(server.url, 'init', GUN, '--publish');
    // What the server wrote while the client blocked this process.
    await until('a record of the publish', () => server.process.output().includes('"audit":"publish"'));
  });
});

describe.skipIf(programs === undefined)('import', () => {
  /** A mirror by hand: what any program that fetches the URLs would write. */
  async function mirror(url: string, directory: string, rootVersion: number): Promise<void> {
    const base = `${directory}/v2/${GUN}/_trust/tuf`;
    mkdirSync(base, { recursive: true });
    writeFileSync(`${directory}/v2/index.html`, '{}');
    const fetched = async (name: string) => Buffer.from(await (await fetch(`${url}/v2/${GUN}/_trust/tuf/${name}`)).arrayBuffer());
    const names = [
      'root.json',
      'timestamp.json',
      'snapshot.json',
      'targets.json',
      ...Array.from({ length: rootVersion }, (_, i) => `${i + 1}.root.json`),
    ];
    for (const name of names) writeFileSync(`${base}/${name}`, await fetched(name));
  }

  it('takes a collection over from the Go server with its whole root chain, serves it, and its owner goes on here', async () => {
    const stage = newStage();
    const old = await startServer(stage, programs.go.server, { storage: { backend: 'memory' }, trust: { type: 'local' } });
    const client = new GoClient(stage, programs.client, 'owner');
    client.run(old.url, 'init', GUN, '--publish');
    client.run(old.url, 'add', GUN, 'v1', 'content', '--publish');
    client.run(old.url, 'key', 'rotate', GUN, 'root');
    client.run(old.url, 'key', 'rotate', GUN, 'root');
    await mirror(old.url, stage.path('mirror'), 3);
    await old.process.stop();
    const storage = { backend: 'sqlite3', db_url: 'import.db' };
    const config = stage.write('import.json', { server: { http_addr: '127.0.0.1:0' }, trust_service: { type: 'local' }, storage });
    const importing = () => execFileSync(programs.ours.server, ['import', '-config', config, stage.path('mirror')], { encoding: 'utf8' });
    expect(importing()).toMatch(/^example.com\/ops: imported, root version 3 with 3 root\(s\), timestamp, snapshot, targets\n/);
    expect(importing()).toMatch(/^example.com\/ops: already there/);
    const server = await startServer(stage, programs.ours.server, { storage, trust: { type: 'local' } });
    expect(new GoClient(stage, programs.client, 'reader').list(server.url, GUN)).toEqual(['v1']);
    for (const n of [1, 2, 3]) expect((await fetch(`${server.url}/v2/${GUN}/_trust/tuf/${n}.root.json`)).status).toBe(200);
    // the owner names this server's keys, as "adopt" does: here with the reference's own rotation
    client.run(server.url, 'key', 'rotate', GUN, 'timestamp', '--server-managed');
    client.run(server.url, 'add', GUN, 'v2', 'content', '--publish');
    expect(new GoClient(stage, programs.client, 'reader').list(server.url, GUN)).toEqual(['v1', 'v2']);
  });

  it('refuses what does not verify and what is not there', async () => {
    const stage = newStage();
    const old = await startServer(stage, programs.go.server, { storage: { backend: 'memory' }, trust: { type: 'local' } });
    new GoClient(stage, programs.client, 'owner').run(old.url, 'init', GUN, '--publish');
    const config = stage.write('import.json', {
      server: { http_addr: '127.0.0.1:0' },
      trust_service: { type: 'local' },
      storage: { backend: 'sqlite3', db_url: 'x.db' },
    });
    const importing = (directory: string) => fail(programs.ours.server, ['import', '-config', config, directory]);
    expect(importing(stage.path('nothing'))).toContain('holds no mirrored collection');
    for (const [name, change, message] of [
      ['tampered', (s: string) => s.replace('"version":', '"version":1'), /threshold|checksum|integrity/],
      ['truncated', (s: string) => s.slice(0, -10), /./],
    ] as const) {
      for (const file of ['timestamp', 'snapshot', 'targets', 'root']) {
        const directory = stage.path(`${name}-${file}`);
        await mirror(old.url, directory, 1);
        const victim = `${directory}/v2/${GUN}/_trust/tuf/${file}.json`;
        writeFileSync(victim, change(readFileSync(victim, 'utf8')));
        expect([name, file, importing(directory)]).toEqual([name, file, expect.stringMatching(message)]);
      }
    }
    const server = await startServer(stage, programs.ours.server, {
      storage: { backend: 'sqlite3', db_url: 'x.db' },
      trust: { type: 'local' },
    });
    expect((await fetch(`${server.url}/v2/${GUN}/_trust/tuf/root.json`)).status).toBe(404);
  });
});
