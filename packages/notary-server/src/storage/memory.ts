// SPDX-License-Identifier: Apache-2.0
/** Collections in memory: lost at exit, for trials and tests. Unlike the reference's, it resolves "current" by hash as SQL does. */

import { storeFaults } from '../faults.ts';
import { MAX_INT32 } from '../limits.ts';
import type { AuditEntry, Change, FileUpdate, Head, MetadataStore, StoredFile } from './port.ts';

/** A stored file; its bytes lie somewhere in a slab. */
interface Row extends Omit<StoredFile, 'bytes'> {
  readonly id: number;
  readonly slab: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const SLAB_BYTES = 256 * 1024;

/** Packs small files into large arrays: history is kept for ever, and an array of its own costs a file a kilobyte. */
class Slabs {
  #slab = new Uint8Array(0);
  #used = 0;

  put(bytes: Uint8Array): Pick<Row, 'slab' | 'start' | 'end'> {
    if (bytes.length > SLAB_BYTES / 8) return { slab: bytes, start: 0, end: bytes.length };
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes.length;
    this.#slab.set(bytes, start);
    return { slab: this.#slab, start, end: this.#used };
  }
}

const toFile = (row: Row | undefined): StoredFile | undefined =>
  row && { role: row.role, version: row.version, sha256: row.sha256, bytes: row.slab.subarray(row.start, row.end), storedAt: row.storedAt };

/** One role's files. History is kept for ever, so a row costs no key of its own in either map. */
interface RoleFiles {
  readonly byVersion: Map<number, Row>;
  readonly byChecksum: Map<string, Row>;
  newest: number;
}

type Collection = Map<string, RoleFiles>;

/** Audit entries kept; the log has them all. */
const MAX_AUDIT = 1_000;

/** Creates an empty store. `now` stamps rows. */
export function createMemoryStore(now: () => Date): MetadataStore & { readonly auditLog: readonly AuditEntry[] } {
  const collections = new Map<string, Collection>();
  const slabs = new Slabs();
  const changes: Change[] = [];
  const auditLog: AuditEntry[] = [];
  let nextId = 1;
  let token = 0;

  const timestampOf = (gun: string): Row | undefined => {
    const timestamps = collections.get(gun)?.get('timestamp');
    return timestamps?.byVersion.get(timestamps.newest);
  };
  const headOf = (gun: string): Head | undefined => {
    const row = timestampOf(gun);
    return row && { id: row.id, version: row.version, sha256: row.sha256 };
  };
  const record = (gun: string, version: number, sha256: string, category: Change['category'], createdAt: Date) =>
    changes.push({ id: changes.length + 1, createdAt, gun, version, sha256, category });

  const recordAudit = (entry: AuditEntry): void => {
    auditLog.push(entry);
    if (auditLog.length > MAX_AUDIT) auditLog.shift();
  };

  const update = (gun: string, files: readonly FileUpdate[], expectedHead: Head | undefined): void => {
    if (headOf(gun)?.id !== expectedHead?.id) throw storeFaults.CONFLICT({ gun });
    const existing = collections.get(gun);
    files.forEach((f, i) => {
      const newest = existing?.get(f.role)?.newest;
      const twice = files.findIndex((other) => other.role === f.role && other.version === f.version) < i;
      if (twice || f.version > MAX_INT32 || (newest !== undefined && newest >= f.version)) {
        throw storeFaults.OLD_VERSION({ gun, role: f.role, version: f.version });
      }
    });
    const c = existing ?? new Map<string, RoleFiles>();
    collections.set(gun, c);
    const storedAt = now();
    for (const f of files) {
      const { role, version, sha256 } = f;
      const { slab, start, end } = slabs.put(f.bytes);
      const row: Row = { role, version, sha256, id: nextId++, storedAt, slab, start, end };
      const ofRole = c.get(f.role) ?? { byVersion: new Map(), byChecksum: new Map(), newest: 0 };
      c.set(f.role, ofRole);
      ofRole.byVersion.set(f.version, row);
      ofRole.byChecksum.set(f.sha256, row);
      ofRole.newest = Math.max(f.version, ofRole.newest);
      if (f.role === 'timestamp') record(gun, f.version, f.sha256, 'update', storedAt);
    }
    token++;
  };

  return {
    emptyChanges: 'null',
    auditLog,
    async update(gun, files, expectedHead, audit) {
      update(gun, files, expectedHead);
      if (audit) recordAudit(audit);
      return headOf(gun) ?? { id: 0, version: 0, sha256: '' };
    },
    async heads(guns) {
      const out = new Map<string, Head>();
      for (const gun of guns) {
        const head = headOf(gun);
        if (head) out.set(gun, head);
      }
      return out;
    },
    async currentTimestamp(gun) {
      const [head, file] = [headOf(gun), toFile(timestampOf(gun))];
      return head && file ? { head, file } : undefined;
    },
    byChecksum: async (gun, role, sha256) => toFile(collections.get(gun)?.get(role)?.byChecksum.get(sha256)),
    byVersion: async (gun, role, version) => toFile(collections.get(gun)?.get(role)?.byVersion.get(version)),
    async delete(gun, audit) {
      if (audit) recordAudit(audit);
      if (!collections.delete(gun)) return false;
      record(gun, 0, '', 'deletion', now());
      token++;
      return true;
    },
    async changes({ gun, limit, direction, from }) {
      const fits = (c: Change) =>
        (gun === undefined || c.gun === gun) && (from === undefined || (direction === 'forward' ? c.id > from : c.id < from));
      const all = changes.filter(fits);
      return direction === 'forward' ? all.slice(0, limit) : all.slice(Math.max(0, all.length - limit));
    },
    async collections(after, limit) {
      const guns = [...collections.keys()].filter((g) => g > after).sort();
      return { guns: guns.slice(0, limit) };
    },
    async audit(entry) {
      recordAudit(entry);
    },
    async checkHealth() {},
    changeToken: () => token,
  };
}
