// SPDX-License-Identifier: Apache-2.0
import type { Clock, Environment, Sql } from '@notary/base';

export { sqlFaults } from './faults.ts';
export type { Schema } from './migrate.ts';
export { migrateSchema } from './migrate.ts';
export { parseMysqlSource } from './mysql-source.ts';
export { numberPlaceholders } from './placeholders.ts';
export { parsePostgresSource } from './postgres-source.ts';
export type { SqliteSql } from './sqlite.ts';
export { hasSqlite, openSqlite } from './sqlite.ts';

/** What opening a database asks of the outside. `readText` reads a certificate that a data source names. */
export interface SqlDeps {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly environment: Environment;
  readonly readText: (path: string) => Promise<string>;
}

/**
 * Opens a database by the backend names of the reference's configuration: `sqlite3` (a file path), `postgres` (lib/pq syntax)
 * or `mysql` (go-sql-driver syntax). Drivers are loaded when asked for.
 */
export async function openSql(
  backend: 'sqlite3' | 'postgres' | 'mysql',
  source: string,
  deps: SqlDeps,
  options: { maxConnections?: number } = {},
): Promise<Sql> {
  if (backend === 'sqlite3') return (await import('./sqlite.ts')).openSqlite(source, deps.clock);
  if (backend === 'postgres') return (await import('./postgres.ts')).openPostgres(source, { ...deps, ...options });
  return (await import('./mysql.ts')).openMysql(source, options);
}
