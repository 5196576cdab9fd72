// SPDX-License-Identifier: Apache-2.0
/** The trust directory: keys, staged changes and cache as the Go client has them, old and new; hostile names and files. */
import { fromUtf8, Secret, toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { encodePem, parsePem } from '@notary/base/pem';
import { createFileMeta, listTargets, NO_PINS, payloads } from '@notary/tuf';
import { describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { manifest, vector, vectorCopy, vectorPath } from './support/vectors.ts';
import { files, gun, random, TestClock, TestLog, temporaryDirectory, useTemporaryDirectories } from './support/workshop.ts';

useTemporaryDirectories();

const constant =
  (text: string): c.PassphraseRetriever =>
  async ({ attempt }) =>
    attempt > 1 ? 'none' : new Secret(text);
const storeOf = (path: string, passphrases: c.PassphraseRetriever, log = new TestLog()) =>
  c.openFileKeyStore({ directory: { path, files }, passphrases, random, log });
const names = async (path: string) => ((await files.list(path)) ?? []).map((e) => e.name);

async function code(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (e) {
    return (e as { code?: string }).code ?? String(e);
  }
  return 'ok';
}

describe('collection names', () => {
  it('[TUF-01-004] [KD-11] that could leave their directory or change a URL are refused', async () => {
    for (const good of ['docker.io/library/alpine', 'localhost:5000/app', 'Example.com/App', 'a']) expect(c.parseGun(good)).toBe(good);
    const bad = [
      '',
      '.',
      '..',
      '../x',
      'a/../b',
      'a/./b',
      '/etc',
      'a//b',
      'a/',
      'a\\b',
      'a\nb',
      'a b',
      'a\u0000',
      'a*',
      'a?x',
      'a#x',
      'a%2e%2e',
      'a/_trust/b',
      'x'.repeat(256),
      '\ud800',
    ];
    for (const name of bad) expect(await code(() => c.parseGun(name)), JSON.stringify(name)).toBe('COLLECTION_GUN_INVALID');
  });
});

describe('keys of the Go client', () => {
  it('are listed with their roles and open with their passphrases', async () => {
    const { passphrases } = manifest();
    const byRole: c.PassphraseRetriever = async ({ role, attempt }) => {
      const name = c.passphraseVariable(role).slice('NOTARY_'.length, -'_PASSPHRASE'.length).toLowerCase() as keyof typeof passphrases;
      return attempt > 0 ? 'none' : new Secret(passphrases[name]);
    };
    const store = await storeOf(vectorPath('trust'), byRole);
    const list = await store.list();
    expect(list.map((k) => k.role).sort()).toEqual([
      'root',
      'root',
      'targets',
      'targets/p384',
      'targets/releases',
      'targets/releases/nested',
    ]);
    for (const { keyId } of list) expect((await store.get(keyId))?.publicKey.id).toBe(keyId);
  });

  it('do not open with another passphrase, and nobody is asked for ever', async () => {
    let asked = 0;
    const store = await storeOf(vectorPath('trust'), async () => {
      asked++;
      return new Secret('wrong');
    });
    const [first] = await store.list();
    expect(await code(() => store.get(first?.keyId as string))).toBe('COLLECTION_PASSPHRASE_ATTEMPTS');
    expect(asked).toBe(c.MAX_PASSPHRASE_ATTEMPTS + 1);
    const silent = await storeOf(vectorPath('trust'), async () => 'none');
    expect(await code(() => silent.get(first?.keyId as string))).toBe('COLLECTION_PASSPHRASE_WRONG');
  });

  it.each([
    ['notary0.1', 'randompass', ['root', 'snapshot', 'targets']],
    ['notary0.3', 'password', ['root', 'snapshot', 'targets', 'targets/releases']],
  ])('of %s are moved into the current layout and open', async (folder, passphrase, roles) => {
    const path = await vectorCopy(`legacy/${folder}`);
    const store = await storeOf(path, constant(passphrase));
    const list = await store.list();
    expect(list.map((k) => k.role).sort()).toEqual(roles);
    expect((await names(`${path}/private`)).every((n) => /^[0-9a-f]{64}\.key$/.test(n))).toBe(true);
    for (const { keyId, role, gun: of } of list) {
      expect((await store.get(keyId))?.publicKey.id).toBe(keyId);
      expect(of !== '').toBe(c.carriesGun(role));
    }
    const again = await storeOf(path, constant(passphrase));
    expect((await again.list()).length).toBe(list.length);
  });

  it.each([
    ['notary0.1', 'docker.com/notary0.1/samplerepo', ['LICENSE']],
    ['notary0.3', 'docker.com/notary0.3/tst', ['LICENSE', 'change', 'hello']],
  ])('and the cached collection of %s are read offline', async (folder, name, expected) => {
    const path = await vectorCopy(`legacy/${folder}`);
    const clock = new TestClock();
    const old = c.parseGun(name);
    const keys = await storeOf(path, constant('x'));
    const collection = c.openCollection({
      gun: old,
      directory: { path, files },
      remote: c.createOfflineRemote(),
      keys,
      pins: NO_PINS,
      clock,
      random,
      log: new TestLog(),
    });
    const update = await c.readCollection(collection);
    expect(update.fromCache).toBe(true);
    expect(
      listTargets(payloads(update.set))
        .map((t) => t.name)
        .sort(),
    ).toEqual(expected);
    expect((await collection.changes.read()).length).toBeGreaterThan(0);
  });

  it('that cannot be read during the move stay where they are', async () => {
    const path = await vectorCopy('legacy/notary0.1');
    await files.writeAtomic(`${path}/private/root_keys/${'ab'.repeat(32)}_root.key`, toUtf8('not a key'), { mode: 0o600 });
    const log = new TestLog();
    await storeOf(path, constant('x'), log);
    expect(await names(`${path}/private/root_keys`)).toContain(`${'ab'.repeat(32)}_root.key`);
    expect(log.lines.join()).toContain('could not be decoded as a valid PEM block');
  });
});

describe('keys that we write', () => {
  it('[NCC-2015-07] have the headers, the mode and the encryption that the Go client expects', async () => {
    const path = await temporaryDirectory();
    const store = await storeOf(path, constant('long enough'));
    const targets = await store.create('targets', gun);
    const root = await store.create('root', gun);
    const block = (id: string) => store.raw(id).then((b) => parsePem(b as Uint8Array)[0]);
    expect([...((await block(targets.publicKey.id))?.headers ?? [])]).toEqual([
      ['gun', gun],
      ['role', 'targets'],
    ]);
    expect([...((await block(root.publicKey.id))?.headers ?? [])]).toEqual([['role', 'root']]);
    expect((await block(root.publicKey.id))?.label).toBe('ENCRYPTED PRIVATE KEY');
    expect((await files.stat(`${path}/private/${root.publicKey.id}.key`))?.mode).toBe(0o600);
    expect((await files.stat(`${path}/private`))?.mode).toBe(0o700);
    expect(await names(`${path}/private`)).toHaveLength(2);
    expect((await (await storeOf(path, constant('long enough'))).get(root.publicKey.id))?.publicKey.id).toBe(root.publicKey.id);
  });

  it('open side by side where nobody is asked, and one after the other where somebody is', async () => {
    const path = await temporaryDirectory();
    const written = await storeOf(path, constant('long enough'));
    const ids = [(await written.create('targets', gun)).publicKey.id, (await written.create('snapshot', gun)).publicKey.id];
    let asked = 0;
    let together: (() => void) | undefined;
    const both = new Promise<void>((resolve) => {
      together = resolve;
    });
    const counting: c.PassphraseRetriever = async () => {
      asked++;
      if (asked === 2) together?.();
      await both;
      return new Secret('long enough');
    };
    const directory = { path, files };
    const unattended = await c.openFileKeyStore({ directory, passphrases: counting, random, unattended: true });
    await unattended.prepare([...ids, 'ab'.repeat(32)]);
    expect(asked).toBe(2);
    for (const id of ids) expect((await unattended.get(id))?.publicKey.id).toBe(id);
    expect(asked).toBe(2);
    const attended = await storeOf(path, counting);
    await attended.prepare(ids);
    expect(asked).toBe(2);
  });

  it('are not stored under two roles', async () => {
    const store = await storeOf(await temporaryDirectory(), constant('long enough'));
    const key = await generatePrivateKey('EC-256');
    await store.add(key, { role: 'root', gun: '' });
    expect(await code(() => store.add(key, { role: 'targets', gun }))).toBe('COLLECTION_KEY_EXISTS');
  });

  it('whose file was exchanged for another key are refused', async () => {
    const path = await temporaryDirectory();
    const store = await storeOf(path, constant('long enough'));
    const a = await store.create('root', '');
    const b = await store.create('root', '');
    await files.writeAtomic(`${path}/private/${a.publicKey.id}.key`, (await store.raw(b.publicKey.id)) as Uint8Array, { mode: 0o600 });
    expect(await code(async () => (await storeOf(path, constant('long enough'))).get(a.publicKey.id))).toBe('COLLECTION_KEY_FILE_INVALID');
  });

  it('are found by ID only, never by path', async () => {
    const store = await storeOf(vectorPath('trust'), constant('x'));
    for (const bad of ['../manifest', 'a/b', '', '..', `${'a'.repeat(63)}/`, '\u0000']) {
      expect(await store.get(bad)).toBeUndefined();
      expect(await store.info(bad)).toBeUndefined();
    }
    expect(await code(() => store.writeRaw('../x', new Uint8Array()))).toBe('COLLECTION_KEY_FILE_INVALID');
  });
});

describe('import and export', () => {
  it('bring keys from one directory to another', async () => {
    const from = await storeOf(await temporaryDirectory(), constant('long enough'));
    const made = [await from.create('root', ''), await from.create('targets', gun), await from.create('user', '')].map(
      (k) => k.publicKey.id,
    );
    const pem = await c.exportKeys(from);
    const to = await storeOf(await temporaryDirectory(), constant('long enough'));
    expect([...(await c.importKeys(toUtf8(pem), to, { role: '', gun: '', passphrases: constant('x') }))].sort()).toEqual([...made].sort());
    expect((await to.list()).map((k) => [k.role, k.gun]).sort()).toEqual([
      ['root', ''],
      ['targets', gun],
      ['user', ''],
    ]);
    expect(parsePem(await c.exportKeys(from, { gun })).length).toBe(1);
    expect(parsePem(await c.exportKeys(from, { keyIds: [made[0] as string] })).length).toBe(1);
  });

  it('[KD-09] take what OpenSSL and `key generate -o` write', async () => {
    const { passphrases } = manifest();
    const store = await storeOf(await temporaryDirectory(), constant('long enough'));
    const options = { role: 'targets/x', gun: '', passphrases: constant('long enough') };
    for (const name of ['rsa.key', 'ec.key', 'ec384.key'])
      expect((await c.importKeys(vector(`keys/${name}`), store, options)).length).toBe(1);
    const generated = { ...options, role: '', gun, passphrases: constant(passphrases.delegation) };
    expect((await c.importKeys(vector('keys/generated-key.pem'), store, generated)).length).toBe(1);
    expect((await store.list()).map((k) => k.role).sort()).toEqual(['targets', 'targets/x', 'targets/x', 'targets/x']);
  });

  it('refuse what is no key, has no collection, or names a path', async () => {
    const store = await storeOf(await temporaryDirectory(), constant('long enough'));
    const options = { role: '', gun: '', passphrases: constant('x') };
    expect(await code(() => c.importKeys(vector('keys/rsa.crt'), store, options))).toBe('COLLECTION_NOT_IMPORTED');
    expect(await code(() => c.importKeys(vector('keys/ec.key'), store, { ...options, role: 'targets' }))).toBe('COLLECTION_NOT_IMPORTED');
    expect(await c.importKeys(toUtf8('no pem at all'), store, options)).toEqual([]);
    const evil = encodePem(
      'ENCRYPTED PRIVATE KEY',
      Uint8Array.of(0x30, 0),
      new Map([
        ['path', '../../../etc/x'],
        ['role', 'root'],
      ]),
    );
    await c.importKeys(toUtf8(evil), store, options);
    expect((await store.list()).map((k) => k.keyId)).toEqual(['x']);
  });
});

describe('staged changes', () => {
  const listOf = (path: string, log = new TestLog()) =>
    c.createChangelist({ directory: { path, files }, gun, clock: new TestClock(), random, log });
  const change: c.StagedChange = { action: 'create', scope: 'targets', type: 'target', path: 'a&b', data: toUtf8('{}') };

  it('have the bytes that the Go client writes', async () => {
    const folder = vectorPath('changelist');
    for (const name of await names(folder)) {
      const bytes = vector(`changelist/${name}`);
      const decoded = c.decodeChange(bytes, name);
      expect(fromUtf8(c.encodeChange(decoded))).toBe(fromUtf8(bytes));
      if (decoded.type === 'target')
        expect(fromUtf8(c.encodeTargetData(c.decodeTargetData(decoded)))).toBe(fromUtf8(decoded.data as Uint8Array));
      else expect(fromUtf8(c.encodeDelegationData(c.decodeDelegationData(decoded)))).toBe(fromUtf8(decoded.data as Uint8Array));
    }
  });

  it('keep their order when the clock stands still', async () => {
    const path = await temporaryDirectory();
    const list = listOf(path);
    for (let i = 0; i < 5; i++) await list.add({ ...change, path: String(i) });
    expect((await list.list()).map((x) => x.path)).toEqual(['0', '1', '2', '3', '4']);
    expect(
      (await names(c.changelistPath({ path, files }, gun))).every((n) =>
        /^\d{20}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.change$/.test(n),
      ),
    ).toBe(true);
    await list.removeAt([1, 3, 17, -1]);
    expect((await list.list()).map((x) => x.path)).toEqual(['0', '2', '4']);
    await list.clear();
    expect(await list.list()).toEqual([]);
  });

  it('that cannot be read are passed over in a list and stop a publish', async () => {
    const path = await temporaryDirectory();
    const log = new TestLog();
    const list = listOf(path, log);
    await list.add(change);
    await files.writeAtomic(`${c.changelistPath({ path, files }, gun)}/0_broken.change`, Uint8Array.of(5), { mode: 0o600 });
    expect((await list.list()).length).toBe(1);
    expect(log.lines.length).toBe(1);
    expect(await code(() => list.read())).toBe('COLLECTION_CHANGE_INVALID');
  });

  it('that are malformed are refused', async () => {
    for (const text of ['[]', '{"action":1}', '{"action":"create","role":"targets","type":"target","path":"","data":"%"}', '{"data":{}}']) {
      expect(await code(() => c.decodeChange(toUtf8(text), 'x')), text).toBe('COLLECTION_CHANGE_INVALID');
    }
    const delegation = (data: string): c.StagedChange => ({ ...change, type: 'delegation', data: toUtf8(data) });
    for (const data of ['', '1', '{"add_keys":1}', '{"add_keys":[{}]}', '{"add_paths":[1]}', '{"threshold":-1}', '{"threshold":"1"}']) {
      expect(await code(() => c.decodeDelegationData(delegation(data))), data).toBe('COLLECTION_CHANGE_INVALID');
    }
    for (const data of ['', '[]', '{"length":-1}', '{"hashes":[]}']) {
      expect(await code(() => c.decodeTargetData({ ...change, data: toUtf8(data) })), data).toBe('COLLECTION_CHANGE_INVALID');
    }
  });

  it('[KD-04] with unsorted custom data are signed canonically', () => {
    const data = c.encodeTargetData({ ...createFileMeta(toUtf8('x')), custom: { b: '<', a: 1 } });
    expect(fromUtf8(data)).toContain('"custom":{"a":1,"b":"\\u003c"}');
  });
});

describe('the cache', () => {
  it('takes role names only', async () => {
    const path = await temporaryDirectory();
    const cache = c.createFileCache({ path, files }, gun);
    await cache.write('../../evil', toUtf8('x'));
    await cache.write('targets/../x', toUtf8('x'));
    expect(await names(path)).toEqual([]);
    expect(await cache.read('../../evil')).toBeUndefined();
    await cache.write('targets/a/b', toUtf8('x'));
    expect(fromUtf8((await cache.read('targets/a/b')) as Uint8Array)).toBe('x');
  });

  it('faults on a root that cannot be read, and does not trust another one instead', async () => {
    const path = await temporaryDirectory();
    await files.makeDirectory(`${c.metadataPath({ path, files }, gun)}/root.json`, 0o700);
    expect(await code(() => c.createFileCache({ path, files }, gun).read('root'))).toMatch(/^FILES_/);
    await files.makeDirectory(`${c.metadataPath({ path, files }, gun)}/targets.json`, 0o700);
    expect(await c.createFileCache({ path, files }, gun).read('targets')).toBeUndefined();
  });

  it('leaves nothing but its files in the folders that the Go client reads', async () => {
    const path = await temporaryDirectory();
    const dir = { path, files };
    await c.createFileCache(dir, gun).write('root', toUtf8('x'));
    await c.withLock(dir, gun, async () => {
      expect(await names(c.metadataPath(dir, gun))).toEqual(['root.json']);
    });
    expect((await names(path)).sort()).toEqual(['.notary', 'tuf']);
  });
});
