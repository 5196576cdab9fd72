// SPDX-License-Identifier: Apache-2.0
/** Collections in memory: lost at exit, for trials and tests. Unlike the reference's, it resolves "current" by hash as SQL does. */

import { storeFaults } from '../faults.ts';
import { MAX_INT32 } from '../limits.ts';
import type { AuditEntry, Change, FileUpdate, Head, MetadataStore, StoredFile } from './port.ts';

interface Row extends StoredFile {
  readonly id: number;
}

interface Collection {
  readonly byRoleVersion: Map<string, Row>;
  readonly byRoleChecksum: Map<string, Row>;
  readonly newest: Map<string, number>;
}

const key = (role: string, rest: string | number): string => `${role}\n${rest}`;

/** Audit entries kept; the log has them all. */
const MAX_AUDIT = 1_000;

/** Creates an empty store. `now` stamps rows. */
export function createMemoryStore(now: () => Date): MetadataStore & { readonly auditLog: readonly AuditEntry[] } {
  const collections = new Map<string, Collection>();
  const changes: Change[] = [];
  const auditLog: AuditEntry[] = [];
  let nextId = 1;
  let token = 0;

  const timestampOf = (gun: string): Row | undefined => {
    const c = collections.get(gun);
    return c?.byRoleVersion.get(key('timestamp', c.newest.get('timestamp') ?? -1));
  };
  const headOf = (gun: string): Head | undefined => {
    const row = timestampOf(gun);
    return row && { id: row.id, version: row.version, sha256: row.sha256 };
  };
  const record = (gun: string, version: number, sha256: string, category: Change['category']) =>
    changes.push({ id: changes.length + 1, createdAt: now(), gun, version, sha256, category });

  const recordAudit = (entry: AuditEntry): void => {
    auditLog.push(entry);
    if (auditLog.length > MAX_AUDIT) auditLog.shift();
  };

  const update = (gun: string, files: readonly FileUpdate[], expectedHead: Head | undefined): void => {
    if (headOf(gun)?.id !== expectedHead?.id) throw storeFaults.CONFLICT({ gun });
    const existing = collections.get(gun);
    const seen = new Set<string>();
    for (const f of files) {
      const newest = existing?.newest.get(f.role);
      const twice = seen.has(key(f.role, f.version));
      if (twice || f.version > MAX_INT32 || (newest !== undefined && newest >= f.version)) {
        throw storeFaults.OLD_VERSION({ gun, role: f.role, version: f.version });
      }
      seen.add(key(f.role, f.version));
    }
    const c = existing ?? { byRoleVersion: new Map(), byRoleChecksum: new Map(), newest: new Map() };
    collections.set(gun, c);
    for (const f of files) {
      const row: Row = { ...f, id: nextId++, storedAt: now() };
      c.byRoleVersion.set(key(f.role, f.version), row);
      c.byRoleChecksum.set(key(f.role, f.sha256), row);
      c.newest.set(f.role, Math.max(f.version, c.newest.get(f.role) ?? 0));
      if (f.role === 'timestamp') record(gun, f.version, f.sha256, 'update');
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
      const [head, file] = [headOf(gun), timestampOf(gun)];
      return head && file ? { head, file } : undefined;
    },
    byChecksum: async (gun, role, sha256) => collections.get(gun)?.byRoleChecksum.get(key(role, sha256)),
    byVersion: async (gun, role, version) => collections.get(gun)?.byRoleVersion.get(key(role, version)),
    async delete(gun, audit) {
      if (audit) recordAudit(audit);
      if (!collections.delete(gun)) return false;
      record(gun, 0, '', 'deletion');
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
