// SPDX-License-Identifier: Apache-2.0
/** Every store that can run here: memory always, databases where they are installed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from '@notary/base';
import { createMemoryStore, createSqlStore, type MetadataStore, ownSchemas, serverSchemas } from '@notary/notary-server';
import { hasSqlite, migrateSchema, openSql } from '@notary/platform/sql';
import { recordSkip } from '@notary/testkit';
import { startMariadb, startPostgres } from '../../../platform/test/sql/databases.ts';

const clock = { now: () => new Date(), sleep: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) };
export const sqlDeps = { clock, environment: { get: () => undefined }, readText: async () => '' };

/** A kind of store: opens as many servers' views of one set of data as a test wants. */
export interface StoreKind {
  readonly name: string;
  readonly skipped: string | undefined;
  open(now: () => Date): Promise<{ store: MetadataStore; sql: Sql | undefined }>;
  /** Ends databases and closes connections. */
  stop(): Promise<void>;
}

const skip = (name: string, reason: string): StoreKind => {
  return { name, skipped: reason, open: () => Promise.reject(new Error(reason)), stop: async () => undefined };
};

/** Opens a store over a database, its schema made first. */
export async function openStore(
  backend: 'sqlite3' | 'postgres' | 'mysql',
  source: string,
  now: () => Date,
): Promise<{ store: MetadataStore; sql: Sql }> {
  const sql = await openSql(backend, source, sqlDeps);
  await migrateSchema(sql, serverSchemas[sql.dialect], 'schema_migrations');
  await migrateSchema(sql, ownSchemas[sql.dialect], 'notary_schema_migrations');
  return { sql, store: createSqlStore({ sql, now, auditTable: true }) };
}

function kindOf(name: string, backend: 'sqlite3' | 'postgres' | 'mysql', source: string, end: () => void): StoreKind {
  const opened: Sql[] = [];
  return {
    name,
    skipped: undefined,
    async open(now) {
      const both = await openStore(backend, source, now);
      opened.push(both.sql);
      return both;
    },
    async stop() {
      for (const sql of opened) await sql.close();
      end();
    },
  };
}

function memoryKind(): StoreKind {
  let store: MetadataStore | undefined;
  return {
    name: 'memory',
    skipped: undefined,
    async open(now) {
      store ??= createMemoryStore(now);
      return { store, sql: undefined };
    },
    stop: async () => undefined,
  };
}

/** Starts everything. */
export async function startStores(): Promise<StoreKind[]> {
  const kinds: StoreKind[] = [memoryKind()];
  if (hasSqlite()) {
    const directory = mkdtempSync(join(tmpdir(), 'notary-store-'));
    kinds.push(kindOf('SQLite', 'sqlite3', join(directory, 'notary.db'), () => rmSync(directory, { recursive: true })));
  } else {
    recordSkip('SQLite', 'this runtime has no node:sqlite');
    kinds.push(skip('SQLite', 'this runtime has no node:sqlite'));
  }
  const postgres = await startPostgres();
  kinds.push(postgres ? kindOf('PostgreSQL', 'postgres', postgres.source, () => postgres.stop()) : skip('PostgreSQL', 'not installed'));
  const mariadb = await startMariadb();
  kinds.push(mariadb ? kindOf('MariaDB', 'mysql', mariadb.source, () => mariadb.stop()) : skip('MariaDB', 'not installed'));
  return kinds;
}
