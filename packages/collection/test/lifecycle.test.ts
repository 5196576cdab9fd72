// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { createFileMeta, createSigningKey, findTarget, listDelegations, listTargets, payloads, type RoleName } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { SimulatedServer } from './support/simulated-server.ts';
import { type Client, client, gun, MemoryKeyStore, TestClock, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

let clock: TestClock;
let server: SimulatedServer;
let owner: Client;

beforeEach(async () => {
  clock = new TestClock();
  server = new SimulatedServer(() => clock.now());
  owner = await client(server.remote(gun), clock);
});

const meta = (text: string) => createFileMeta(toUtf8(text));
const names = async (reader: Client, roles?: string[]) =>
  listTargets(payloads((await c.readCollection(reader)).set), roles)
    .map((t) => `${t.name}@${t.role}`)
    .sort();

async function publishFirst(serverSnapshot = false): Promise<void> {
  await c.initializeCollection(owner, serverSnapshot ? { serverManaged: ['snapshot'] } : {});
  await c.stageTarget(owner.changes, 'v1', meta('one'));
  await c.publishChanges(owner);
}

describe('a new collection', () => {
  it('is read by somebody else as it was published, and the first root is named', async () => {
    await publishFirst();
    const reader = await client(server.remote(gun), clock);
    const update = await c.readCollection(reader);
    expect(findTarget(payloads(update.set), 'v1')?.meta).toEqual(meta('one'));
    expect(update.firstUse?.[0]?.commonName).toBe(gun);
    expect((await c.readCollection(reader)).firstUse).toBeUndefined();
  });

  it('starts at the versions that the reference starts at', async () => {
    await publishFirst();
    const { set } = await c.readCollection(await client(server.remote(gun), clock));
    expect([set.root.payload.version, set.targets.get('targets' as RoleName)?.payload.version, set.snapshot?.payload.version]).toEqual([
      1, 2, 2,
    ]);
  });

  it('leaves the snapshot to the server where that was chosen', async () => {
    await publishFirst(true);
    expect(server.requests.filter((r) => r.startsWith('POST'))).toEqual(['POST root targets']);
    expect(await names(await client(server.remote(gun), clock))).toEqual(['v1@targets']);
  });

  it('initializes itself on a first publish without init', async () => {
    await c.stageTarget(owner.changes, 'v1', meta('one'));
    expect((await c.publishChanges(owner)).initial).toBe(true);
    expect(await names(owner)).toEqual(['v1@targets']);
  });

  it('creates nothing when the server cannot be reached', async () => {
    const offline = await client(c.createOfflineRemote(), clock);
    await expect(c.initializeCollection(offline)).rejects.toMatchObject({ code: 'COLLECTION_OFFLINE' });
    expect(await offline.keys.list()).toEqual([]);
  });
});

describe('a reader that was there before', () => {
  it('judges what it has while the answer is on its way', async () => {
    const reader = await client(server.remote(gun), clock);
    await publishFirst();
    await c.readCollection(reader);
    const read: string[] = [];
    const cache: c.MetadataCache = {
      read: async (role, maxBytes) => {
        read.push(role);
        return reader.cache.read(role, maxBytes);
      },
      write: (role, bytes) => reader.cache.write(role, bytes),
    };
    server.intercept = async (_, bytes) => {
      while (read.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
      return bytes;
    };
    server.requests.length = 0;
    await c.updateCollection({ ...c.updateOptions(reader), cache, at: clock.now() });
    expect(server.requests).toEqual(['GET timestamp']);
    expect(read.sort()).toEqual(['root', 'snapshot', 'targets', 'timestamp']);
  });
});

describe('publishing', () => {
  it('sends nothing before what it was built on is in the cache', async () => {
    await publishFirst();
    const other = await client(server.remote(gun), clock, { keys: owner.keys });
    await c.stageTarget(other.changes, 'v2', meta('two'));
    const cache: c.MetadataCache = {
      read: (role, maxBytes) => other.cache.read(role, maxBytes),
      write: async (role, bytes) => {
        if (role === 'targets') throw new Error('disk full');
        await other.cache.write(role, bytes);
      },
    };
    server.requests.length = 0;
    await expect(c.publishChanges({ ...other, cache })).rejects.toThrow('disk full');
    expect(server.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
    expect((await other.changes.list()).map((x) => x.path)).toEqual(['v2']);
  });

  it('removes exactly the changes that went out', async () => {
    await publishFirst();
    expect(await owner.changes.list()).toEqual([]);
    await c.stageTarget(owner.changes, 'v2', meta('two'));
    server.beforePublish = async () => {
      server.beforePublish = async () => {};
      await c.stageTarget(owner.changes, 'v3', meta('three'));
    };
    await c.publishChanges(owner);
    expect((await owner.changes.list()).map((x) => x.path)).toEqual(['v3']);
  });

  it('rebases onto what somebody else published meanwhile', async () => {
    await publishFirst();
    const other = await client(server.remote(gun), clock, { keys: owner.keys });
    await c.stageTarget(other.changes, 'theirs', meta('t'));
    await c.stageTarget(owner.changes, 'ours', meta('o'));
    server.beforePublish = async () => {
      server.beforePublish = async () => {};
      await c.publishChanges(other);
    };
    const published = await c.publishChanges(owner);
    expect(published.attempts).toBe(2);
    expect(await names(owner)).toEqual(['ours@targets', 'theirs@targets', 'v1@targets']);
  });

  it('gives up after a bounded number of conflicts and keeps the changes', async () => {
    await publishFirst();
    await c.stageTarget(owner.changes, 'v2', meta('two'));
    const remote = {
      ...server.remote(gun),
      publish: async () => Promise.reject(c.collectionFaults.REJECTED({ serverCode: 'VERSION', text: '' })),
    };
    await expect(c.publishChanges({ ...owner, remote })).rejects.toMatchObject({ code: 'COLLECTION_PUBLISH_CONFLICT' });
    expect((await owner.changes.list()).length).toBe(1);
  });

  it('does not repeat a refusal that is no conflict', async () => {
    await publishFirst();
    await c.stageTarget(owner.changes, 'v2', meta('two'));
    let tries = 0;
    const remote = {
      ...server.remote(gun),
      publish: async () => {
        tries++;
        throw c.collectionFaults.REJECTED({ serverCode: 'INVALID_UPDATE', text: 'The targets metadata is invalid: x' });
      },
    };
    await expect(c.publishChanges({ ...owner, remote })).rejects.toMatchObject({ message: 'The targets metadata is invalid: x' });
    expect(tries).toBe(1);
  });

  it('needs no key for a target that is already there', async () => {
    await publishFirst(true);
    const keyless = await client(server.remote(gun), clock, { path: owner.directory.path });
    await c.stageTarget(keyless.changes, 'v1', meta('one'));
    const published = await c.publishChanges(keyless);
    expect(published.roles).toEqual([]);
  });

  it('says which keys are missing', async () => {
    await publishFirst();
    const keyless = await client(server.remote(gun), clock);
    await c.stageTarget(keyless.changes, 'v2', meta('two'));
    await expect(c.publishChanges(keyless)).rejects.toMatchObject({ code: 'TUF_SIGNING_KEYS_MISSING' });
    expect((await keyless.changes.list()).length).toBe(1);
  });

  it('signs again what was deleted from the server', async () => {
    await publishFirst();
    await c.readCollection(owner);
    await owner.remote.deleteAll();
    await c.stageTarget(owner.changes, 'v2', meta('two'));
    expect((await c.publishChanges(owner)).initial).toBe(true);
    expect(await names(owner)).toEqual(['v1@targets', 'v2@targets']);
  });
});

describe('delegations', () => {
  const delegate = async () => {
    const key = await generatePrivateKey('EC-256');
    const keys = new MemoryKeyStore();
    await keys.add(key, { role: 'delegation', gun: '' });
    return { keys, publicKey: createSigningKey(key).publicKey };
  };

  it('let others publish below their paths, and only there', async () => {
    await publishFirst(true);
    const { keys, publicKey } = await delegate();
    await c.stageDelegation(owner.changes, 'targets/rel', { keys: [publicKey], paths: ['rel/'] });
    await c.publishChanges(owner);
    const them = await client(server.remote(gun), clock, { keys });
    await c.stageTarget(them.changes, 'rel/1', meta('r'), ['targets/rel']);
    await c.publishChanges(them);
    expect(await names(owner)).toEqual(['rel/1@targets/rel', 'v1@targets']);
    await c.stageTarget(them.changes, 'elsewhere', meta('r'), ['targets/rel']);
    await expect(c.publishChanges(them)).rejects.toMatchObject({ code: 'TUF_TARGETS_NOT_ADDED', message: 'Could not add all targets' });
  });

  it('nest, and a parent can hand down only what it has', async () => {
    await publishFirst(true);
    const a = await delegate();
    const b = await delegate();
    await c.stageDelegation(owner.changes, 'targets/a', { keys: [a.publicKey], paths: ['a/'] });
    await c.publishChanges(owner);
    const first = await client(server.remote(gun), clock, { keys: a.keys });
    await c.stageDelegation(first.changes, 'targets/a/b', { keys: [b.publicKey], paths: ['a/b/'] });
    await c.publishChanges(first);
    await c.stageDelegation(first.changes, 'targets/a/c', { keys: [b.publicKey], paths: ['z/'] });
    await expect(c.publishChanges(first)).rejects.toMatchObject({ message: 'tuf: invalid role targets/a/c. invalid paths to add to role' });
    await first.changes.clear();
    const second = await client(server.remote(gun), clock, { keys: b.keys });
    await c.stageTarget(second.changes, 'a/b/x', meta('x'), ['targets/a/b']);
    await c.publishChanges(second);
    expect(await names(owner)).toEqual(['a/b/x@targets/a/b', 'v1@targets']);
    expect(await names(owner, ['targets/a'])).toEqual(['a/b/x@targets/a/b']);
  });

  it('with a threshold of two need two keys, and lose their word when one is not enough', async () => {
    await publishFirst(true);
    const a = await delegate();
    const b = await delegate();
    const both = new MemoryKeyStore();
    for (const store of [a.keys, b.keys])
      for (const k of await store.list()) await both.add(await store.privateKey(k.keyId), { role: 'delegation', gun: '' });
    await c.stageDelegation(owner.changes, 'targets/two', { keys: [a.publicKey, b.publicKey], paths: [''], threshold: 2 });
    await c.publishChanges(owner);
    const alone = await client(server.remote(gun), clock, { keys: a.keys });
    await c.stageTarget(alone.changes, 'x', meta('x'), ['targets/two']);
    await expect(c.publishChanges(alone)).rejects.toMatchObject({ code: 'TUF_SIGNATURES_INSUFFICIENT' });
    const together = await client(server.remote(gun), clock, { keys: both });
    await c.stageTarget(together.changes, 'x', meta('x'), ['targets/two']);
    await c.publishChanges(together);
    expect(await names(owner)).toEqual(['v1@targets', 'x@targets/two']);
  });

  it('[CVE-2026-6967] that ran out are shown by nobody until they are witnessed', async () => {
    await publishFirst(true);
    const { keys, publicKey } = await delegate();
    await c.stageDelegation(owner.changes, 'targets/rel', { keys: [publicKey], paths: [''] });
    await c.publishChanges(owner);
    const them = await client(server.remote(gun), clock, { keys });
    await c.stageTarget(them.changes, 'x', meta('x'), ['targets/rel']);
    await c.publishChanges(them);
    clock.addDays(2 * 365);
    await c.stageWitness(owner.changes, ['targets']);
    await server.resign(gun);
    await c.publishChanges(owner);
    clock.addDays(365 + 100);
    await server.resign(gun);
    expect(await names(owner)).toEqual(['v1@targets']);
    expect(owner.log.lines.some((l) => l.startsWith('warn Error getting targets/rel: targets/rel expired at'))).toBe(true);
    await c.stageWitness(them.changes, ['targets/rel']);
    await c.publishChanges(them);
    expect(await names(owner)).toEqual(['v1@targets', 'x@targets/rel']);
  });

  it('can be reduced, purged of a key, and removed', async () => {
    await publishFirst();
    const a = await delegate();
    const b = await delegate();
    await c.stageDelegation(owner.changes, 'targets/x', { keys: [a.publicKey, b.publicKey], paths: ['p/', 'q/'] });
    await c.publishChanges(owner);
    await c.stageDelegationReduction(owner.changes, 'targets/x', { paths: ['p/'], keyIds: [a.publicKey.id] });
    await c.publishChanges(owner);
    const shown = async () =>
      listDelegations(payloads((await c.readCollection(owner)).set)).map((d) => [d.role, d.entry.keyIds, d.entry.paths]);
    expect(await shown()).toEqual([['targets/x', [b.publicKey.id], ['q/']]]);
    await c.stageKeyPurge(owner.changes, [b.publicKey.id]);
    await c.publishChanges(owner);
    expect(await shown()).toEqual([['targets/x', [], ['q/']]]);
    await c.stageDelegationRemoval(owner.changes, 'targets/x');
    await c.publishChanges(owner);
    expect(await shown()).toEqual([]);
  });
});

describe('key rotation', () => {
  it('of every role is followed by readers who were there before', async () => {
    await publishFirst();
    const reader = await client(server.remote(gun), clock);
    await c.readCollection(reader);
    await c.rotateKeys(owner, 'targets');
    await c.rotateKeys(owner, 'snapshot', { serverManaged: true });
    await c.rotateKeys(owner, 'timestamp', { serverManaged: true });
    await c.rotateKeys(owner, 'root');
    await c.rotateKeys(owner, 'root');
    expect(await names(reader)).toEqual(['v1@targets']);
    expect(await names(await client(server.remote(gun), clock))).toEqual(['v1@targets']);
  });

  it('removes a replaced private key only once the new root is published', async () => {
    await publishFirst();
    const before = (await owner.keys.list()).filter((k) => k.role === 'targets');
    const failing = {
      ...server.remote(gun),
      publish: async () => Promise.reject(c.collectionFaults.OFFLINE({ location: '', detail: '' })),
    };
    await expect(c.rotateKeys({ ...owner, remote: failing }, 'targets')).rejects.toMatchObject({ code: 'COLLECTION_OFFLINE' });
    expect((await owner.keys.list()).some((k) => k.keyId === before[0]?.keyId)).toBe(true);
    await c.rotateKeys(owner, 'targets');
    expect((await owner.keys.list()).some((k) => k.keyId === before[0]?.keyId)).toBe(false);
  });

  it('keeps staged changes where they are', async () => {
    await publishFirst();
    await c.stageTarget(owner.changes, 'later', meta('l'));
    await c.rotateKeys(owner, 'snapshot', { serverManaged: true });
    expect((await owner.changes.list()).length).toBe(1);
  });

  it('refuses what the reference refuses', async () => {
    await expect(c.rotateKeys(owner, 'timestamp')).rejects.toMatchObject({
      message: 'notary does not permit the client managing the timestamp key',
    });
    await expect(c.rotateKeys(owner, 'targets', { serverManaged: true })).rejects.toMatchObject({
      message: 'notary does not permit the server managing the targets key',
    });
    await expect(c.rotateKeys(owner, 'targets/a')).rejects.toMatchObject({
      message: 'notary does not currently permit rotating the targets/a key',
    });
  });

  it('of the root with legacy keys is signed by them too', async () => {
    await publishFirst();
    await c.rotateKeys(owner, 'root');
    await c.rotateKeys(owner, 'root', { legacyVersions: -1 });
    const { set } = await c.readCollection(await client(server.remote(gun), clock));
    expect(set.root.signatures.length).toBe(3);
  });
});
