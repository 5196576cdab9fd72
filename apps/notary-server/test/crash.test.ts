// SPDX-License-Identifier: Apache-2.0
/** kill -9 in a loop during publishes: no torn collection, no lost acknowledged publish. */
import { parseKeyResponse } from '@notary/tuf';
import { afterAll, describe, expect, it } from 'vitest';
import { createKey, createRootKey, multipart, sha256Hex, TestPublisher } from '../../../packages/notary-server/test/support/publisher.ts';
import { startPostgres } from '../../../packages/platform/test/sql/databases.ts';
import { findPrograms, type Programs, type RunningServer, Stage, startServer } from './support/parts.ts';

const programs = findPrograms() as Programs;
const postgres = programs === undefined ? undefined : await startPostgres({ durable: true });
afterAll(() => postgres?.stop());

const ROUNDS = 8;
const GUN = 'example.com/crash';
const path = (name: string) => `/v2/${GUN}/_trust/tuf/${name}`;

async function fetchBytes(server: RunningServer, name: string): Promise<Uint8Array> {
  const response = await fetch(`${server.url}${path(name)}`);
  if (response.status !== 200) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Walks the collection as a client does, by hash; returns the versions of timestamp and targets. */
async function walk(server: RunningServer): Promise<{ timestamp: number; targets: number }> {
  const parse = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)).signed;
  const hashOf = (meta: { hashes: { sha256: string } }) => Buffer.from(meta.hashes.sha256, 'base64').toString('hex');
  const timestamp = parse(await fetchBytes(server, 'timestamp.json'));
  const snapshotBytes = await fetchBytes(server, `snapshot.${hashOf(timestamp.meta.snapshot)}.json`);
  expect(sha256Hex(snapshotBytes)).toBe(hashOf(timestamp.meta.snapshot));
  const snapshot = parse(snapshotBytes);
  let targets = 0;
  for (const [role, meta] of Object.entries(snapshot.meta) as [string, { hashes: { sha256: string } }][]) {
    const bytes = await fetchBytes(server, `${role}.${hashOf(meta)}.json`);
    expect([role, sha256Hex(bytes)]).toEqual([role, hashOf(meta)]);
    if (role === 'targets') targets = parse(bytes).version;
  }
  return { timestamp: timestamp.version, targets };
}

const storages = [
  ['SQLite', { backend: 'sqlite3', db_url: 'crash.db' }],
  ['PostgreSQL', postgres === undefined ? undefined : { backend: 'postgres', db_url: postgres.source }],
] as const;

for (const [name, storage] of storages) {
  describe.skipIf(programs === undefined || storage === undefined)(`a server on ${name}`, () => {
    const stage = new Stage();
    afterAll(() => stage.end());

    it('killed in the middle of publishes keeps every acknowledged one whole', async () => {
      const settings = {
        storage: storage as object,
        trust: { type: 'local' },
        env: { NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE: 'a passphrase' },
      };
      let server = await startServer(stage, programs.ours.server, settings);
      const at = new Date();
      const key = async (role: string) => parseKeyResponse(await fetchBytes(server, `${role}.key`));
      const keys = {
        root: await createRootKey(GUN, at),
        targets: await createKey(),
        snapshot: await key('snapshot'),
        timestamp: await key('timestamp'),
      };
      const p = new TestPublisher(GUN, at, keys, () => Promise.reject(new Error('not in process')));
      const post = async (files: Record<string, Uint8Array>): Promise<number> => {
        const body = multipart(files) as Uint8Array<ArrayBuffer>;
        const boundary = new TextDecoder().decode(body.subarray(2, body.indexOf(13)));
        const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
        const response = await fetch(`${server.url}${path('')}`, { method: 'POST', body, headers });
        await response.arrayBuffer();
        return response.status;
      };
      expect(await post({ root: await p.root(), targets: await p.targets(1) })).toBe(200);
      let acknowledged = 1;
      let published = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const victim = server.process;
        // Counted from an answer: a machine of any speed publishes some before.
        let timer: ReturnType<typeof setTimeout> | undefined;
        for (let version = acknowledged + 1; ; version++) {
          const status = await post({ targets: await p.targets(version, [`v${version}`]) }).catch(() => 0);
          if (status === 0) break;
          expect([version, status]).toEqual([version, 200]);
          acknowledged = version;
          published++;
          timer ??= setTimeout(() => victim.signal('SIGKILL'), 10 + round * 30);
        }
        clearTimeout(timer);
        await victim.exited;
        server = await startServer(stage, programs.ours.server, settings);
        const found = await walk(server);
        // the one in flight when the server died may have been stored without an answer
        expect([acknowledged, acknowledged + 1]).toContain(found.targets);
        acknowledged = found.targets;
      }
      expect(published).toBeGreaterThanOrEqual(ROUNDS);
      const feed = (await (await fetch(`${server.url}/v2/${GUN}/_trust/changefeed?records=10000`)).json()) as { count: number };
      expect(feed.count).toBe(acknowledged);
    }, 120_000);
  });
}
