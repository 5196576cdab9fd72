// SPDX-License-Identifier: Apache-2.0
/** Every role x every corruption x cold and warm cache: the right fault, and a cache that is never worse than before. */
import { equalBytes, isFault, toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { combineSigningKeys, createFileMeta, createSigningKey, findTarget, payloads } from '@notary/tuf';
import { beforeAll, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { corruptions, type ForgeContext, vouch } from './support/forgery.ts';
import { SimulatedServer } from './support/simulated-server.ts';
import { type Client, client, files, gun, MemoryKeyStore, TestClock, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

const ROLES = ['root', 'timestamp', 'snapshot', 'targets', 'targets/rel'] as const;
type Role = (typeof ROLES)[number];

interface World {
  readonly clock: TestClock;
  readonly server: SimulatedServer;
  readonly owner: Client;
  readonly ctx: ForgeContext;
  /** A trust directory that has seen the first state. */
  readonly warmPath: string;
}

let world: World;

beforeAll(async () => {
  const clock = new TestClock();
  const server = new SimulatedServer(() => clock.now());
  const owner = await client(server.remote(gun), clock);
  const delegateKeys = new MemoryKeyStore();
  const key = await generatePrivateKey('EC-256');
  await delegateKeys.add(key, { role: 'delegation', gun: '' });
  await c.initializeCollection(owner, { serverManaged: ['snapshot'] });
  const meta = createFileMeta(toUtf8('one'));
  await c.stageTarget(owner.changes, 'v1', meta);
  await c.stageDelegation(owner.changes, 'targets/rel', { keys: [createSigningKey(key).publicKey], paths: [''] });
  await c.publishChanges(owner);
  const them = await client(server.remote(gun), clock, { keys: delegateKeys });
  await c.stageTarget(them.changes, 'r1', meta, ['targets/rel']);
  await c.publishChanges(them);
  const warm = await client(server.remote(gun), clock);
  await c.readCollection(warm);
  // A second state of every file, so that a warm reader has to look at each. The root is signed again by rotating it.
  await c.rotateKeys(owner, 'root');
  await c.stageTarget(owner.changes, 'v2', meta);
  await c.publishChanges(owner);
  await c.stageTarget(them.changes, 'r2', meta, ['targets/rel']);
  await c.publishChanges(them);
  const keys = combineSigningKeys(owner.keys, delegateKeys, server.keys);
  world = { clock, server, owner, ctx: { server, gun, keys, at: clock.now() }, warmPath: warm.directory.path };
});

/** A reader: cold, or with a copy of the warm trust directory. */
async function reader(kind: 'cold' | 'warm'): Promise<Client> {
  const made = await client(world.server.remote(gun), world.clock);
  if (kind === 'warm') {
    for (const role of ROLES) {
      const bytes = await files.read(`${world.warmPath}/tuf/${gun}/metadata/${role}.json`, 1 << 20);
      await made.cache.write(role, bytes as Uint8Array);
    }
  }
  return made;
}

async function cached(who: Client): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const role of ROLES) {
    const bytes = await c.createFileCache(who.directory, gun).read(role);
    if (bytes !== undefined) found.set(role, bytes);
  }
  return found;
}

/** Runs a read against a server that hands out `replaced`; returns the fault's code, or `ok`. */
async function readWith(who: Client, replaced: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const { server } = world;
  server.intercept = (name, bytes) => {
    const plain = name.replace(/\.[0-9a-f]{64}$/, '').replace(/^\d+\./, '');
    const isOld = /^\d+\./.test(name);
    return (isOld ? undefined : replaced.get(plain)) ?? bytes;
  };
  try {
    await c.readCollection(who);
    return 'ok';
  } catch (e) {
    if (!isFault(e)) throw e;
    return e.code;
  } finally {
    server.intercept = (_, bytes) => bytes;
  }
}

/** The cache may have gained good files. It must still lead to the newest state, and never past it. */
async function expectSoundCache(who: Client, spoiled: Uint8Array): Promise<void> {
  for (const [role, bytes] of await cached(who)) {
    expect(equalBytes(bytes, spoiled), `${role} holds the spoiled file`).toBe(false);
  }
  const { set } = await c.readCollection(who);
  expect(findTarget(payloads(set), 'v2')?.role).toBe('targets');
  expect(findTarget(payloads(set), 'r2')?.role).toBe('targets/rel');
}

// A delegation below its threshold, unsigned or expired is left out with a warning, as in the reference. Everything else aborts.
const LEFT_OUT = new Set(['flipped content', 'other key', 'expired']);
const SYNTAX =
  /^(?:JSON_SYNTAX|JSON_TRAILING|JSON_DUPLICATE_KEY|JSON_TOO_DEEP|JSON_NUMBER_RANGE|TUF_JSON_INVALID|CANONICAL_JSON_TOO_DEEP)$/;
const EXPECTED: Record<string, Partial<Record<Role | 'any', RegExp>>> = {
  empty: { any: SYNTAX },
  truncated: { any: SYNTAX },
  'not JSON': { any: SYNTAX },
  'wrong JSON': { any: SYNTAX },
  'extra bytes': { any: SYNTAX },
  'deep JSON': { any: SYNTAX },
  'duplicate member': { any: SYNTAX },
  'huge version': { any: SYNTAX },
  'wrong type': { any: /^TUF_METADATA_INVALID$/ },
  'flipped content': { any: /^TUF_(THRESHOLD|ROOT_UNTRUSTED|ROOT_ROTATION_FAILED)$/ },
  'no signature': { any: /^TUF_(NO_SIGNATURES|ROOT_UNTRUSTED|ROOT_ROTATION_FAILED)$/ },
  'other key': { any: /^TUF_(THRESHOLD|ROOT_UNTRUSTED|ROOT_ROTATION_FAILED)$/ },
  expired: { any: /^TUF_EXPIRED$/, root: /^TUF_(EXPIRED|ROOT_ROTATION_FAILED)$/ },
  'version zero': { any: /^TUF_(METADATA_INVALID|THRESHOLD)$/ },
};

describe.each(['cold', 'warm'] as const)('a %s reader', (kind) => {
  describe.each(ROLES)('whose %s', (role) => {
    for (const [name, expected] of Object.entries(EXPECTED)) {
      it(`is spoiled (${name}) by somebody who holds the server's keys stops there`, async () => {
        const spoiled = await (corruptions[name] as (typeof corruptions)[string])(world.ctx, role);
        const who = await reader(kind);
        const code = await readWith(who, await vouch(world.ctx, role, spoiled));
        if (role === 'targets/rel' && LEFT_OUT.has(name)) return expect(code).toBe('ok');
        expect(code).toMatch((expected[role] ?? expected.any) as RegExp);
        await expectSoundCache(who, spoiled);
      });
    }

    it('[CVE-2026-6967] does not have the digest that its parent names stops there', async () => {
      if (role === 'timestamp') return; // nobody names its digest
      const spoiled = await (corruptions['flipped content'] as (typeof corruptions)[string])(world.ctx, role);
      const who = await reader(kind);
      const code = await readWith(who, new Map([[role, spoiled]]));
      expect(code).toMatch(role === 'root' ? /^TUF_(ROOT_UNTRUSTED|ROOT_ROTATION_FAILED|CHECKSUM_MISMATCH)$/ : /^TUF_CHECKSUM_MISMATCH$/);
      await expectSoundCache(who, spoiled);
    });
  });

  it.each(['timestamp', 'snapshot', 'targets', 'targets/rel'] as const)(
    '[CVE-2022-29173] [CVE-2025-2887] is not led back to an older %s',
    async (role) => {
      const who = await reader(kind);
      if (kind === 'warm') await c.readCollection(who);
      const older = await (corruptions['version down'] as (typeof corruptions)[string])(world.ctx, role);
      const code = await readWith(who, await vouch(world.ctx, role, older));
      // Without memory an old file that everybody vouches for cannot be told from a new one.
      expect(code).toBe(kind === 'warm' ? 'TUF_VERSION_LOW' : 'ok');
      if (kind === 'warm') await expectSoundCache(who, older);
    },
  );

  it.each(ROLES)('tells a missing %s from a broken server', async (role) => {
    const { server } = world;
    const failures = {
      missing: async () => undefined,
      broken: async () => Promise.reject(c.collectionFaults.SERVER_UNAVAILABLE({ status: 500, location: 'x' })),
      slow: async () => Promise.reject(c.collectionFaults.OFFLINE({ location: 'x', detail: 'timeout' })),
      endless: async () => Promise.reject(c.collectionFaults.BAD_RESPONSE({ name: role, location: 'x', detail: 'too large' })),
    };
    for (const [failure, act] of Object.entries(failures)) {
      const who = await reader(kind);
      server.intercept = (name, bytes) => (new RegExp(`^(?:\\d+\\.)?${role}(?:\\.[0-9a-f]{64})?$`).test(name) ? act() : bytes);
      let outcome = 'ok';
      try {
        const update = await c.readCollection(who);
        if (update.fromCache) outcome = 'from cache';
      } catch (e) {
        outcome = isFault(e) ? e.code : String(e);
      }
      server.intercept = (_, bytes) => bytes;
      const fallsBack = kind === 'warm' && role === 'timestamp' && failure !== 'endless';
      const codes = {
        missing: /^COLLECTION_(NO_TRUST_DATA|METADATA_NOT_FOUND)$/,
        broken: /^COLLECTION_SERVER_UNAVAILABLE$/,
        slow: /^COLLECTION_OFFLINE$/,
        endless: /^COLLECTION_BAD_RESPONSE$/,
      };
      expect(outcome, failure).toMatch(fallsBack ? /^from cache$/ : codes[failure as keyof typeof codes]);
      await expectSoundCache(who, new Uint8Array(1));
    }
  });
});

describe('files of another collection', () => {
  it.each(ROLES)('are refused in the place of %s', async (role) => {
    const other = c.parseGun(`example.com/other/${role.replace('/', '-')}`);
    const thief = await client(world.server.remote(other), world.clock, { gun: other });
    await c.initializeCollection(thief, { serverManaged: ['snapshot'] });
    await c.stageTarget(thief.changes, 'v2', createFileMeta(toUtf8('evil')));
    await c.publishChanges(thief);
    const theirs = world.server.stored(other)?.current.get(role === 'targets/rel' ? 'targets' : role) as Uint8Array;
    for (const kind of ['cold', 'warm'] as const) {
      const who = await reader(kind);
      const code = await readWith(who, await vouch(world.ctx, role, theirs));
      if (role === 'targets/rel') {
        expect(code).toBe('ok'); // left out: its keys signed nothing
        continue;
      }
      expect(code).toMatch(/^TUF_(ROOT_UNTRUSTED|ROOT_ROTATION_FAILED|THRESHOLD|CHECKSUM_MISMATCH)$/);
      await expectSoundCache(who, theirs);
    }
  });
});
