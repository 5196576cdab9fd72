// SPDX-License-Identifier: Apache-2.0
import { fromUtf8, toUtf8 } from '@notary/base';
import { createFileMeta, findTarget, listTargets, NO_PINS, payloads } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { SimulatedServer } from './support/simulated-server.ts';
import { type Client, client, files, gun, TestClock, temporaryDirectory, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

let clock: TestClock;
let server: SimulatedServer;
let owner: Client;
let directory: string;
const meta = createFileMeta(toUtf8('one'));

beforeEach(async () => {
  clock = new TestClock();
  server = new SimulatedServer(() => clock.now());
  owner = await client(server.remote(gun), clock);
  directory = await temporaryDirectory();
  await c.initializeCollection(owner, { serverManaged: ['snapshot'] });
  await c.stageTarget(owner.changes, 'v1', meta);
  await c.publishChanges(owner);
  await c.rotateKeys(owner, 'root');
  await c.rotateKeys(owner, 'root');
});

const copy = (options: Partial<c.MirrorOptions> = {}) =>
  c.mirrorCollection({ gun, source: server.remote(gun), directory, files, at: clock.now(), pins: NO_PINS, ...options });
const fromMirror = (options: { path?: string } = {}) => client(c.createFileRemote({ directory, gun, files }), clock, options);
const read = async (who: Client, options: c.ReadOptions = {}) =>
  listTargets(payloads((await c.readCollection(who, options)).set)).map((t) => t.name);
const base = () => `${directory}/v2/${gun}/_trust/tuf`;
const names = async () => ((await files.list(base())) ?? []).map((e) => e.name.replace(/[0-9a-f]{64}/, 'HASH'));

describe('a mirror', () => {
  it('holds all roots, the current files by both names, and a page for the ping', async () => {
    const report = await copy();
    expect(report).toMatchObject({ rootVersions: 3, missingRoots: [], unchanged: false });
    expect([...new Set(await names())].sort()).toEqual(
      [
        '1.root.json',
        '2.root.json',
        '3.root.json',
        'root.HASH.json',
        'root.json',
        'snapshot.HASH.json',
        'snapshot.json',
        'targets.HASH.json',
        'targets.json',
        'timestamp.json',
      ].sort(),
    );
    expect(fromUtf8((await files.read(`${directory}/v2/index.html`, 10)) as Uint8Array)).toBe('{}');
  });

  it('verifies for a consumer exactly as the server does', async () => {
    await copy();
    expect(await read(await fromMirror())).toEqual(['v1']);
  });

  it('leads a reader of an old root to the newest', async () => {
    const fresh = await client(server.remote(gun), clock);
    await c.readCollection(fresh);
    await c.rotateKeys(owner, 'root');
    await c.rotateKeys(owner, 'root');
    await copy();
    expect(await read(await fromMirror({ path: fresh.directory.path }))).toEqual(['v1']);
  });

  it('writes nothing the second time', async () => {
    await copy();
    expect(await copy()).toMatchObject({ unchanged: true, written: 0 });
  });

  it('takes former versions along when asked', async () => {
    await c.stageTarget(owner.changes, 'v2', meta);
    await c.publishChanges(owner);
    await copy({ history: true });
    expect(await names()).toEqual(expect.arrayContaining(['2.targets.json', '3.targets.json', '1.snapshot.json']));
  });

  it('says which roots the source lacks', async () => {
    server.intercept = (name, bytes) => (name === '1.root' ? undefined : bytes);
    expect((await copy()).missingRoots).toEqual([1]);
  });

  it('refuses to copy what does not verify', async () => {
    server.intercept = (name, bytes) => (name.startsWith('targets') && bytes ? bytes.subarray(1) : bytes);
    await expect(copy()).rejects.toMatchObject({ code: 'TUF_CHECKSUM_MISMATCH' });
    expect(await files.list(base())).toBeUndefined();
  });

  it('that is out of date is told apart from one that was tampered with', async () => {
    await copy();
    clock.addDays(30);
    await expect(read(await fromMirror())).rejects.toMatchObject({ code: 'COLLECTION_MIRROR_STALE' });
    clock.addDays(-30);
    const path = `${base()}/timestamp.json`;
    const good = (await files.read(path, 1 << 20)) as Uint8Array;
    await files.writeAtomic(path, toUtf8(fromUtf8(good).replace('"version":3', '"version":4')), { mode: 0o644 });
    await expect(read(await fromMirror())).rejects.toMatchObject({ code: 'COLLECTION_MIRROR_TAMPERED' });
    await files.writeAtomic(path, good, { mode: 0o644 });
    for (const { name } of (await files.list(base())) ?? []) if (name.startsWith('targets')) await files.remove(`${base()}/${name}`);
    await expect(read(await fromMirror())).rejects.toMatchObject({ code: 'COLLECTION_MIRROR_TAMPERED' });
  });

  it('that is older than what was seen is out of date', async () => {
    await copy();
    const reader = await client(server.remote(gun), clock);
    await c.stageTarget(owner.changes, 'v2', meta);
    await c.publishChanges(owner);
    await c.readCollection(reader);
    await expect(read(await fromMirror({ path: reader.directory.path }))).rejects.toMatchObject({ code: 'COLLECTION_MIRROR_STALE' });
  });

  it('that has expired can be checked as of a time, without a trace', async () => {
    await copy();
    const at = clock.now();
    clock.addDays(400);
    const reader = await fromMirror();
    expect(await read(reader, { asOf: at })).toEqual(['v1']);
    expect(await reader.cache.read('root')).toBeUndefined();
    const shown = await c.readCollection(reader, { expired: 'show' });
    expect(shown.expired.map((f) => f.facts.role)).toEqual(['timestamp']);
    expect(findTarget(payloads(shown.set), 'v1')?.meta).toEqual(meta);
  });

  it('takes no publications', async () => {
    await copy();
    await expect(c.createFileRemote({ directory, gun, files }).publish(new Map())).rejects.toMatchObject({
      code: 'COLLECTION_MIRROR_READ_ONLY',
    });
  });
});

describe('a list of collections', () => {
  const other = c.parseGun('example.com/second');

  async function second(): Promise<void> {
    const them = await client(server.remote(other), clock, { gun: other });
    await c.initializeCollection(them, { serverManaged: ['snapshot'] });
    await c.publishChanges(them);
  }
  const run = (guns: c.Gun[], events: c.MirrorEvent[] = []) =>
    c.mirrorList({
      guns,
      directory,
      files,
      clock,
      mirror: (name) => c.mirrorCollection({ gun: name, source: server.remote(name), directory, files, at: clock.now(), pins: NO_PINS }),
      onEvent: (e) => events.push(e),
    });

  it('[CVE-2026-24686] is read line by line, comments aside', () => {
    expect(c.parseMirrorList(`# all\n${gun}\n\n ${other} \n${gun}\n`)).toEqual([gun, other]);
    expect(() => c.parseMirrorList('good/name\n../evil\n')).toThrow(expect.objectContaining({ code: 'COLLECTION_MIRROR_LIST_INVALID' }));
  });

  it('goes on after a failure and again where it stopped', async () => {
    const report = await run([gun, other]);
    expect(report.done.map((r) => r.gun)).toEqual([gun]);
    expect(report.failed.map((f) => f.fault.code)).toEqual(['COLLECTION_NO_TRUST_DATA']);
    await second();
    const again = await run([gun, other]);
    expect(again.skipped).toEqual([gun]);
    expect(again.done.map((r) => r.gun)).toEqual([other]);
    expect((await run([gun, other])).skipped).toEqual([]);
  });

  it('gives a busy server time', async () => {
    let busy = 2;
    server.intercept = (name, bytes) => {
      if (name === 'timestamp' && busy-- > 0) throw c.collectionFaults.SERVER_UNAVAILABLE({ status: 429, location: 'x' });
      return bytes;
    };
    const events: c.MirrorEvent[] = [];
    expect((await run([gun], events)).done.length).toBe(1);
    expect(events.map((e) => e.kind)).toContain('waiting');
  });
});

describe('moving to another server', () => {
  /** What an operator's import does: every root and the current files, without the old server's keys. */
  async function imported(): Promise<SimulatedServer> {
    const next = new SimulatedServer(() => clock.now());
    const stored = server.stored(gun);
    next.adoptStored(gun, stored as NonNullable<typeof stored>);
    return next;
  }

  it('works once the operator has imported the mirror, and readers follow', async () => {
    await copy();
    const reader = await client(server.remote(gun), clock);
    await c.readCollection(reader);
    clock.addDays(60);
    const next = await imported();
    const mirror = c.createFileRemote({ directory, gun, files });
    const moved = { ...owner, remote: next.remote(gun) };
    expect(await c.adoptCollection(moved, mirror)).toMatchObject({ already: false, snapshot: 'server', rootVersion: 4 });
    expect(await read({ ...reader, remote: next.remote(gun) })).toEqual(['v1']);
    expect(await c.adoptCollection(moved, mirror)).toMatchObject({ already: true });
    await c.stageTarget(owner.changes, 'v2', meta);
    await c.publishChanges(moved);
    expect((await read({ ...reader, remote: next.remote(gun) })).sort()).toEqual(['v1', 'v2']);
  });

  it('says so when the operator has not', async () => {
    await copy();
    const empty = new SimulatedServer(() => clock.now());
    await expect(
      c.adoptCollection({ ...owner, remote: empty.remote(gun) }, c.createFileRemote({ directory, gun, files })),
    ).rejects.toMatchObject({
      code: 'COLLECTION_ADOPTION_NOT_IMPORTED',
    });
  });

  it('takes the root key', async () => {
    await copy();
    const next = await imported();
    const stranger = await client(next.remote(gun), clock);
    await expect(c.adoptCollection(stranger, c.createFileRemote({ directory, gun, files }))).rejects.toMatchObject({
      code: 'TUF_SIGNING_KEYS_MISSING',
    });
  });
});
