// SPDX-License-Identifier: Apache-2.0
/** Our client on the Go server, and both clients on one trust directory. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret, toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { createPlatform } from '@notary/platform';
import { counterpart } from '@notary/testkit';
import { createFileMeta, createSigningKey, listTargets, NO_PINS, payloads } from '@notary/tuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { PASSPHRASES, type ReferenceServer, runProgram, startReferenceServer } from './support/reference.ts';
import { files, random, TestLog, temporaryDirectory, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

/** Each key file costs two rounds of 600,000. */
const SLOW_MS = 120_000;
const notary = counterpart('notary');
const serverProgram = counterpart('notary-server');
const clock = { now: () => new Date(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
const passphrases: c.PassphraseRetriever = async ({ role }) =>
  new Secret(PASSPHRASES[c.passphraseVariable(role) as keyof typeof PASSPHRASES]);

describe.skipIf(notary === undefined || serverProgram === undefined)('with the Go tools', () => {
  let server: ReferenceServer;
  beforeAll(async () => {
    server = await startReferenceServer(serverProgram as string);
  });
  afterAll(async () => {
    await server.stop();
  });

  async function ours(name: string, path: string): Promise<c.Collection & { log: TestLog }> {
    const gun = c.parseGun(name);
    const directory = { path, files };
    const log = new TestLog();
    const http = createPlatform().http({});
    const keys = await c.openFileKeyStore({ directory, passphrases, random });
    const remote = c.createHttpRemote({ server: server.url, gun, http, random });
    return { ...c.openCollection({ gun, directory, remote, keys, pins: NO_PINS, clock, random, log }), log };
  }
  const go = async (path: string, ...args: string[]) => {
    const result = await runProgram(notary as string, ['-s', server.url, '-d', path, ...args], { home: path, input: 'yes\n' });
    expect(`${result.stdout}${result.stderr}`.includes('fatal') ? result.stdout + result.stderr : '').toBe('');
    return result.stdout;
  };
  const meta = createFileMeta(toUtf8('hello\n'));
  const seen = async (collection: c.Collection) =>
    listTargets(payloads((await c.readCollection(collection)).set))
      .map((t) => t.name)
      .sort();

  it(
    'publishes what the Go client reads: init, targets, delegations, rotations',
    async () => {
      const path = await temporaryDirectory();
      const us = await ours('interop/one', path);
      await c.initializeCollection(us);
      await c.stageTarget(us.changes, 'a&b<c>', { ...meta, custom: { z: [1, 'x&y'], a: { k: true } } });
      const delegate = await generatePrivateKey('RSA-2048');
      const keys = us.keys as c.FileKeyStore;
      await keys.add(delegate, { role: 'targets/rel', gun: '' });
      await c.stageDelegation(us.changes, 'targets/rel', { keys: [createSigningKey(delegate).publicKey], paths: ['rel/'] });
      await c.publishChanges(us);
      await c.stageTarget(us.changes, 'rel/x', meta, ['targets/rel']);
      await c.publishChanges(us);
      await c.rotateKeys(us, 'root');
      await c.rotateKeys(us, 'targets');
      await c.rotateKeys(us, 'snapshot', { serverManaged: true });
      await c.rotateKeys(us, 'timestamp', { serverManaged: true });
      const elsewhere = await temporaryDirectory();
      const list = await go(elsewhere, 'list', 'interop/one');
      expect(list).toContain('a&b<c>');
      expect(list).toContain('rel/x');
      expect(await seen(await ours('interop/one', await temporaryDirectory()))).toEqual(['a&b<c>', 'rel/x']);
    },
    SLOW_MS,
  );

  it(
    'shares keys, cache and staged changes with the Go client in both directions',
    async () => {
      const path = await temporaryDirectory();
      await go(path, 'init', 'interop/two');
      const us = await ours('interop/two', path);
      await c.stageTarget(us.changes, 'ours', meta);
      expect(await go(path, 'status', 'interop/two')).toContain('ours');
      await go(path, 'publish', 'interop/two');
      await files.writeAtomic(`${path}/content`, toUtf8('hello\n'), { mode: 0o600 });
      await go(path, 'add', 'interop/two', 'theirs', `${path}/content`);
      await c.publishChanges(us);
      expect(await seen(us)).toEqual(['ours', 'theirs']);
      expect(await go(path, 'list', 'interop/two')).toContain('theirs');
    },
    SLOW_MS,
  );

  it(
    'writes key files that the Go client opens, and opens those that it writes',
    async () => {
      const path = await temporaryDirectory();
      const us = await ours('interop/three', path);
      await c.initializeCollection(us);
      await files.writeAtomic(`${path}/content`, toUtf8('hello\n'), { mode: 0o600 });
      await go(path, 'add', '-p', 'interop/three', 'theirs', `${path}/content`);
      await go(path, 'key', 'rotate', 'interop/three', 'targets');
      await go(path, 'key', 'rotate', 'interop/three', 'root');
      const again = await ours('interop/three', path);
      await c.stageTarget(again.changes, 'ours', meta);
      await c.publishChanges(again);
      expect(await seen(again)).toEqual(['ours', 'theirs']);
      for (const type of ['EC-384', 'EC-521', 'RSA-2048', 'Ed25519'] as const) {
        const keyId = await (again.keys as c.FileKeyStore).add(await generatePrivateKey(type), { role: 'delegation', gun: '' });
        expect(await go(path, 'key', 'passwd', keyId)).toContain(`Successfully updated passphrase for key ID: ${keyId}`);
        const reopened = await ours('interop/three', path);
        expect((await reopened.keys.get(keyId))?.publicKey.id).toBe(keyId);
      }
    },
    SLOW_MS,
  );

  it(
    'understands the Go server when it says no',
    async () => {
      const path = await temporaryDirectory();
      const us = await ours('interop/four', path);
      await c.initializeCollection(us);
      await c.publishChanges(us);
      const files2 = new Map([['targets', toUtf8('{"signed":{"_type":"Targets"},"signatures":[]}')]]);
      await expect(us.remote.publish(files2)).rejects.toMatchObject({ code: 'COLLECTION_REJECTED' });
      await expect(us.remote.get('99.root', 1000)).rejects.toMatchObject({ code: 'COLLECTION_METADATA_NOT_FOUND' });
      await us.remote.deleteAll();
      await expect(us.remote.get('root', 1 << 20)).rejects.toMatchObject({
        message: 'root trust data unavailable.  Has a notary repository been initialized?',
      });
    },
    SLOW_MS,
  );

  it(
    'makes mirrors that the Go client reads from any web server',
    async () => {
      const us = await ours('interop/mirrored', await temporaryDirectory());
      await c.initializeCollection(us);
      await c.stageTarget(us.changes, 'v1', meta);
      await c.publishChanges(us);
      await c.rotateKeys(us, 'root');
      const directory = await temporaryDirectory();
      await c.mirrorCollection({ gun: us.gun, source: us.remote, directory, files, at: new Date(), pins: NO_PINS });
      const web = createServer((request, response) => {
        const path = `${directory}${(request.url ?? '').replace(/\/$/, '/index.html')}`;
        files.read(path, 1 << 20).then((bytes) => response.writeHead(bytes === undefined ? 404 : 200).end(bytes));
      });
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      const home = await temporaryDirectory();
      const result = await runProgram(notary as string, ['-s', url, '-d', home, 'list', 'interop/mirrored'], { home });
      web.close();
      expect(result.stdout).toContain('v1');
    },
    SLOW_MS,
  );

  it(
    'resolves two publishers by rebasing',
    async () => {
      const path = await temporaryDirectory();
      const us = await ours('interop/five', path);
      await c.initializeCollection(us);
      await c.publishChanges(us);
      const publishers = await Promise.all(
        ['p1', 'p2', 'p3'].map(async (name) => {
          const other = await temporaryDirectory();
          const them = await ours('interop/five', other);
          const shared = { ...them, keys: us.keys };
          await c.stageTarget(shared.changes, name, meta);
          return shared;
        }),
      );
      await Promise.all(publishers.map((p) => c.publishChanges(p)));
      expect(await seen(us)).toEqual(['p1', 'p2', 'p3']);
    },
    SLOW_MS,
  );
});
