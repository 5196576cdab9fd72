// SPDX-License-Identifier: Apache-2.0
/** Faults of the database adapters. Driver messages are capped and never hold a connection string. */
import { defineFaults } from '@notary/base';

/** What SQLite says of the file that is the database. */
const FILE_TROUBLE =
  /^(?:unable to open database file|disk I\/O|database or disk is full|attempt to write a readonly database|file is not a database)/i;

/** The faults with codes `SQL_…`. */
export const sqlFaults = defineFaults('SQL', {
  UNAVAILABLE: {
    category: 'unavailable',
    say: (f: { detail: string; driverCode?: string }) => `the database cannot be reached: ${f.detail}`,
    remedy: ({ detail }: { detail: string }) => ({
      text: FILE_TROUBLE.test(detail)
        ? "check the database's file: its folder must exist, have room, and let this user write"
        : 'check that the database runs, that its address and credentials are right, and that its certificate is trusted',
    }),
  },
  UNIQUE_VIOLATION: {
    category: 'conflict',
    say: (f: { detail: string; driverCode?: string }) => `a row with this key exists: ${f.detail}`,
  },
  SERIALIZATION: {
    category: 'conflict',
    say: (f: { detail: string; driverCode?: string }) => `the transaction met another one and was rolled back: ${f.detail}`,
  },
  FAILED: { category: 'internal', say: (f: { detail: string; driverCode?: string }) => `the database refused a statement: ${f.detail}` },
  SOURCE_INVALID: {
    category: 'usage',
    say: (f: { dialect: string; reason: string }) => `invalid ${f.dialect} data source: ${f.reason}`,
  },
  SCHEMA_DIRTY: {
    category: 'conflict',
    say: (f: { table: string; version: number }) => `${f.table} says that migration ${f.version} was begun and not finished`,
    remedy: 'finish or undo that migration by hand, then set dirty to false',
  },
  SCHEMA_NEWER: {
    category: 'unsupported',
    say: (f: { table: string; version: number; known: number }) =>
      `${f.table} holds version ${f.version}; this program knows versions up to ${f.known}`,
    remedy: 'run a newer release of this program',
  },
  SCHEMA_UNKNOWN: {
    category: 'conflict',
    say: (f: { table: string; present: string; missing: string }) =>
      `the database has the table ${f.present} but not ${f.missing}, and no row in ${f.table} says which migrations it has seen`,
    remedy: 'apply the missing migrations by hand, or write the version reached into that table',
  },
  SCHEMA_DENIED: {
    category: 'unavailable',
    say: (f: { detail: string }) => `the database has no current schema and this user may not create it: ${f.detail}`,
    remedy: 'start the program once with a user who may create tables, or apply the migrations by hand',
  },
  SQLITE_MISSING: {
    category: 'unsupported',
    say: () => 'this runtime has no SQLite: it needs Node 22.13 or later, or the compiled executable',
    remedy: 'run the compiled executable, or Node 22.13 or later, or use PostgreSQL or MySQL',
  },
});

/** Longest driver message kept in a fault. */
const MAX_DETAIL = 300;

/** The message and code of whatever a driver threw. */
export function describeDriverError(e: unknown): { detail: string; driverCode?: string } {
  if (!(e instanceof Error)) return { detail: String(e).slice(0, MAX_DETAIL) };
  const record = e as Error & { code?: unknown; errno?: unknown; errors?: readonly unknown[] };
  const inner = record.message === '' && Array.isArray(record.errors) ? record.errors.find((x) => x instanceof Error) : undefined;
  const message = (inner instanceof Error ? inner.message : record.message) || String(record.code ?? 'no message');
  const code = typeof record.code === 'string' ? record.code : typeof record.errno === 'number' ? String(record.errno) : undefined;
  return { detail: message.slice(0, MAX_DETAIL), ...(code === undefined ? {} : { driverCode: code }) };
}
