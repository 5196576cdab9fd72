// SPDX-License-Identifier: Apache-2.0
/** What every `Sql` adapter must do, on each database that is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFault, type Sql } from '@notary/base';
import { hasSqlite, migrateSchema, openSql, type Schema } from '@notary/platform/sql';
import { recordSkip } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningDatabase, startMariadb, startPostgres } from './databases.ts';

const clock = { now: () => new Date(), sleep: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) };
const deps = { clock, environment: { get: () => undefined }, readText: async () => '' };

interface Subject {
  readonly name: string;
  /** `undefined` with a reason where the database is not there. */
  start(): Promise<{ open: () => Promise<Sql>; stop: () => void } | string>;
}

const served = (name: string, backend: 'postgres' | 'mysql', start: () => Promise<RunningDatabase | undefined>): Subject => ({
  name,
  async start() {
    const database = await start();
    if (database === undefined) return `${name} is not installed`;
    return { open: () => openSql(backend, database.source, deps), stop: () => database.stop() };
  },
});

const subjects: Subject[] = [
  {
    name: 'SQLite',
    async start() {
      if (!hasSqlite()) {
        recordSkip('SQLite', 'this runtime has no node:sqlite');
        return 'this runtime has no node:sqlite';
      }
      const directory = mkdtempSync(join(tmpdir(), 'notary-sqlite-'));
      return { open: () => openSql('sqlite3', join(directory, 'test.db'), deps), stop: () => rmSync(directory, { recursive: true }) };
    },
  },
  served('PostgreSQL', 'postgres', startPostgres),
  served('MariaDB', 'mysql', startMariadb),
];

for (const subject of subjects) {
  const running = await subject.start();
  const reason = typeof running === 'string' ? running : undefined;
  describe.skipIf(reason !== undefined)(subject.name, () => {
    let sql: Sql;
    beforeAll(async () => {
      if (typeof running === 'string') return;
      sql = await running.open();
      const blob = { sqlite: 'blob', postgres: 'bytea', mysql: 'longblob' }[sql.dialect];
      const time = { sqlite: 'timestamp', postgres: 'timestamp', mysql: 'datetime(3)' }[sql.dialect];
      const charset = sql.dialect === 'mysql' ? ' DEFAULT CHARSET=utf8mb4' : '';
      await sql.execute(`CREATE TABLE things (id int PRIMARY KEY, name varchar(100), data ${blob}, at ${time} NULL)${charset}`);
    });
    afterAll(async () => {
      if (typeof running === 'string') return;
      await sql.close();
      running.stop();
    });

    it('bytes, text and instants come back as they went', async () => {
      const data = Uint8Array.from({ length: 256 }, (_, i) => i);
      const at = new Date('2026-02-28T23:59:59.123Z');
      expect(await sql.execute('INSERT INTO things (id, name, data, at) VALUES (?, ?, ?, ?)', [1, "it's ? $1 ü 名", data, at])).toBe(1);
      const [row] = await sql.query("SELECT id, name, data, at, '?' AS mark FROM things WHERE id = ?", [1]);
      expect(row?.['name']).toBe("it's ? $1 ü 名");
      expect(new Uint8Array(row?.['data'] as Uint8Array)).toEqual(data);
      expect(new Date(row?.['at'] as Date).getTime()).toBe(at.getTime());
      expect(row?.['mark']).toBe('?');
      expect(await sql.execute('UPDATE things SET name = ?, at = ? WHERE id = ?', [null, null, 1])).toBe(1);
      expect((await sql.query('SELECT name, at FROM things WHERE id = ?', [1]))[0]).toMatchObject({ name: null, at: null });
      expect(await sql.execute('DELETE FROM things WHERE id = ?', [99])).toBe(0);
    });

    it('a unique key that exists is SQL_UNIQUE_VIOLATION', async () => {
      await sql.execute('DELETE FROM things');
      await sql.execute('INSERT INTO things (id) VALUES (?)', [1]);
      const twice = await sql.execute('INSERT INTO things (id) VALUES (?)', [1]).catch((e: unknown) => e);
      expect(isFault(twice, 'SQL_UNIQUE_VIOLATION')).toBe(true);
    });

    it('a wrong statement is SQL_FAILED, in a transaction too, and the pool lives on', async () => {
      const failed = await sql.query('SELECT nothing FROM nowhere WHERE id = ?', [1]).catch((e: unknown) => e);
      expect(isFault(failed, 'SQL_FAILED')).toBe(true);
      const inside = await sql.transaction((s) => s.query('SELECT nothing FROM nowhere')).catch((e: unknown) => e);
      expect(isFault(inside, 'SQL_FAILED')).toBe(true);
      expect(await sql.query('SELECT 1 AS one WHERE 1 = ?', [1])).toHaveLength(1);
    });

    it('a transaction is all or nothing, and invisible until it ends', async () => {
      await sql.execute('DELETE FROM things');
      const boom = new Error('boom');
      const result = await sql
        .transaction(async (s) => {
          await s.execute('INSERT INTO things (id) VALUES (?)', [1]);
          expect(await s.query('SELECT id FROM things')).toHaveLength(1);
          expect(await sql.query('SELECT id FROM things')).toHaveLength(0);
          throw boom;
        })
        .catch((e: unknown) => e);
      expect(result).toBe(boom);
      expect(await sql.query('SELECT id FROM things')).toHaveLength(0);
      expect(await sql.transaction(async (s) => s.execute('INSERT INTO things (id) VALUES (?)', [2]))).toBe(1);
      expect(await sql.query('SELECT id FROM things')).toHaveLength(1);
    });

    it('of rival transactions on one key one commits', async () => {
      await sql.execute('DELETE FROM things');
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          sql
            .transaction(async (s) => {
              await s.execute('INSERT INTO things (id, name) VALUES (?, ?)', [7, String(i)]);
              return 'won';
            })
            .catch((e: unknown) => (isFault(e, 'SQL_UNIQUE_VIOLATION', 'SQL_SERIALIZATION') ? 'lost' : String(e))),
        ),
      );
      expect(results.filter((r) => r === 'won')).toHaveLength(1);
      expect(results.filter((r) => r === 'lost')).toHaveLength(19);
    });

    it('migrations run once however many begin at once, and are finished where they stopped', async () => {
      const schema = (n: number): Schema => ({
        firstTable: 'one',
        lastTable: ['one', 'two'][n - 1] as string,
        migrations: [['CREATE TABLE one (id int)'], ['CREATE TABLE two (id int)', 'INSERT INTO two VALUES (1)']].slice(0, n),
      });
      expect(await migrateSchema(sql, schema(1), 'test_migrations')).toBe(1);
      const all = await Promise.all(Array.from({ length: 4 }, () => migrateSchema(sql, schema(2), 'test_migrations')));
      expect(all.sort()).toEqual([0, 0, 0, 1]);
      expect(await sql.query('SELECT id FROM two')).toHaveLength(1);
      const newer = await migrateSchema(sql, schema(1), 'test_migrations').catch((e: unknown) => e);
      expect(isFault(newer, 'SQL_SCHEMA_NEWER')).toBe(true);
      await sql.execute('UPDATE test_migrations SET dirty = TRUE');
      const dirty = await migrateSchema(sql, schema(2), 'test_migrations').catch((e: unknown) => e);
      expect(isFault(dirty, 'SQL_SCHEMA_DIRTY')).toBe(true);
      await sql.execute('DROP TABLE test_migrations');
      expect(await migrateSchema(sql, schema(2), 'test_migrations')).toBe(0);
      await sql.execute('DROP TABLE two');
      const unknown = await migrateSchema(sql, schema(2), 'test_migrations').catch((e: unknown) => e);
      expect(isFault(unknown, 'SQL_SCHEMA_UNKNOWN')).toBe(true);
    });

    // Elsewhere a migration is one transaction, which nobody sees the middle of.
    if (subject.name === 'MariaDB')
      it('a migration that another program is in the middle of is waited for, not taken for one that stopped', async () => {
        const schema: Schema = {
          firstTable: 'first',
          lastTable: 'last',
          migrations: [['CREATE TABLE first (id int)'], ['CREATE TABLE last (id int)']],
        };
        for (const middle of ['a dirty mark', 'tables without their version']) {
          let halfway = (): void => {};
          const reached = new Promise<void>((resolve) => {
            halfway = resolve;
          });
          // each statement of the other program is visible at once, as its CREATE TABLE ends its transaction
          const other = sql.transaction(async (s) => {
            await s.query("SELECT GET_LOCK('notary-migrate', 15) AS held");
            await s.execute('CREATE TABLE first (id int)');
            await s.execute('CREATE TABLE busy_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)');
            if (middle === 'a dirty mark') await s.execute('INSERT INTO busy_migrations (version, dirty) VALUES (2, TRUE)');
            halfway();
            await clock.sleep(200);
            await s.execute('CREATE TABLE last (id int)');
            await s.execute('DELETE FROM busy_migrations');
            await s.execute('INSERT INTO busy_migrations (version, dirty) VALUES (2, FALSE)');
            await s.query("SELECT RELEASE_LOCK('notary-migrate')");
          });
          await reached;
          expect([middle, await migrateSchema(sql, schema, 'busy_migrations')]).toEqual([middle, 0]);
          await other;
          for (const table of ['first', 'last', 'busy_migrations']) await sql.execute(`DROP TABLE ${table}`);
        }
      });
  });
}

describe('an address where no database is', () => {
  it('is SQL_UNAVAILABLE, without the password in the fault', async () => {
    for (const [backend, source] of [
      ['postgres', 'postgres://u:secretword@127.0.0.1:1/x?sslmode=disable'],
      ['mysql', 'u:secretword@tcp(127.0.0.1:1)/x'],
    ] as const) {
      const sql = await openSql(backend, source, deps);
      const fault = await sql.query('SELECT 1 AS one').catch((e: unknown) => e);
      expect([backend, isFault(fault, 'SQL_UNAVAILABLE')]).toEqual([backend, true]);
      expect(JSON.stringify(fault)).not.toContain('secretword');
      await sql.close();
    }
  });
});
