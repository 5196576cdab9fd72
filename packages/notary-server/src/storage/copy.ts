// SPDX-License-Identifier: Apache-2.0
/**
 * Moves a server's tables from one database to another: collections, changefeed, audit records and keys, with their ids.
 * The source is read in one transaction, the target written in one: it has everything or nothing.
 */
import { defineFaults, type Sql, type SqlRow, type SqlSession, type SqlValue } from '@notary/base';

/** The faults with codes `COPY_…`. */
export const copyFaults = defineFaults('COPY', {
  TARGET_NOT_EMPTY: {
    category: 'conflict',
    say: (f: { table: string }) => `the target has rows in ${f.table}`,
    remedy: 'copy into a database that no server has used yet',
  },
  SAME_DATABASE: { category: 'usage', say: () => 'source and target are the same database' },
});

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns that hold instants: SQLite keeps them as text. */
  readonly times: ReadonlySet<string>;
}

const BASE = ['created_at', 'updated_at', 'deleted_at'];
const TABLES: readonly Table[] = [
  { name: 'tuf_files', columns: ['id', ...BASE, 'gun', 'role', 'version', 'data', 'sha256'], times: new Set(BASE) },
  { name: 'changefeed', columns: ['id', 'created_at', 'gun', 'version', 'sha256', 'category'], times: new Set(BASE) },
  { name: 'notary_audit', columns: ['id', 'created_at', 'action', 'gun', 'subject', 'request_id', 'detail'], times: new Set(BASE) },
  {
    name: 'private_keys',
    columns: [
      'id',
      ...BASE,
      'key_id',
      'encryption_alg',
      'keywrap_alg',
      'algorithm',
      'passphrase_alias',
      'public',
      'private',
      'gun',
      'role',
      'last_used',
    ],
    times: new Set([...BASE, 'last_used']),
  },
];

/** Rows read at a time: metadata files are mostly a few kilobytes, some are megabytes. */
const PAGE = 50;

/** Copies the tables that both sides have. Returns the number of rows per table. */
export async function copyStorage(source: Sql, target: Sql, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const wanted = TABLES.filter((t) => tables.includes(t.name));
  return source.transaction(async (from) => {
    if (source.dialect === 'postgres') await from.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return target.transaction(async (to) => {
      const counts = new Map<string, number>();
      for (const table of wanted) {
        if ((await to.query(`SELECT id FROM ${table.name} LIMIT 1`)).length > 0) throw copyFaults.TARGET_NOT_EMPTY({ table: table.name });
        counts.set(table.name, await copyTable(from, to, table));
        if (target.dialect === 'postgres') {
          await to.query(`SELECT setval(pg_get_serial_sequence('${table.name}', 'id'), GREATEST((SELECT MAX(id) FROM ${table.name}), 1))`);
        }
      }
      return counts;
    });
  });
}

async function copyTable(from: SqlSession, to: SqlSession, table: Table): Promise<number> {
  const insert = `INSERT INTO ${table.name} (${table.columns.join(', ')}) VALUES (${table.columns.map(() => '?').join(', ')})`;
  let copied = 0;
  for (let after = 0; ; ) {
    const rows = await from.query(`SELECT ${table.columns.join(', ')} FROM ${table.name} WHERE id > ? ORDER BY id LIMIT ${PAGE}`, [after]);
    for (const row of rows) await to.execute(insert, valuesOf(row, table));
    copied += rows.length;
    const last = rows.at(-1);
    if (last === undefined) return copied;
    after = Number(last['id']);
  }
}

/** Text columns of fixed length come padded from PostgreSQL; instants come as text from SQLite. */
function valuesOf(row: SqlRow, table: Table): SqlValue[] {
  return table.columns.map((column) => {
    const value = row[column] ?? null;
    if (column === 'sha256' && typeof value === 'string') return value.trimEnd();
    if (table.times.has(column) && typeof value === 'string')
      return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value.replace(' ', 'T')}Z`);
    return value;
  });
}
