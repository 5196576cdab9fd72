// SPDX-License-Identifier: Apache-2.0
/** Our server and signer with the reference's client, server and signer, in every combination. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startMariadb, startPostgres } from '../../../packages/platform/test/sql/databases.ts';
import {
  findPrograms,
  GoClient,
  type Maker,
  makeCertificates,
  type Programs,
  type RunningServer,
  startServer,
  startSigner,
  useStages,
} from './support/parts.ts';

const programs = findPrograms() as Programs;
const LOCAL = { type: 'local' };
const GUN = 'example.com/pair';
const newStage = useStages();

/** Publishes, rotates, deletes: what an owner does in a year. */
function wholeLife(client: GoClient, reader: GoClient, url: string): void {
  client.run(url, 'init', GUN, '--publish');
  client.run(url, 'add', GUN, 'v1', 'content', '--publish');
  expect(client.list(url, GUN)).toEqual(['v1']);
  expect(reader.list(url, GUN)).toEqual(['v1']);
  client.run(url, 'key', 'rotate', GUN, 'snapshot', '--server-managed');
  client.run(url, 'key', 'rotate', GUN, 'timestamp', '--server-managed');
  client.run(url, 'add', GUN, 'v2', 'content', '--publish');
  expect(reader.list(url, GUN)).toEqual(['v1', 'v2']);
  client.run(url, 'key', 'rotate', GUN, 'targets');
  client.run(url, 'key', 'rotate', GUN, 'root');
  client.run(url, 'publish', GUN);
  client.run(url, 'remove', GUN, 'v1', '--publish');
  expect(reader.list(url, GUN)).toEqual(['v2']);
  expect(reader.run(url, 'lookup', GUN, 'v2')).toMatch(/^v2 sha256:[0-9a-f]{64} 8/);
}

describe.skipIf(programs === undefined)('Go client', () => {
  for (const storage of ['memory', 'sqlite3'] as const) {
    it(`x our server on ${storage}`, async () => {
      const stage = newStage();
      const options = { storage: storage === 'memory' ? { backend: 'memory' } : { backend: 'sqlite3', db_url: 'notary.db' }, trust: LOCAL };
      const server = await startServer(stage, programs.ours.server, options);
      const client = new GoClient(stage, programs.client, 'owner');
      wholeLife(client, new GoClient(stage, programs.client, 'reader'), server.url);
      const delegate = new GoClient(stage, programs.client, 'delegate');
      delegate.run(server.url, 'key', 'generate', 'ecdsa', '--role', 'targets/releases', '--output', 'releases');
      client.run(server.url, 'delegation', 'add', GUN, 'targets/releases', 'releases.pem', '--all-paths', '--publish');
      expect(client.run(server.url, 'delegation', 'list', GUN)).toContain('targets/releases');
      client.run(server.url, 'delegation', 'remove', GUN, 'targets/releases', '--yes', '--publish');
      client.run(server.url, 'delete', GUN, '--remote');
      const gone = new GoClient(stage, programs.client, 'late').attempt(server.url, 'list', GUN);
      expect([gone.status, gone.output]).toEqual([1, expect.stringContaining('does not have trust data for example.com/pair')]);
      client.run(server.url, 'init', GUN, '--publish');
    });
  }

  it('x our server: a stale publisher is refused, publishes again and wins', async () => {
    const stage = newStage();
    const server = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust: LOCAL });
    const owner = new GoClient(stage, programs.client, 'owner');
    owner.run(server.url, 'init', GUN, '--publish');
    owner.run(server.url, 'add', GUN, 'v1', 'content');
    owner.run(server.url, 'add', GUN, 'v2', 'content');
    owner.run(server.url, 'publish', GUN);
    expect(owner.list(server.url, GUN)).toEqual(['v1', 'v2']);
  });
});

const PAIRS: readonly { server: Maker; signer: Maker }[] = [
  { server: 'go', signer: 'ours' },
  { server: 'ours', signer: 'go' },
  { server: 'ours', signer: 'ours' },
];

describe.skipIf(programs === undefined)('server x signer', () => {
  for (const { server: serverMaker, signer: signerMaker } of PAIRS) {
    for (const algorithm of ['ecdsa', 'ed25519']) {
      it(`${serverMaker} x ${signerMaker}, ${algorithm} keys`, async () => {
        const stage = newStage();
        makeCertificates(stage, programs);
        const storage = signerMaker === 'ours' ? { backend: 'sqlite3', db_url: 'signer.db', default_alias: 'old' } : { backend: 'memory' };
        const { trust } = await startSigner(stage, programs[signerMaker].signer, storage, { algorithm });
        const { url } = await startServer(stage, programs[serverMaker].server, { storage: { backend: 'memory' }, trust });
        expect(await (await fetch(`${url}/v2/x/_trust/tuf/timestamp.key`)).json()).toMatchObject({ keytype: algorithm });
        wholeLife(new GoClient(stage, programs.client, 'owner'), new GoClient(stage, programs.client, 'reader'), url);
      });
    }
  }

  it('an address as the signer’s host name works, a certificate without that address does not', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const { trust } = await startSigner(stage, programs.ours.signer, { backend: 'memory' }, { hostname: '127.0.0.1' });
    const good = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust });
    expect((await fetch(`${good.url}/v2/x/_trust/tuf/timestamp.key`)).status).toBe(200);
    const { execFileSync } = await import('node:child_process');
    execFileSync(programs.ours.server, ['gen-certs', '-out', stage.path('other'), '-hosts', 'elsewhere.example,10.9.8.7'], {
      stdio: 'pipe',
    });
    const port = (trust as { port: string }).port;
    const own = (name: string) => stage.path(`certs/${name}`);
    const wrong = await startSigner(stage, programs.ours.signer, { backend: 'memory' }, { hostname: '127.0.0.1' });
    expect((wrong.trust as { port: string }).port).not.toBe(port);
    const foreign = {
      ...trust,
      tls_ca_file: stage.path('other/ca.crt'),
      tls_client_cert: own('server.crt'),
      tls_client_key: own('server.key'),
    };
    const bad = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust: foreign });
    expect((await fetch(`${bad.url}/v2/x/_trust/tuf/timestamp.key`)).status).toBe(503);
  });
});

const postgres = programs === undefined ? undefined : await startPostgres();

describe.skipIf(postgres === undefined)('one PostgreSQL database', () => {
  const database = async (name: string) => (postgres as NonNullable<typeof postgres>).create(name);

  it('written by the Go server and signer is taken over by ours, and back', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const storage = { backend: 'postgres', db_url: await database('takeover') };
    const keys = { backend: 'postgres', db_url: await database('takeover_keys'), default_alias: 'old' };
    const { execFileSync } = await import('node:child_process');
    const bootstrap = (program: string, section: object) =>
      execFileSync(program, ['-bootstrap', '-config', stage.write('bootstrap.json', section)], {
        stdio: 'pipe',
        env: { ...process.env, NOTARY_SIGNER_OLD: 'x' },
      });
    bootstrap(programs.ours.server, { server: { http_addr: '127.0.0.1:1' }, trust_service: LOCAL, storage });
    bootstrap(programs.ours.signer, {
      server: {
        grpc_addr: '127.0.0.1:1',
        tls_cert_file: 'certs/signer.crt',
        tls_key_file: 'certs/signer.key',
        client_ca_file: 'certs/ca.crt',
      },
      storage: keys,
    });
    const client = new GoClient(stage, programs.client, 'owner');
    const reader = new GoClient(stage, programs.client, 'reader');
    const names: string[] = [];
    for (const [round, maker] of (['go', 'ours', 'go', 'ours'] as const).entries()) {
      const signer = await startSigner(stage, programs[maker].signer, keys);
      const server = await startServer(stage, programs[maker].server, { storage, trust: signer.trust });
      if (round === 0) {
        client.run(server.url, 'init', GUN, '--publish');
        client.run(server.url, 'key', 'rotate', GUN, 'snapshot', '--server-managed');
      }
      if (round === 1) client.run(server.url, 'key', 'rotate', GUN, 'timestamp', '--server-managed');
      names.push(`from-${round}-${maker}`);
      client.run(server.url, 'add', GUN, names[round] as string, 'content', '--publish');
      expect(reader.list(server.url, GUN)).toEqual(names);
      const feed = (await (await fetch(`${server.url}/v2/${GUN}/_trust/changefeed?records=100`)).json()) as { count: number };
      expect(feed.count).toBe([3, 5, 6, 7][round]);
      await server.process.stop();
      await signer.process.stop();
    }
  });

  it('under two servers, one of them the reference’s: every read sees what the other has stored', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const storage = { backend: 'postgres', db_url: await database('shared') };
    const { trust } = await startSigner(stage, programs.ours.signer, { backend: 'memory' });
    const ours = await startServer(stage, programs.ours.server, { storage, trust });
    const theirs = await startServer(stage, programs.go.server, { storage, trust });
    const client = new GoClient(stage, programs.client, 'owner');
    client.run(ours.url, 'init', GUN, '--publish');
    const body = async (server: RunningServer, name: string) => (await fetch(`${server.url}/v2/${GUN}/_trust/tuf/${name}.json`)).text();
    for (let i = 0; i < 6; i++) {
      const [writer, readers] = i % 2 === 0 ? [theirs, ours] : [ours, theirs];
      for (const name of ['timestamp', 'snapshot', 'targets', 'root']) await body(readers, name);
      client.run(writer.url, 'add', GUN, `v${i}`, 'content', '--publish');
      for (const name of ['timestamp', 'snapshot', 'targets', 'root'])
        expect([i, name, await body(readers, name)]).toEqual([i, name, await body(writer, name)]);
      expect(new GoClient(stage, programs.client, `reader-${i}`).list(readers.url, GUN)).toHaveLength(i + 1);
    }
    await fetch(`${theirs.url}/v2/${GUN}/_trust/tuf/`, { method: 'DELETE' });
    expect((await fetch(`${ours.url}/v2/${GUN}/_trust/tuf/timestamp.json`)).status).toBe(404);
  });

  it('under readers and a writer of another maker: no read begun after a publish is older than it', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const storage = { backend: 'postgres', db_url: await database('linear') };
    const { trust } = await startSigner(stage, programs.ours.signer, { backend: 'memory' });
    const ours = await startServer(stage, programs.ours.server, { storage, trust });
    const theirs = await startServer(stage, programs.go.server, { storage, trust });
    new GoClient(stage, programs.client, 'owner').run(ours.url, 'init', GUN, '--publish');
    const url = (server: RunningServer) => `${server.url}/v2/${GUN}/_trust/tuf/`;
    let published = 1;
    let ended = false;
    const boundary = 'b0undary';
    const empty = { method: 'POST', body: `--${boundary}--\r\n`, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
    // a snapshot managed by the server makes an empty update a new timestamp; the client keeps its snapshot key, so rotate it first
    new GoClient(stage, programs.client, 'owner').run(ours.url, 'key', 'rotate', GUN, 'snapshot', '--server-managed');
    published = 2;
    let stale = 0;
    let reads = 0;
    const reader = async () => {
      while (!ended) {
        const floor = published;
        const response = await fetch(`${url(ours)}timestamp.json`);
        const { signed } = (await response.json()) as { signed: { version: number } };
        reads++;
        if (signed.version < floor) stale++;
      }
    };
    const readers = Array.from({ length: 16 }, reader);
    for (let i = 0; i < 60; i++) {
      const response = await fetch(url(i % 3 === 0 ? ours : theirs), empty);
      expect(response.status).toBe(200);
      await response.arrayBuffer();
      published++;
    }
    ended = true;
    await Promise.all(readers);
    expect([stale, reads > 100]).toEqual([0, true]);
  });

  it('keys move to another alias while the signer runs', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const source = await database('realias');
    const { trust, process: running } = await startSigner(stage, programs.ours.signer, {
      backend: 'postgres',
      db_url: source,
      default_alias: 'old',
    });
    const server = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust });
    const client = new GoClient(stage, programs.client, 'owner');
    client.run(server.url, 'init', GUN, '--publish');
    const config = stage.write('reencrypt.json', {
      server: { grpc_addr: '127.0.0.1:1', tls_cert_file: 'certs/signer.crt', tls_key_file: 'certs/signer.key' },
      storage: { backend: 'postgres', db_url: source, default_alias: 'old' },
    });
    const { execFileSync } = await import('node:child_process');
    const env = { ...process.env, NOTARY_SIGNER_OLD: 'old passphrase', NOTARY_SIGNER_NEW: 'new passphrase' };
    expect(execFileSync(programs.ours.signer, ['reencrypt', '-config', config, '-alias', 'new'], { env, encoding: 'utf8' })).toContain(
      '1 keys encrypted again',
    );
    await running.stop();
    const again = await startSigner(stage, programs.go.signer, { backend: 'postgres', db_url: source, default_alias: 'new' });
    const second = await startServer(stage, programs.ours.server, { storage: { backend: 'memory' }, trust: again.trust });
    const key = async (url: string) => (await fetch(`${url}/v2/${GUN}/_trust/tuf/timestamp.key`)).json();
    expect(await key(second.url)).toMatchObject({ keytype: 'ecdsa' });
    expect(readFileSync(config, 'utf8')).not.toContain('passphrase');
  });
});

const mariadb = programs === undefined ? undefined : await startMariadb();

describe.skipIf(mariadb === undefined)('one MariaDB database', () => {
  it('written by the Go server and signer is taken over by ours, and back', async () => {
    const stage = newStage();
    makeCertificates(stage, programs);
    const create = (name: string) => (mariadb as NonNullable<typeof mariadb>).create(name);
    const storage = { backend: 'mysql', db_url: await create('takeover') };
    const keys = { backend: 'mysql', db_url: await create('takeover_keys'), default_alias: 'old' };
    const { execFileSync } = await import('node:child_process');
    const certs = { tls_cert_file: 'certs/signer.crt', tls_key_file: 'certs/signer.key', client_ca_file: 'certs/ca.crt' };
    const sections = [
      [programs.ours.server, { server: { http_addr: '127.0.0.1:1' }, trust_service: LOCAL, storage }],
      [programs.ours.signer, { server: { grpc_addr: '127.0.0.1:1', ...certs }, storage: keys }],
    ] as const;
    for (const [program, section] of sections)
      execFileSync(program, ['-bootstrap', '-config', stage.write('bootstrap.json', section)], { stdio: 'pipe' });
    const client = new GoClient(stage, programs.client, 'owner');
    const reader = new GoClient(stage, programs.client, 'reader');
    const names: string[] = [];
    for (const [round, maker] of (['go', 'ours', 'go', 'ours'] as const).entries()) {
      const signer = await startSigner(stage, programs[maker].signer, keys);
      const server = await startServer(stage, programs[maker].server, { storage, trust: signer.trust });
      if (round === 0) client.run(server.url, 'init', GUN, '--publish');
      names.push(`from-${round}-${maker}`);
      client.run(server.url, 'add', GUN, names[round] as string, 'content', '--publish');
      expect(reader.list(server.url, GUN)).toEqual(names);
      await server.process.stop();
      await signer.process.stop();
    }
  });
});

process.once('exit', () => {
  postgres?.stop();
  mariadb?.stop();
});
