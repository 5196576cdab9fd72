// SPDX-License-Identifier: Apache-2.0
/** Findings of audits of Notary's client and of faults of other TUF clients, each as the attack that would show it here. See docs/explanation/audits.md. */
import { equalBytes, isFault, toUtf8 } from '@notary/base';
import { generatePrivateKey, type PrivateKey } from '@notary/base/crypto';
import {
  combineSigningKeys,
  createFileMeta,
  decodeRoot,
  expiryAt,
  findTarget,
  type Payload,
  parseEnvelope,
  payloads,
  type Root,
  rootSigners,
  signPayload,
} from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { type ForgeContext, resigned, vouch } from './support/forgery.ts';
import { SimulatedServer } from './support/simulated-server.ts';
import { type Client, client, files, gun, MemoryKeyStore, TestClock, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

const DAY_MS = 86_400_000;
/** The largest version that the reference's database holds, and that its clients could count to on 32 bits. */
const HUGE = 2 ** 31 - 1;
const meta = createFileMeta(toUtf8('one'));

let clock: TestClock;
let server: SimulatedServer;
let owner: Client;
let reader: Client;
/** Whoever has stolen every key but the root's private one… which a test may also use, where it says so. */
let ctx: ForgeContext;

beforeEach(async () => {
  clock = new TestClock();
  server = new SimulatedServer(() => clock.now());
  owner = await client(server.remote(gun), clock);
  await c.initializeCollection(owner, { serverManaged: ['snapshot'] });
  await publish('v1');
  reader = await client(server.remote(gun), clock);
  await c.readCollection(reader);
  ctx = { server, gun, keys: combineSigningKeys(owner.keys, server.keys), at: clock.now() };
});

async function publish(name: string): Promise<void> {
  await c.stageTarget(owner.changes, name, meta);
  await c.publishChanges(owner);
}

/** What a read of the collection comes to: the names of targets that are asked about, or the code of the fault. */
async function outcome(who: Client, name: string): Promise<string> {
  try {
    const { set } = await c.readCollection(who);
    return findTarget(payloads(set), name) === undefined ? 'absent' : 'found';
  } catch (e) {
    if (!isFault(e)) throw e;
    return e.code;
  }
}

/** The server hands out these instead of its own current files. */
function replace(files: ReadonlyMap<string, Uint8Array>): void {
  server.intercept = (name, bytes) => files.get(name.replace(/\.[0-9a-f]{64}$/, '')) ?? bytes;
}
const honest = (): void => {
  server.intercept = (_, bytes) => bytes;
};
const rootOf = (): Uint8Array => server.stored(gun)?.current.get('root') as Uint8Array;
const cachedRoot = () => c.createFileCache(reader.directory, gun).read('root');

describe('a root that has expired', () => {
  it('[NCC-2015-02] [CVE-2015-9259] is not used any more, however fresh the files are that refer to it', async () => {
    const until = expiryAt(new Date(clock.now().getTime() + 10 * DAY_MS));
    const short = await resigned(ctx, 'root', (p) => ({ ...p, version: p.version + 1, expires: until }) as Payload);
    await server.publish(gun, new Map([['root', short]]));
    expect(await outcome(reader, 'v1')).toBe('found');
    clock.addDays(11);
    // Whoever has stolen the other keys goes on as usual: new targets, new snapshot, new timestamp.
    const files = await vouch({ ...ctx, at: clock.now() }, 'targets', server.stored(gun)?.current.get('targets') as Uint8Array);
    await server.resign(gun);
    for (const attack of [false, true]) {
      if (attack) replace(files);
      expect(await outcome(reader, 'v1')).toBe('TUF_EXPIRED');
      expect(await outcome(await client(server.remote(gun), clock), 'v1')).toBe('TUF_EXPIRED');
    }
  });
});

describe('a version that nobody can exceed', () => {
  it.each(['timestamp', 'snapshot', 'targets'] as const)(
    '[NCC-2015-03] by whoever held the %s key for a moment locks nobody out once the owner has replaced the key',
    async (role) => {
      const forged = await resigned(ctx, role, (p) => ({ ...p, version: HUGE }));
      replace(await vouch(ctx, role, forged));
      // Snapshot and timestamp that vouch for it count on from the server's; the forged one is what is remembered.
      expect(await outcome(reader, 'v1')).toBe('found');
      honest();
      await publish('v2');
      expect(await outcome(reader, 'v2')).toMatch(/^TUF_(?:VERSION_LOW|CHECKSUM_MISMATCH)$/);
      await c.rotateKeys(owner, 'timestamp', { serverManaged: true });
      await c.rotateKeys(owner, 'snapshot', { serverManaged: true });
      if (role === 'targets') await c.rotateKeys(owner, 'targets');
      await publish('v3');
      // The root before the replacement still guards against a rollback once; from then on the new keys alone count.
      const outcomes = [await outcome(reader, 'v3'), await outcome(reader, 'v3')];
      expect(outcomes[1]).toBe('found');
    },
  );
});

describe('a root that was refused', () => {
  it('[CVE-2020-15163] is never the anchor of a later update', async () => {
    const before = await cachedRoot();
    // The next root in order, then one that its predecessor did not sign.
    await c.rotateKeys(owner, 'root');
    const stranger = await client(server.remote(gun), clock);
    const elsewhere = new SimulatedServer(() => clock.now());
    const thief = await client(elsewhere.remote(gun), clock, { keys: stranger.keys });
    await c.initializeCollection(thief, { serverManaged: ['snapshot'] });
    await c.publishChanges(thief);
    for (let i = 0; i < 2; i++) await c.rotateKeys(thief, 'root');
    const foreign = elsewhere.stored(gun) as NonNullable<ReturnType<SimulatedServer['stored']>>;
    server.intercept = (name) => foreign.current.get(name.replace(/\.[0-9a-f]{64}$/, '')) ?? foreign.versions.get(name);
    for (let i = 0; i < 3; i++) {
      expect(await outcome(reader, 'v1')).toMatch(/^TUF_(?:ROOT_ROTATION_FAILED|ROOT_UNTRUSTED|THRESHOLD|NO_SIGNATURES)$/);
      expect(equalBytes((await cachedRoot()) as Uint8Array, before as Uint8Array)).toBe(true);
    }
    honest();
    await publish('v2');
    expect(await outcome(reader, 'v2')).toBe('found');
  });

  it('[CVE-2025-2885] stands under a number that is not its version', async () => {
    for (let i = 0; i < 3; i++) await c.rotateKeys(owner, 'root');
    const versions = server.stored(gun)?.versions as Map<string, Uint8Array>;
    const first = decodeRoot(parseEnvelope((await cachedRoot()) as Uint8Array)).version;
    const newest = decodeRoot(parseEnvelope(rootOf())).version;
    expect(newest - first).toBe(3);
    const rootAt = (version: number): Root => decodeRoot(parseEnvelope(versions.get(`${version}.root`) as Uint8Array));
    // The next root under the number of the one after it, and one that its predecessor has signed with a number far ahead.
    const groups = [rootSigners(rootAt(first), 'root'), rootSigners(rootAt(first + 1), 'root')];
    const ahead = (await signPayload({ payload: { ...rootAt(first + 1), version: first + 9 }, groups }, owner.keys)).bytes;
    for (const [number, bytes] of [
      [first + 2, versions.get(`${first + 1}.root`)],
      [first + 1, ahead],
    ] as const) {
      server.intercept = (name, own) => (name === `${number}.root` ? bytes : own);
      expect([number, await outcome(reader, 'v1')]).toEqual([number, 'TUF_VERSION_LOW']);
    }
    honest();
    expect(await outcome(reader, 'v1')).toBe('found');
  });
});

describe('a rollback', () => {
  it('[CVE-2025-2888] of the snapshot leaves nothing in the cache: the next honest update works', async () => {
    const old = server.stored(gun)?.current.get('snapshot') as Uint8Array;
    await publish('v2');
    expect(await outcome(reader, 'v2')).toBe('found');
    const cached = await c.createFileCache(reader.directory, gun).read('timestamp');
    replace(await vouch(ctx, 'snapshot', old));
    expect(await outcome(reader, 'v2')).toBe('TUF_VERSION_LOW');
    expect(equalBytes((await c.createFileCache(reader.directory, gun).read('timestamp')) as Uint8Array, cached as Uint8Array)).toBe(true);
    honest();
    expect(await outcome(reader, 'v2')).toBe('found');
  });
});

describe('a member outside the signed part', () => {
  it('[TUF-01-001] added on the way to the server breaks neither readers nor the next publish', async () => {
    const remote = server.remote(gun);
    const tampered = {
      ...remote,
      publish: (files: ReadonlyMap<string, Uint8Array>) =>
        remote.publish(
          new Map([...files].map(([role, bytes]) => [role, toUtf8(new TextDecoder().decode(bytes).replace(/\}\s*$/, ',"abc":"xyz"}'))])),
        ),
    };
    const through = await client(tampered, clock, { keys: owner.keys, path: owner.directory.path });
    for (const name of ['v2', 'v3']) {
      await c.stageTarget(through.changes, name, meta);
      await c.publishChanges(through);
      expect(await outcome(reader, name)).toBe('found');
    }
    await publish('v4');
    expect(await outcome(reader, 'v4')).toBe('found');
  });
});

describe('a trust directory', () => {
  it('[NCC-2015-07] tells nobody else which collections were read: its folders and files are the owner’s', async () => {
    const open: string[] = [];
    const walk = async (path: string): Promise<void> => {
      for (const entry of (await files.list(path)) ?? []) {
        const found = `${path}/${entry.name}`;
        if (((await files.stat(found))?.mode ?? 0o777) & 0o077) open.push(found);
        if (entry.kind === 'directory') await walk(found);
      }
    };
    for (const who of [owner, reader]) {
      await walk(who.directory.path);
      expect((await files.list(`${who.directory.path}/tuf`))?.length).toBeGreaterThan(0);
    }
    expect(open).toEqual([]);
  });
});

describe('several root keys', () => {
  it('[KD-05] are chosen from alike every time', async () => {
    const chosen = new Set<string>();
    const made = [];
    for (let i = 0; i < 4; i++) made.push(await generatePrivateKey('EC-256'));
    for (let i = 0; i < 6; i++) {
      const keys = new MemoryKeyStore();
      // In another order each time: what the store lists first must not count.
      for (let k = 0; k < made.length; k++) await keys.add(made[(k + i) % made.length] as PrivateKey, { role: 'root', gun: '' });
      const other = c.parseGun(`example.com/several/${i}`);
      const { rootKeys } = await c.initializeCollection(await client(server.remote(other), clock, { keys, gun: other }));
      chosen.add(rootKeys.map((k) => k.keyId).join());
    }
    expect(chosen.size).toBe(1);
  });
});
