// SPDX-License-Identifier: Apache-2.0
/** Transactions that arrive together share a commit, and nothing else: each succeeds or fails by itself, and is told after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFault } from '@notary/base';
import { hasSqlite, openSqlite, type SqliteSql } from '@notary/platform/sql';
import { recordSkip } from '@notary/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const clock = { now: () => new Date(), sleep: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) };

if (!hasSqlite()) recordSkip('SQLite', 'this runtime has no node:sqlite');

describe.skipIf(!hasSqlite())('SQLite transactions that arrive together', () => {
  let directory = '';
  let sql: SqliteSql;
  const ids = async (): Promise<number[]> => (await sql.query('SELECT id FROM things ORDER BY id')).map((r) => Number(r['id']));
  const insert = (id: number): Promise<number> => sql.transaction((s) => s.execute('INSERT INTO things (id) VALUES (?)', [id]));

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'notary-groups-'));
    sql = await openSqlite(join(directory, 'test.db'), clock);
    await sql.execute('CREATE TABLE things (id integer PRIMARY KEY)');
  });
  afterEach(async () => {
    await sql.close().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  });

  it('are one commit: the second sees what the first wrote, nobody else does before both are told', async () => {
    const told: string[] = [];
    const first = insert(1).then(() => told.push('first'));
    const second = sql
      .transaction(async (s) => {
        expect(await s.query('SELECT id FROM things')).toHaveLength(1);
        expect(await sql.query('SELECT id FROM things')).toHaveLength(0);
        expect(told).toEqual([]);
        return s.execute('INSERT INTO things (id) VALUES (?)', [2]);
      })
      .then(() => told.push('second'));
    await Promise.all([first, second]);
    expect(await ids()).toEqual([1, 2]);
  });

  it('fail by themselves: what the others wrote stays, and nothing of the failed one', async () => {
    await insert(50);
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        sql.transaction(async (s) => {
          await s.execute('INSERT INTO things (id) VALUES (?)', [1_000 + i]);
          if (i % 7 === 3) throw new Error(`no ${i}`);
          if (i % 7 === 5) await s.execute('INSERT INTO things (id) VALUES (?)', [50]);
        }),
      ),
    );
    const kept = results.flatMap((r, i) => (r.status === 'fulfilled' ? [1_000 + i] : []));
    expect(await ids()).toEqual([50, ...kept]);
    results.forEach((r, i) => {
      if (i % 7 === 3) expect(r).toMatchObject({ status: 'rejected', reason: new Error(`no ${i}`) });
      else if (i % 7 === 5) expect(r.status === 'rejected' && isFault(r.reason, 'SQL_UNIQUE_VIOLATION')).toBe(true);
      else expect(r.status).toBe('fulfilled');
    });
  });

  it('all fail where the transaction itself is lost, those that had been refused too, and the next one works', async () => {
    const lost = await Promise.allSettled([
      insert(1),
      sql.transaction((s) => s.execute('INSERT INTO things (id) VALUES (?)', [1])),
      sql.transaction((s) => s.execute('ROLLBACK')),
      insert(2),
    ]);
    expect(lost.map((r) => r.status)).toEqual(Array(4).fill('rejected'));
    for (const r of lost) expect(r.status === 'rejected' && isFault(r.reason, 'SQL_FAILED')).toBe(true);
    expect(await ids()).toEqual([]);
    await insert(3);
    expect(await ids()).toEqual([3]);
  });

  it('are committed before the database closes', async () => {
    const results = Promise.all([insert(1), insert(2)]);
    await sql.close();
    await results;
    sql = await openSqlite(join(directory, 'test.db'), clock);
    expect(await ids()).toEqual([1, 2]);
  });
});
