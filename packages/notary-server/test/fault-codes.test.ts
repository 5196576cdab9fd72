// SPDX-License-Identifier: Apache-2.0
/** Refusals of configuration, import, copying and signing, each under its code. */
import type { Sql } from '@notary/base';
import { copyStorage, createMemoryStore, importMirror, loadCurrent, type MetadataStore, readServerConfig } from '@notary/notary-server';
import { createSettings } from '@notary/service/settings';
import { codeOf, createMemoryFiles } from '@notary/testkit';
import { decodeRoot, parseEnvelope } from '@notary/tuf';
import { describe, expect, it } from 'vitest';
import { signForRole } from '../src/signing/sign-role.ts';
import { TestPublisher } from './support/publisher.ts';
import { createTestServer, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
/** A server with one collection, and its owner. */
async function published(): Promise<TestServer & { readonly publisher: TestPublisher }> {
  const t = createTestServer();
  const publisher = await TestPublisher.init(t.handle, GUN, t.clock.now());
  const [root, targets] = [await publisher.root(), await publisher.targets()];
  expect((await publisher.post({ root, targets })).status).toBe(200);
  return { ...t, publisher };
}

describe('a configuration', () => {
  const read = (file: unknown) => readServerConfig(createSettings(file, { get: () => undefined }, 'NOTARY_SERVER'), (name) => name);
  it.each([
    ['CONFIG_INVALID', {}],
    ['CONFIG_INVALID', { logging: { level: 'loud' } }],
    ['CONFIG_UNSUPPORTED', { trust_service: { type: 'local' }, storage: { backend: 'rethinkdb' } }],
  ])('%s: %j', async (code, file) => {
    expect(await codeOf(() => read(file))).toBe(code);
  });
});

describe('an import', () => {
  const run = async (files: ReturnType<typeof createMemoryFiles>, store: MetadataStore = createMemoryStore(() => new Date())) => {
    const options = { files, directory: '/m', store, at: new Date('2026-06-01T12:00:00Z'), subject: 'test' };
    for await (const done of importMirror(options)) void done;
  };

  it('IMPORT_NO_MIRROR: of a directory that holds none', async () => {
    expect(await codeOf(() => run(createMemoryFiles({ '/m/readme': '' })))).toBe('IMPORT_NO_MIRROR');
  });

  it('IMPORT_FILE_MISSING: of one that is incomplete', async () => {
    expect(await codeOf(() => run(createMemoryFiles({ [`/m/v2/${GUN}/_trust/tuf/readme`]: '' })))).toBe('IMPORT_FILE_MISSING');
  });

  it('IMPORT_EXISTS: of another state of a collection that is there', async () => {
    const [mine, other] = [await published(), await published()];
    const files = createMemoryFiles();
    for (const name of ['root.json', 'timestamp.json', 'snapshot.json', 'targets.json'])
      files.put(`/m/v2/${GUN}/_trust/tuf/${name}`, await other.publisher.bytes(name));
    expect(await codeOf(() => run(files, mine.store))).toBe('IMPORT_EXISTS');
    expect(await codeOf(() => run(files, other.store))).toBe('nothing');
  });
});

it('STORE_TORN: a snapshot that the timestamp names and the store has lost is not passed over', async () => {
  const { store } = await published();
  const torn = { ...store, currentTimestamp: (gun: string) => store.currentTimestamp(gun), byChecksum: async () => undefined };
  const state = await loadCurrent(torn, GUN);
  expect(await codeOf(() => state?.snapshot())).toBe('STORE_TORN');
});

it('SIGNING_WRONG_SIGNATURE: what another process returns is verified before it is used', async () => {
  const { publisher, signing } = await published();
  const root = decodeRoot(parseEnvelope(await publisher.bytes('root.json')));
  const liar = { ...signing, inProcess: false, sign: async () => new Uint8Array(64) };
  const payload = { type: 'Snapshot', version: 2, expires: root.expires, meta: new Map() } as const;
  expect(await codeOf(() => signForRole(liar, root, 'snapshot', payload))).toBe('SIGNING_WRONG_SIGNATURE');
});

it('COPY_TARGET_NOT_EMPTY: nothing is copied over what is there', async () => {
  const executed: string[] = [];
  const database = (rows: readonly { id: number }[]): Sql => {
    const session = {
      query: async () => rows,
      execute: async (sql: string) => {
        executed.push(sql);
        return 1;
      },
    };
    return { dialect: 'sqlite', ...session, transaction: (work) => work(session), close: async () => undefined };
  };
  expect(await codeOf(() => copyStorage(database([]), database([{ id: 1 }]), ['tuf_files']))).toBe('COPY_TARGET_NOT_EMPTY');
  expect(executed).toEqual([]);
});
