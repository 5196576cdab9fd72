// SPDX-License-Identifier: Apache-2.0
/** Refusals of a publisher's own tools that no journey of the other suites meets, each under its code. */
import { isFault, toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { createFileMeta, createSigningKey } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { MAX_CHANGES } from '../src/limits.ts';
import { noPassphrases } from '../src/passphrase.ts';
import { createRootCertificate } from '../src/root-certificate.ts';
import { SimulatedServer } from './support/simulated-server.ts';
import { type Client, client, gun, random, TestClock, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

let clock: TestClock;
let server: SimulatedServer;
let owner: Client;
beforeEach(async () => {
  clock = new TestClock();
  server = new SimulatedServer(() => clock.now());
  owner = await client(server.remote(gun), clock);
});

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(String, (e: unknown) => (isFault(e) ? e.code : String(e)));
const meta = (text: string) => createFileMeta(toUtf8(text));
async function publishFirst(): Promise<void> {
  await c.initializeCollection(owner);
  await c.stageTarget(owner.changes, 'v1', meta('one'));
  await c.publishChanges(owner);
}

describe('a rotation', () => {
  it.each([
    ['COLLECTION_ROTATION_INVALID', 'targets/releases', false],
    ['COLLECTION_REMOTE_ROLE_INVALID', 'root', true],
    ['COLLECTION_LOCAL_ROLE_INVALID', 'timestamp', false],
  ])('%s: of %s, by the server: %s', async (code, role, serverManaged) => {
    await publishFirst();
    expect(await codeOf(c.rotateKeys(owner, role, { serverManaged }))).toBe(code);
  });

  it('COLLECTION_KEY_NOT_IN_STORE and COLLECTION_KEY_ROLE_MISMATCH: to a key that is not there, or not for the root', async () => {
    await publishFirst();
    expect(await codeOf(c.rotateKeys(owner, 'targets', { keyIds: ['0'.repeat(64)] }))).toBe('COLLECTION_KEY_NOT_IN_STORE');
    const targets = (await owner.keys.list()).find((k) => k.role === 'targets');
    expect(await codeOf(c.rotateKeys(owner, 'root', { keyIds: [targets?.keyId ?? ''] }))).toBe('COLLECTION_KEY_ROLE_MISMATCH');
  });

  it('COLLECTION_REMOTE_KEY_ROTATION_FAILED: where the server refuses', async () => {
    await publishFirst();
    const refusing = { ...owner.remote, rotateKey: c.createOfflineRemote().rotateKey };
    expect(await codeOf(c.rotateKeys({ ...owner, remote: refusing }, 'timestamp', { serverManaged: true }))).toBe(
      'COLLECTION_REMOTE_KEY_ROTATION_FAILED',
    );
  });
});

describe('a new collection', () => {
  it('COLLECTION_KEY_NOT_FOUND: by a root key that nobody has', async () => {
    expect(await codeOf(c.initializeCollection(owner, { rootKeyIds: ['0'.repeat(64)] }))).toBe('COLLECTION_KEY_NOT_FOUND');
  });

  it('COLLECTION_CERTIFICATE_KEY_MISMATCH: by a certificate of another key', async () => {
    const keyId = await owner.keys.add(await generatePrivateKey('EC-256'), { role: 'root', gun: '' });
    const other = createSigningKey(await generatePrivateKey('EC-256'));
    const certificate = await createRootCertificate({ gun, key: other, at: clock.now(), random });
    expect(await codeOf(c.initializeCollection(owner, { rootKeyIds: [keyId], rootCertificates: [certificate] }))).toBe(
      'COLLECTION_CERTIFICATE_KEY_MISMATCH',
    );
  });

  it('COLLECTION_NOT_INITIALIZED: in a trust directory that keeps nothing', async () => {
    const forgetful = { ...owner, cache: { ...owner.cache, write: async () => undefined } };
    await c.stageTarget(owner.changes, 'v1', meta('one'));
    expect(await codeOf(c.publishChanges(forgetful))).toBe('COLLECTION_NOT_INITIALIZED');
  });

  it('COLLECTION_PASSPHRASE_UNAVAILABLE: where nobody can be asked', async () => {
    expect(await codeOf(noPassphrases({ role: 'root', attempt: 0 } as never))).toBe('COLLECTION_PASSPHRASE_UNAVAILABLE');
  });

  it.each([
    [c.collectionFaults.PASSPHRASE_UNAVAILABLE(), /NOTARY_ROOT_PASSPHRASE/],
    [c.collectionFaults.NO_TRUST_DATA({ location: 'notary.example', gun: 'example.com/app' }), /^check the name and the server/],
    [c.collectionFaults.KEY_ID_INVALID({ keyId: 'abc' }), /64 hexadecimal digits/],
  ])('%s comes with what mends it', (fault, remedy) => {
    expect(fault.remedy?.text).toMatch(remedy);
  });
});

describe('a staged change', () => {
  it('COLLECTION_NO_HASHES: names the hashes of its target', async () => {
    expect(await codeOf(c.stageTarget(owner.changes, 'v1', { length: 3, hashes: new Map() }))).toBe('COLLECTION_NO_HASHES');
  });

  it.each([
    ['COLLECTION_SCOPE_UNSUPPORTED', { scope: 'snapshot' }],
    ['COLLECTION_CHANGE_UNSUPPORTED', { type: 'role' }],
    ['COLLECTION_CHANGE_UNSUPPORTED', { action: 'update' }],
    ['COLLECTION_CHANGE_UNSUPPORTED', { type: 'delegation', scope: 'targets/a', action: 'rename' }],
  ])('%s: of %j is published by nobody, and stays', async (code, over) => {
    await publishFirst();
    await owner.changes.add({ action: 'delete', scope: 'targets', type: 'target', path: 'v1', data: undefined, ...over });
    expect(await codeOf(c.publishChanges(owner))).toBe(code);
    expect(await owner.changes.list()).toHaveLength(1);
  });

  it('COLLECTION_CHANGES_TOO_MANY: a directory of endless entries is not read', async () => {
    const { directory } = owner;
    const list = async () => Array.from({ length: MAX_CHANGES + 1 }, (_, i) => ({ name: `${i}.change`, kind: 'file' as const }));
    const changes = c.createChangelist({ gun, clock, random, directory: { ...directory, files: { ...directory.files, list } } });
    expect(await codeOf(changes.list())).toBe('COLLECTION_CHANGES_TOO_MANY');
  });
});
