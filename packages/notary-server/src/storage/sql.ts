// SPDX-License-Identifier: Apache-2.0
/**
 * Collections in a database with the reference's tables (`tuf_files`, `changefeed`), shared with Go servers.
 *
 * Rival writers of one collection meet at the timestamp: it is inserted first, its version is unique, and the head it was
 * built on is locked until the commit. So a conflict has exactly one winner, and a deletion falls wholly before or after.
 */
import { type Fault, isFault, type Sql, type SqlRow, type SqlSession, type SqlValue } from '@notary/base';
import { hexSha256 } from '../digest.ts';
import { storeFaults } from '../faults.ts';
import { MAX_INT32 } from '../limits.ts';
import type { AuditEntry, Change, ChangeQuery, FileUpdate, Head, MetadataStore, StoredFile } from './port.ts';

/** Rows of one INSERT together stay below this: well under MySQL's default `max_allowed_packet` of 16 MiB. */
const MAX_INSERT_BYTES = 1024 * 1024;
/** Roles whose newest versions are asked for in one query. */
const MAX_ROLES_PER_QUERY = 32;
/** Files of an update that is one statement: the database plans anew for each number of them. */
const MAX_FILES_AT_ONCE = 8;
/** Deletions that met a rival transaction are tried again this often. */
const MAX_DELETE_ATTEMPTS = 5;

/** A database with the schema, and the clock that rows are dated by. */
export interface SqlStoreOptions {
  readonly sql: Sql;
  readonly now: () => Date;
  /** Is there a table for audit entries? */
  readonly auditTable: boolean;
}

/** Creates the store. The schema must be current (see `migrate`). */
export function createSqlStore(options: SqlStoreOptions): MetadataStore {
  const { sql } = options;
  const changeToken = (sql as { changeToken?: () => number }).changeToken;
  const store = new SqlStore(options);
  return {
    emptyChanges: 'list',
    update: (gun, files, head, audit) => store.update(gun, files, head, audit),
    heads: (guns) => store.heads(guns),
    currentTimestamp: (gun) => store.currentTimestamp(gun),
    byChecksum: (gun, role, checksum) => store.byChecksum(gun, role, checksum),
    byVersion: (gun, role, version) => store.byVersion(gun, role, version),
    delete: (gun, audit) => store.delete(gun, audit),
    changes: (query) => store.changes(query),
    collections: (after, limit) => store.collections(after, limit),
    audit: (entry) => store.audit(sql, entry),
    checkHealth: () => store.checkHealth(),
    ...(changeToken ? { changeToken: () => changeToken.call(sql), changeTokenCosts: true } : {}),
  };
}

class SqlStore {
  readonly #sql: Sql;
  readonly #now: () => Date;
  readonly #auditTable: boolean;
  /** Locks the rows a SELECT returns; SQLite has one writer at a time and needs none. */
  readonly #forUpdate: string;
  readonly #gunIs: string;
  readonly #roleIs: string;
  readonly #headOf: string;

  constructor({ sql, now, auditTable }: SqlStoreOptions) {
    this.#sql = sql;
    this.#now = now;
    this.#auditTable = auditTable;
    this.#forUpdate = sql.dialect === 'sqlite' ? '' : ' FOR UPDATE';
    // MySQL's default collation ignores case and trailing blanks: two collections must never be taken for one
    this.#gunIs = sql.dialect === 'mysql' ? 'gun = ? AND BINARY gun = ?' : 'gun = ?';
    this.#roleIs = sql.dialect === 'mysql' ? 'role = ? AND BINARY role = ?' : 'role = ?';
    this.#headOf = `SELECT id, gun, version, sha256 FROM tuf_files WHERE ${this.#gunIs} AND role = 'timestamp' AND deleted_at IS NULL ORDER BY version DESC LIMIT 1`;
  }

  /** The parameters of a comparison with a name. */
  #name(name: string): SqlValue[] {
    return this.#sql.dialect === 'mysql' ? [name, name] : [name];
  }

  async update(gun: string, files: readonly FileUpdate[], expectedHead: Head | undefined, audit?: AuditEntry): Promise<Head> {
    const ordered = [...files].sort((a, b) => rank(a.role) - rank(b.role) || (a.role < b.role ? -1 : 1));
    checkDistinct(gun, ordered);
    const timestamps = ordered.filter((f) => f.role === 'timestamp');
    const others = ordered.filter((f) => f.role !== 'timestamp');
    try {
      const head = await this.#updateAtOnce(gun, ordered, expectedHead, audit);
      if (head !== undefined) return head;
      return await this.#sql.transaction(async (session) => {
        await this.#insert(session, gun, timestamps);
        const head = await this.#lockHead(session, gun, expectedHead, timestamps);
        await this.#checkVersions(session, gun, others);
        await this.#insert(session, gun, others);
        for (const t of timestamps) await this.#record(session, gun, t, audit);
        return head;
      });
    } catch (e) {
      throw asConflict(e, gun);
    }
  }

  /**
   * An ordinary update as one statement, which is one round trip to the database instead of seven. The head is locked before anything
   * is written, and rivals insert the version after it, so one of them wins; `undefined` if nothing was written: the way step by step
   * then finds out why.
   */
  async #updateAtOnce(
    gun: string,
    files: readonly FileUpdate[],
    expected: Head | undefined,
    audit: AuditEntry | undefined,
  ): Promise<Head | undefined> {
    const [timestamp, ...others] = files;
    if (this.#sql.dialect !== 'postgres' || expected === undefined || timestamp === undefined || files.length > MAX_FILES_AT_ONCE)
      return undefined;
    const single =
      timestamp.role === 'timestamp' && timestamp.version === expected.version + 1 && others.every((f) => f.role !== 'timestamp');
    if (!single || files.reduce((n, f) => n + f.bytes.length, 0) > MAX_INSERT_BYTES) return undefined;
    const now = this.#now();
    const newer = others.map(() => ' AND NOT EXISTS (SELECT 1 FROM tuf_files WHERE gun = ? AND role = ? AND version >= ?)').join('');
    const values = files.map(() => '(?::timestamp, ?::timestamp, ?::text, ?::text, ?::integer, ?::bytea, ?::text)').join(', ');
    const record = audit !== undefined && this.#auditTable;
    const rows = await this.#sql.query(
      `WITH head AS (${this.#headOf} FOR UPDATE), fit AS (SELECT id FROM head WHERE id = ?${newer}),
stored AS (INSERT INTO tuf_files (created_at, updated_at, gun, role, version, data, sha256) SELECT v.* FROM fit, (VALUES ${values}) v RETURNING id, role),
change AS (INSERT INTO changefeed (created_at, gun, version, sha256, category) SELECT ?::timestamp, ?::text, ?::integer, ?::text, 'update' FROM fit)
${record ? `, audit AS (INSERT INTO notary_audit (created_at, action, gun, subject, request_id, detail) SELECT ?::timestamp, ?::text, ?::text, ?::text, ?::text, ?::text FROM fit)` : ''}
SELECT id FROM stored WHERE role = 'timestamp'`,
      [
        gun,
        expected.id,
        ...others.flatMap((f) => [gun, f.role, f.version]),
        ...files.flatMap((f) => [now, now, gun, f.role, f.version, f.bytes, f.sha256]),
        ...[now, gun, timestamp.version, timestamp.sha256],
        ...(record ? auditValues(audit) : []),
      ],
    );
    return rows[0] && { id: Number(rows[0]['id']), version: timestamp.version, sha256: timestamp.sha256 };
  }

  async #insert(session: SqlSession, gun: string, files: readonly FileUpdate[]): Promise<void> {
    const now = this.#now();
    for (const batch of batches(files)) {
      const rows = batch.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ');
      const values = batch.flatMap((f) => [now, now, gun, f.role, f.version, f.bytes, f.sha256]);
      await session.execute(`INSERT INTO tuf_files (created_at, updated_at, gun, role, version, data, sha256) VALUES ${rows}`, values);
    }
  }

  /** The head must still be the one the update was judged against, and stay so until the commit. Returns the one to come. */
  async #lockHead(session: SqlSession, gun: string, expected: Head | undefined, inserted: readonly FileUpdate[]): Promise<Head> {
    const own = inserted.map((t) => t.version);
    const rows = await session.query(
      `SELECT id, version, sha256 FROM tuf_files WHERE ${this.#gunIs} AND role = 'timestamp' AND deleted_at IS NULL ORDER BY version DESC LIMIT ${own.length + 1}${this.#forUpdate}`,
      this.#name(gun),
    );
    const others = rows.filter((r) => !own.includes(Number(r['version'])));
    if (Number(others[0]?.['id'] ?? 0) !== (expected?.id ?? 0)) throw storeFaults.CONFLICT({ gun });
    return toHead(rows[0] as SqlRow);
  }

  async #checkVersions(session: SqlSession, gun: string, files: readonly FileUpdate[]): Promise<void> {
    // the newest row of each role by the index: MAX over a role's rows would walk through its whole history
    const newestOf = `SELECT role, version FROM tuf_files WHERE ${this.#gunIs} AND ${this.#roleIs} ORDER BY version DESC LIMIT 1`;
    for (let at = 0; at < files.length; at += MAX_ROLES_PER_QUERY) {
      const some = files.slice(at, at + MAX_ROLES_PER_QUERY);
      const roles = roundUp(some.map((f) => f.role));
      const rows = await session.query(
        roles.map((_, i) => `SELECT * FROM (${newestOf}) t${i}`).join(' UNION ALL '),
        roles.flatMap((role) => [...this.#name(gun), ...this.#name(role)]),
      );
      const newest = new Map(rows.map((r) => [String(r['role']), Number(r['version'])]));
      for (const f of some) {
        if ((newest.get(f.role) ?? -1) >= f.version) throw storeFaults.OLD_VERSION({ gun, role: f.role, version: f.version });
      }
    }
  }

  async #change(session: SqlSession, gun: string, version: number, checksum: string, category: Change['category']): Promise<void> {
    await session.execute(INSERT_CHANGE, [this.#now(), gun, version, checksum, category]);
  }

  /** The change and the audit entry of an update, in one round trip where the database can. */
  async #record(session: SqlSession, gun: string, timestamp: FileUpdate, audit: AuditEntry | undefined): Promise<void> {
    if (this.#sql.dialect !== 'postgres' || audit === undefined || !this.#auditTable) {
      await this.#change(session, gun, timestamp.version, timestamp.sha256, 'update');
      if (audit) await this.audit(session, audit);
      return;
    }
    const change = [this.#now(), gun, timestamp.version, timestamp.sha256, 'update'];
    await session.execute(`WITH change AS (${INSERT_CHANGE}) ${INSERT_AUDIT}`, [...change, ...auditValues(audit)]);
  }

  async heads(guns: readonly string[]): Promise<ReadonlyMap<string, Head>> {
    if (guns.length === 0) return new Map();
    const asked = roundUp(guns);
    const sql = asked.length === 1 ? this.#headOf : asked.map((_, i) => `SELECT * FROM (${this.#headOf}) t${i}`).join(' UNION ALL ');
    const rows = await this.#sql.query(
      sql,
      asked.flatMap((gun) => this.#name(gun)),
    );
    return new Map(rows.map((r) => [String(r['gun']), toHead(r)]));
  }

  async currentTimestamp(gun: string): Promise<{ head: Head; file: StoredFile } | undefined> {
    const [row] = await this.#sql.query(
      `SELECT id, role, version, sha256, data, updated_at AS stored_at FROM tuf_files WHERE ${this.#gunIs} AND role = 'timestamp' AND deleted_at IS NULL ORDER BY version DESC LIMIT 1`,
      this.#name(gun),
    );
    return row && { head: toHead(row), file: toFile(row) };
  }

  async byChecksum(gun: string, role: string, checksum: string): Promise<StoredFile | undefined> {
    return this.#file(gun, 'role = ? AND sha256 = ?', [role, checksum], role);
  }

  async byVersion(gun: string, role: string, version: number): Promise<StoredFile | undefined> {
    if (version > MAX_INT32) return undefined;
    return this.#file(gun, 'role = ? AND version = ?', [role, version], role);
  }

  async #file(gun: string, where: string, parameters: readonly SqlValue[], role: string): Promise<StoredFile | undefined> {
    const rows = await this.#sql.query(
      `SELECT role, version, sha256, data, created_at AS stored_at FROM tuf_files WHERE ${this.#gunIs} AND ${where} AND deleted_at IS NULL`,
      [...this.#name(gun), ...parameters],
    );
    const row = rows.find((r) => r['role'] === role); // as for `gun`: MySQL compares without regard to case
    if (row === undefined) return undefined;
    const file = toFile(row);
    if (hexSha256(file.bytes) !== file.sha256) throw storeFaults.TORN({ gun, role });
    return file;
  }

  async delete(gun: string, audit?: AuditEntry): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sql.transaction((session) => this.#deleteOnce(session, gun, audit));
      } catch (e) {
        if (!isFault(e, 'SQL_SERIALIZATION') || attempt >= MAX_DELETE_ATTEMPTS) throw e;
      }
    }
  }

  async #deleteOnce(session: SqlSession, gun: string, audit: AuditEntry | undefined): Promise<boolean> {
    // waits for a publisher that has this head locked; the DELETE after it then sees what that one stored
    await session.query(`${this.#headOf}${this.#forUpdate}`, this.#name(gun));
    const count = await session.execute(`DELETE FROM tuf_files WHERE ${this.#gunIs}`, this.#name(gun));
    if (count > 0) await this.#change(session, gun, 0, '', 'deletion');
    if (audit) await this.audit(session, audit);
    return count > 0;
  }

  async changes({ gun, limit, direction, from }: ChangeQuery): Promise<readonly Change[]> {
    const where: string[] = [];
    const parameters: SqlValue[] = [];
    if (gun !== undefined) {
      where.push(this.#gunIs);
      parameters.push(...this.#name(gun));
    }
    if (from !== undefined) {
      where.push(direction === 'forward' ? 'id > ?' : 'id < ?');
      parameters.push(from);
    }
    const rows = await this.#sql.query(
      `SELECT id, created_at, gun, version, sha256, category FROM changefeed${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''} ORDER BY id ${
        direction === 'forward' ? 'ASC' : 'DESC'
      } LIMIT ${Math.trunc(limit)}`,
      parameters,
    );
    const changes = rows.map(toChange);
    return direction === 'forward' ? changes : changes.reverse();
  }

  async collections(after: string, limit: number): Promise<{ guns: readonly string[] }> {
    const rows = await this.#sql.query(`SELECT DISTINCT gun FROM tuf_files WHERE gun > ? ORDER BY gun LIMIT ${Math.trunc(limit)}`, [after]);
    return { guns: rows.map((r) => String(r['gun'])) };
  }

  async audit(session: SqlSession, entry: AuditEntry): Promise<void> {
    if (!this.#auditTable) return;
    await session.execute(INSERT_AUDIT, auditValues(entry));
  }

  async checkHealth(): Promise<void> {
    await this.#sql.query('SELECT id FROM tuf_files WHERE id = ?', [0]);
  }
}

const INSERT_CHANGE = 'INSERT INTO changefeed (created_at, gun, version, sha256, category) VALUES (?, ?, ?, ?, ?)';
const INSERT_AUDIT = 'INSERT INTO notary_audit (created_at, action, gun, subject, request_id, detail) VALUES (?, ?, ?, ?, ?, ?)';

/** Longest subject kept: the column's width. */
const MAX_SUBJECT = 255;

const auditValues = (entry: AuditEntry): SqlValue[] => [
  entry.at,
  entry.action,
  entry.gun,
  entry.subject.slice(0, MAX_SUBJECT),
  entry.requestId,
  JSON.stringify(entry.detail),
];

/** The timestamp first: that is where rivals meet. */
const rank = (role: string): number => (role === 'timestamp' ? 0 : 1);

/** Repeats the last value up to a power of two, so that few different statements are prepared. */
function roundUp<T>(values: readonly T[]): T[] {
  const out = [...values];
  while ((out.length & (out.length - 1)) !== 0) out.push(out[out.length - 1] as T);
  return out;
}

function* batches(files: readonly FileUpdate[]): Generator<FileUpdate[]> {
  let batch: FileUpdate[] = [];
  let bytes = 0;
  for (const f of files) {
    if (batch.length > 0 && (bytes + f.bytes.length > MAX_INSERT_BYTES || batch.length >= 64)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(f);
    bytes += f.bytes.length;
  }
  if (batch.length > 0) yield batch;
}

function checkDistinct(gun: string, files: readonly FileUpdate[]): void {
  const seen = new Set<string>();
  for (const { role, version } of files) {
    if (version > MAX_INT32 || seen.has(`${role}\n${version}`)) throw storeFaults.OLD_VERSION({ gun, role, version });
    seen.add(`${role}\n${version}`);
  }
}

/** A unique key or a rolled-back transaction means that a rival was faster: judging the update again finds out what it did. */
function asConflict(e: unknown, gun: string): Fault | unknown {
  return isFault(e, 'SQL_UNIQUE_VIOLATION', 'SQL_SERIALIZATION') ? storeFaults.CONFLICT({ gun }, { cause: e }) : e;
}

function toDate(value: SqlValue | undefined): Date {
  if (value instanceof Date) return value;
  if (typeof value !== 'string') return new Date(0);
  const text = value.replace(' ', 'T');
  return new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

const toHead = (r: SqlRow): Head => ({ id: Number(r['id']), version: Number(r['version']), sha256: String(r['sha256'] ?? '') });

function toFile(r: SqlRow): StoredFile {
  const bytes = r['data'] as Uint8Array;
  const stored = r['sha256'];
  return {
    role: String(r['role']),
    version: Number(r['version']),
    sha256: typeof stored === 'string' && stored.length === 64 ? stored : hexSha256(bytes),
    bytes,
    storedAt: toDate(r['stored_at']),
  };
}

/** PostgreSQL pads `char(64)`: the 64 blanks of a deletion's empty hash are no part of it. */
const toChange = (r: SqlRow): Change => ({
  id: Number(r['id']),
  createdAt: toDate(r['created_at']),
  gun: String(r['gun']),
  version: Number(r['version']),
  sha256: String(r['sha256'] ?? '').trimEnd(),
  category: r['category'] === 'deletion' ? 'deletion' : 'update',
});
