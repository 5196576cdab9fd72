// SPDX-License-Identifier: Apache-2.0
/** The vault: keys made, kept under a passphrase, opened, moved to another alias; and the compact JWE that holds them. */
import { fromBase64Url, isFault, Secret, toBase64Url, toUtf8 } from '@notary/base';
import { ed25519Spki, verifySignature } from '@notary/base/crypto';
import {
  createKeyVault,
  createMemoryKeyStore,
  createSqlKeyStore,
  decryptJwe,
  encryptJwe,
  JweError,
  type KeyStore,
  type KeyVault,
  signerSchemas,
} from '@notary/notary-signer';
import { hasSqlite, migrateSchema, openSql } from '@notary/platform/sql';
import { createPublicKey } from '@notary/tuf';
import { describe, expect, it } from 'vitest';

const random = { bytes: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };
const PASSPHRASES: Record<string, string | undefined> = { old: 'old passphrase', new: 'new passphrase', empty: '' };
const passphrase = (alias: string) => (PASSPHRASES[alias] === undefined ? undefined : new Secret(PASSPHRASES[alias]));
const create = (store: KeyStore, defaultAlias = 'old', now = () => new Date()): KeyVault =>
  createKeyVault({ store, random, now, defaultAlias, passphrase });
const code = (p: Promise<unknown>) =>
  p.then(
    () => 'resolved',
    (e: unknown) => (isFault(e) ? e.code : String(e)),
  );

const stores: [string, () => Promise<KeyStore>][] = [['memory', async () => createMemoryKeyStore()]];
if (hasSqlite()) {
  stores.push([
    'SQLite',
    async () => {
      const clock = { now: () => new Date(), sleep: async () => undefined };
      const sql = await openSql('sqlite3', ':memory:', { clock, environment: { get: () => undefined }, readText: async () => '' });
      await migrateSchema(sql, signerSchemas.sqlite, 'schema_migrations');
      return createSqlKeyStore(sql, () => new Date());
    },
  ]);
} else process.stderr.write('skipped: a vault on SQLite: this runtime has no node:sqlite\n');

for (const [name, open] of stores) {
  describe(`a vault in ${name}`, () => {
    it('signs with the key it made, in the form that metadata has', async () => {
      const vault = create(await open());
      const data = toUtf8('content to sign');
      for (const [algorithm, check] of [
        ['ecdsa', 'ECDSA-SHA256'],
        ['ed25519', 'Ed25519'],
      ] as const) {
        const key = await vault.create('timestamp', 'g', algorithm);
        expect(key).toEqual(createPublicKey(algorithm, key.public));
        const { signature } = await vault.sign(key.id, data);
        expect(signature.length).toBe(64);
        const spki = algorithm === 'ecdsa' ? key.public : ed25519Spki(key.public);
        expect(await verifySignature({ algorithm: check, spki, data, signature })).toBe(true);
        expect(await vault.find(key.id)).toEqual({ key, role: 'timestamp', gun: 'g' });
      }
    });

    it('signs for many who ask at once as for one', async () => {
      const vault = create(await open());
      const keys = [await vault.create('timestamp', 'g', 'ecdsa'), await vault.create('snapshot', 'g', 'ed25519')] as const;
      const jobs = Array.from({ length: 64 }, async (_, i) => {
        const data = toUtf8(`content ${i}`);
        const key = keys[(i % 2) as 0 | 1];
        const { signature } = await vault.sign(key.id, data);
        const [algorithm, spki] = i % 2 === 0 ? (['ECDSA-SHA256', key.public] as const) : (['Ed25519', ed25519Spki(key.public)] as const);
        return verifySignature({ algorithm, spki, data, signature });
      });
      expect(await Promise.all(jobs)).toEqual(jobs.map(() => true));
    });

    it('hands out a key that has never signed again, a used one never', async () => {
      const vault = create(await open());
      const first = await vault.create('snapshot', 'g', 'ecdsa');
      expect((await vault.create('snapshot', 'g', 'ecdsa')).id).toBe(first.id);
      for (const [role, gun, algorithm] of [
        ['timestamp', 'g', 'ecdsa'],
        ['snapshot', 'G', 'ecdsa'],
        ['snapshot', 'g', 'ed25519'],
      ] as const) {
        expect((await vault.create(role, gun, algorithm)).id).not.toBe(first.id);
      }
      await vault.sign(first.id, toUtf8('x'));
      expect((await vault.create('snapshot', 'g', 'ecdsa')).id).not.toBe(first.id);
    });

    it('keeps nothing readable, and opens with the passphrase alone', async () => {
      const store = await open();
      const key = await create(store).create('timestamp', 'g', 'ecdsa');
      const row = await store.find(key.id);
      expect(JSON.parse(new TextDecoder().decode(fromBase64Url(row?.sealed.split('.')[0] as string)))).toMatchObject({
        alg: 'PBES2-HS256+A128KW',
        enc: 'A256GCM',
        p2c: 8192,
      });
      const saved = PASSPHRASES['old'];
      PASSPHRASES['old'] = 'wrong';
      expect(await code(create(store).sign(key.id, toUtf8('x')))).toBe('VAULT_PASSPHRASE_WRONG');
      expect(await code(create(store).checkPassphrase())).toBe('VAULT_PASSPHRASE_WRONG');
      PASSPHRASES['old'] = undefined;
      expect(await code(create(store).sign(key.id, toUtf8('x')))).toBe('VAULT_PASSPHRASE_MISSING');
      PASSPHRASES['old'] = saved;
      await create(store).checkPassphrase();
      expect(await code(create(store).sign('0'.repeat(64), toUtf8('x')))).toBe('VAULT_KEY_NOT_FOUND');
      expect(await code(create(store, 'empty').create('snapshot', 'g', 'ecdsa'))).toBe('VAULT_PASSPHRASE_MISSING');
      expect(await code(create(store).create('snapshot', 'g', 'rsa'))).toBe('VAULT_ALGORITHM_UNSUPPORTED');
    });

    it('moves every key to another alias, once', async () => {
      const store = await open();
      const vault = create(store);
      const keys = await Promise.all(['a', 'b', 'c'].map((gun) => vault.create('timestamp', gun, 'ed25519')));
      expect([await vault.reencrypt('new'), await vault.reencrypt('new')]).toEqual([3, 0]);
      for (const key of keys) {
        expect((await store.find(key.id))?.alias).toBe('new');
        await create(store, 'new').sign(key.id, toUtf8('x'));
      }
      expect(await code(vault.reencrypt('unknown'))).toBe('VAULT_PASSPHRASE_MISSING');
    });

    it('forgets a removed key', async () => {
      const store = await open();
      const vault = create(store);
      const key = await vault.create('timestamp', 'g', 'ecdsa');
      await vault.sign(key.id, toUtf8('x'));
      await vault.remove(key.id);
      await vault.remove(key.id);
      expect([await vault.find(key.id), await code(vault.sign(key.id, toUtf8('x')))]).toEqual([undefined, 'VAULT_KEY_NOT_FOUND']);
    });

    it('refuses a stored key that is not what stands beside it', async () => {
      const store = await open();
      const vault = create(store);
      const [a, b] = [await vault.create('timestamp', 'a', 'ecdsa'), await vault.create('timestamp', 'b', 'ecdsa')];
      const [rowA, rowB] = [await store.find(a.id), await store.find(b.id)];
      const sealed = rowB?.sealed as string;
      await store.reseal(a.id, rowA?.sealed as string, { sealed, alias: 'old' }, new Date());
      expect(await code(create(store).sign(a.id, toUtf8('x')))).toBe('VAULT_KEY_CORRUPT');
      await store.reseal(a.id, sealed, { sealed: 'a.b.c', alias: 'old' }, new Date());
      expect(await code(create(store).sign(a.id, toUtf8('x')))).toBe('VAULT_KEY_CORRUPT');
    });
  });
}

describe('compact JWE', () => {
  const secret = new Secret('entrap_o\u2013peter_long\u2013credit_tun');

  it('comes back as it went, and not with another passphrase', async () => {
    const plain = toUtf8('a private key');
    const text = await encryptJwe(plain, secret, random);
    expect(await decryptJwe(text, secret)).toEqual(plain);
    await expect(decryptJwe(text, new Secret('other'))).rejects.toMatchObject({ reason: 'passphrase' });
    expect(await encryptJwe(plain, secret, random)).not.toBe(text);
  });

  it('opens what jose2go, the reference’s library, has written', async () => {
    const { readFileSync, existsSync } = await import('node:fs');
    const file = new URL('./data/jose2go.json', import.meta.url);
    expect(existsSync(file)).toBe(true);
    const vector = JSON.parse(readFileSync(file, 'utf8')) as { passphrase: string; algorithm: string; jwe: string; public: string }[];
    for (const v of vector) {
      const raw = await decryptJwe(v.jwe, new Secret(v.passphrase));
      expect(raw.length).toBe(v.algorithm === 'ecdsa' ? 121 : 96);
    }
  });

  it('[GHSA-2c7c-3mj9-8fqh] [CVE-2026-34986] any changed byte, missing part or other algorithm fails', async () => {
    const text = await encryptJwe(toUtf8('a private key'), secret, random);
    const parts = text.split('.');
    for (const [i, part] of parts.entries()) {
      if (part === '') continue;
      const bytes = fromBase64Url(part);
      bytes[0] = (bytes[0] as number) ^ 1;
      const changed = parts.map((p, j) => (j === i ? toBase64Url(bytes) : p)).join('.');
      await expect(decryptJwe(changed, secret)).rejects.toBeInstanceOf(JweError);
      await expect(decryptJwe(parts.filter((_, j) => j !== i).join('.'), secret)).rejects.toMatchObject({ reason: 'malformed' });
    }
    const header = (fields: object) => [toBase64Url(toUtf8(JSON.stringify(fields))), ...parts.slice(1)].join('.');
    const base = { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2c: 8192, p2s: 'AAAAAAAAAAAAAAAA' };
    for (const fields of [
      { ...base, alg: 'dir' },
      { ...base, enc: 'A128CBC-HS256' },
      { ...base, p2c: 1e9 },
      { ...base, p2c: 0 },
      { ...base, p2c: '8192' },
      { ...base, p2s: 5 },
      { ...base, crit: ['x'] },
      { ...base, zip: 'DEF', alg: 'none' },
    ]) {
      await expect(decryptJwe(header(fields), secret)).rejects.toMatchObject({ reason: 'malformed' });
    }
    await expect(decryptJwe('x'.repeat(100_000), secret)).rejects.toMatchObject({ reason: 'malformed' });
  });
});
