// SPDX-License-Identifier: Apache-2.0
/**
 * Brings a schema up to date, in the bookkeeping of golang-migrate: a table with one row `(version, dirty)`.
 *
 * A current schema is only read, so that a server needs no right to change tables. Tables that exist without bookkeeping were
 * made by hand from the same files and are taken as they are. Two programs migrating at once wait for each other.
 */
import { isFault, type Sql, type SqlSession } from '@notary/base';
import { sqlFaults } from './faults.ts';

/** The tables of a program and the steps that make them. */
export interface Schema {
  /** A table that exists once the schema does, and one that the newest migration added. */
  readonly firstTable: string;
  readonly lastTable: string;
  /** Statements by migration, the first at index 0. */
  readonly migrations: readonly (readonly string[])[];
}

/** Key of PostgreSQL's advisory lock: any constant that all our programs share. */
const LOCK_KEY = 8_246_772_311;
const LOCK_NAME = 'notary-migrate';
const LOCK_SECONDS = 15;

/** Applies what is missing and returns the number of migrations applied. `versionTable` is a name of this project's own choice. */
export async function migrateSchema(sql: Sql, schema: Schema, versionTable: string): Promise<number> {
  if (await isCurrent(sql, schema, versionTable)) return 0;
  try {
    return await sql.transaction(async (session) => {
      await lock(sql, session);
      try {
        return await applyMissing(sql, session, schema, versionTable);
      } finally {
        if (sql.dialect === 'mysql') await session.query('SELECT RELEASE_LOCK(?)', [LOCK_NAME]);
      }
    });
  } catch (e) {
    if (isFault(e, 'SQL_FAILED', 'SQL_UNAVAILABLE') && denied(e.facts['driverCode'], e.message)) {
      throw sqlFaults.SCHEMA_DENIED({ detail: String(e.facts['detail']) }, { cause: e });
    }
    throw e;
  }
}

/**
 * Whether the schema is plainly current, read without the lock. MySQL shows the steps of a migration under way, which look like one that
 * stopped: whether it did is told under the lock, once nobody else migrates.
 */
async function isCurrent(sql: Sql, schema: Schema, versionTable: string): Promise<boolean> {
  try {
    return (await reached(sql, sql, schema, versionTable)) === schema.migrations.length;
  } catch (e) {
    if (isFault(e, 'SQL_SCHEMA_DIRTY', 'SQL_SCHEMA_UNKNOWN')) return false;
    throw e;
  }
}

/** 42501 is PostgreSQL's insufficient_privilege; 1044 and 1142 are MySQL's for databases and tables. */
const denied = (code: unknown, message: string): boolean =>
  code === '42501' || code === '1044' || code === '1142' || /readonly database/.test(message);

async function lock(sql: Sql, session: SqlSession): Promise<void> {
  if (sql.dialect === 'postgres') await session.query('SELECT pg_advisory_xact_lock(?)', [LOCK_KEY]);
  if (sql.dialect === 'mysql') {
    const [row] = await session.query('SELECT GET_LOCK(?, ?) AS held', [LOCK_NAME, LOCK_SECONDS]);
    if (Number(row?.['held']) !== 1) throw sqlFaults.UNAVAILABLE({ detail: 'another program is changing the schema' });
  }
}

async function tableExists(sql: Sql, session: SqlSession, table: string): Promise<boolean> {
  const query = {
    sqlite: "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?",
    postgres: 'SELECT 1 AS found WHERE to_regclass(?) IS NOT NULL',
    mysql: 'SELECT 1 AS found FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
  }[sql.dialect];
  return (await session.query(query, [table])).length > 0;
}

/** How many migrations the database has seen. */
async function reached(sql: Sql, session: SqlSession, schema: Schema, versionTable: string): Promise<number> {
  const known = schema.migrations.length;
  const recorded = await tableExists(sql, session, versionTable);
  const [row] = recorded ? await session.query(`SELECT version, dirty FROM ${versionTable}`) : [];
  if (row !== undefined) {
    const version = Number(row['version']);
    if (Number(row['dirty']) !== 0) throw sqlFaults.SCHEMA_DIRTY({ table: versionTable, version });
    if (version > known) throw sqlFaults.SCHEMA_NEWER({ table: versionTable, version, known });
    return version;
  }
  if (await tableExists(sql, session, schema.lastTable)) return known;
  if (await tableExists(sql, session, schema.firstTable)) {
    throw sqlFaults.SCHEMA_UNKNOWN({ table: versionTable, present: schema.firstTable, missing: schema.lastTable });
  }
  return 0;
}

async function applyMissing(sql: Sql, session: SqlSession, schema: Schema, versionTable: string): Promise<number> {
  const start = await reached(sql, session, schema, versionTable);
  const known = schema.migrations.length;
  if (start === known) return 0;
  await session.execute(`CREATE TABLE IF NOT EXISTS ${versionTable} (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)`);
  for (let version = start + 1; version <= known; version++) {
    // MySQL commits after each statement on tables: the dirty mark tells the next start what happened
    await record(session, versionTable, version, true);
    for (const statement of schema.migrations[version - 1] ?? []) await session.execute(statement);
    await record(session, versionTable, version, false);
  }
  return known - start;
}

/** In one statement: MySQL has no transaction left here, and a stop between two would leave tables without their version. */
async function record(session: SqlSession, versionTable: string, version: number, dirty: boolean): Promise<void> {
  const flag = dirty ? 'TRUE' : 'FALSE';
  const updated = await session.execute(`UPDATE ${versionTable} SET version = ${version}, dirty = ${flag}`);
  if (updated === 0) await session.execute(`INSERT INTO ${versionTable} (version, dirty) VALUES (${version}, ${flag})`);
}
