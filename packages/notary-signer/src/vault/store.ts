// SPDX-License-Identifier: Apache-2.0
/** Where a vault keeps its encrypted keys. */
import { fromUtf8, type Sql, type SqlRow, type SqlValue, toUtf8 } from '@notary/base';

/** One stored key. */
export interface KeyRow {
  readonly keyId: string;
  readonly algorithm: string;
  readonly alias: string;
  readonly gun: string;
  readonly role: string;
  readonly public: Uint8Array;
  /** Compact JWE of the raw private key. */
  readonly sealed: string;
}

/** Rows of encrypted keys, in the reference's table or in memory. */
export interface KeyStore {
  find(keyId: string): Promise<KeyRow | undefined>;
  /** The first key, by ID, of this role, collection and algorithm that has never signed. */
  findUnused(role: string, gun: string, algorithm: string): Promise<KeyRow | undefined>;
  insert(row: KeyRow): Promise<void>;
  markUsed(keyId: string, at: Date): Promise<void>;
  remove(keyId: string): Promise<void>;
  /** Replaces the encrypted form if it is still the old one; false if it is not. */
  reseal(keyId: string, before: string, after: { sealed: string; alias: string }, at: Date): Promise<boolean>;
  /** Keys after `afterKeyId`, by ID. */
  list(afterKeyId: string, limit: number): Promise<readonly KeyRow[]>;
  checkHealth(): Promise<void>;
}

/** Keys in memory: lost at exit. */
export function createMemoryKeyStore(): KeyStore {
  const rows = new Map<string, KeyRow & { used: boolean }>();
  const sorted = () => [...rows.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  return {
    find: async (keyId) => rows.get(keyId),
    findUnused: async (role, gun, algorithm) =>
      sorted().find((r) => !r.used && r.role === role && r.gun === gun && r.algorithm === algorithm),
    async insert(row) {
      rows.set(row.keyId, { ...row, used: false });
    },
    async markUsed(keyId) {
      const row = rows.get(keyId);
      if (row) row.used = true;
    },
    async remove(keyId) {
      rows.delete(keyId);
    },
    async reseal(keyId, before, after) {
      const row = rows.get(keyId);
      if (row === undefined || row.sealed !== before) return false;
      rows.set(keyId, { ...row, ...after });
      return true;
    },
    list: async (afterKeyId, limit) =>
      sorted()
        .filter((r) => r.keyId > afterKeyId)
        .slice(0, limit),
    async checkHealth() {},
  };
}

const COLUMNS = 'key_id, algorithm, passphrase_alias, gun, role, public, private';
const ENCRYPTION = ['A256GCM', 'PBES2-HS256+A128KW'] as const;

/** Keys in the reference's table. Deleting marks a row, as the reference does; marked rows are never read again. */
export function createSqlKeyStore(sql: Sql, now: () => Date): KeyStore {
  const one = async (where: string, parameters: readonly SqlValue[]): Promise<KeyRow | undefined> => {
    const rows = await sql.query(
      `SELECT ${COLUMNS} FROM private_keys WHERE ${where} AND deleted_at IS NULL ORDER BY key_id LIMIT 20`,
      parameters,
    );
    return rows.map(toRow)[0];
  };
  return {
    find: (keyId) => one('key_id = ?', [keyId]),
    async findUnused(role, gun, algorithm) {
      const rows = await sql.query(
        `SELECT ${COLUMNS} FROM private_keys WHERE role = ? AND gun = ? AND algorithm = ? AND last_used IS NULL AND deleted_at IS NULL ORDER BY key_id LIMIT 20`,
        [role, gun, algorithm],
      );
      // MySQL compares names without regard to case; a key of another collection must not be handed out
      return rows.map(toRow).find((r) => r.gun === gun && r.role === role && r.algorithm === algorithm);
    },
    async insert(row) {
      const at = now();
      await sql.execute(
        'INSERT INTO private_keys (created_at, updated_at, key_id, encryption_alg, keywrap_alg, algorithm, passphrase_alias, public, private, gun, role) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [at, at, row.keyId, ...ENCRYPTION, row.algorithm, row.alias, row.public, toUtf8(row.sealed), row.gun, row.role],
      );
    },
    async markUsed(keyId, at) {
      await sql.execute('UPDATE private_keys SET last_used = ?, updated_at = ? WHERE key_id = ?', [at, at, keyId]);
    },
    async remove(keyId) {
      await sql.execute('UPDATE private_keys SET deleted_at = ? WHERE key_id = ? AND deleted_at IS NULL', [now(), keyId]);
    },
    async reseal(keyId, before, after, at) {
      const changed = await sql.execute(
        'UPDATE private_keys SET private = ?, passphrase_alias = ?, updated_at = ? WHERE key_id = ? AND private = ? AND deleted_at IS NULL',
        [toUtf8(after.sealed), after.alias, at, keyId, toUtf8(before)],
      );
      return changed === 1;
    },
    async list(afterKeyId, limit) {
      const rows = await sql.query(
        `SELECT ${COLUMNS} FROM private_keys WHERE key_id > ? AND deleted_at IS NULL ORDER BY key_id LIMIT ${Math.trunc(limit)}`,
        [afterKeyId],
      );
      return rows.map(toRow);
    },
    async checkHealth() {
      await sql.query('SELECT id FROM private_keys WHERE id = ?', [0]);
    },
  };
}

const toRow = (r: SqlRow): KeyRow => ({
  keyId: String(r['key_id']),
  algorithm: String(r['algorithm']),
  alias: String(r['passphrase_alias']),
  gun: String(r['gun']),
  role: String(r['role']),
  public: r['public'] as Uint8Array,
  sealed: fromUtf8(r['private'] as Uint8Array),
});
