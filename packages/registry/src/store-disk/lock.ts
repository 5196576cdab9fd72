// SPDX-License-Identifier: Apache-2.0
/**
 * One process per root. The lock is the kernel's record lock that SQLite takes on a file: it ends with the process, however that ends,
 * and holds across containers that share a volume. Where the runtime has no SQLite (Node 20), a file names the holder's process.
 */
import type * as NodeFs from 'node:fs';
import { faults } from '../faults.ts';
import { diskFault } from './io.ts';

interface Database {
  exec(sql: string): void;
  close(): void;
}
interface Sqlite {
  readonly DatabaseSync: new (path: string) => Database;
}

export interface RootLock {
  release(): void;
}

function lockWithSqlite(sqlite: Sqlite, path: string, root: string): RootLock {
  let database: Database | undefined;
  try {
    database = new sqlite.DatabaseSync(path);
    // Nothing is ever written, so its journal need not be a file. Not OFF: the runtime's defensive mode passes over that without a word.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (e) {
    database?.close();
    const text = (e as Error).message;
    if (/locked|busy/i.test(text)) throw faults.ROOT_LOCKED({ root }, { cause: e });
    if (/readonly|unable to open/i.test(text)) throw faults.STORAGE_READ_ONLY(undefined, { cause: e });
    throw faults.STORAGE_FAILED({ operation: 'lock', errno: text.slice(0, 100) }, { cause: e });
  }
  const held = database;
  return { release: () => held.close() };
}

/** A process and when it began: a process id alone may have been given to another since. */
function processMark(fs: typeof NodeFs, pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return undefined;
  }
}

function lockWithFile(path: string, root: string): RootLock {
  const fs = globalThis.process.getBuiltinModule('node:fs');
  const { pid } = globalThis.process;
  const mine = processMark(fs, pid) ?? `${pid} 0`;
  const file = `${path}.pid`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx', mode: 0o644 });
      return { release: () => fs.rmSync(file, { force: true }) };
    } catch (e) {
      if ((e as { code?: unknown }).code !== 'EEXIST') throw diskFault('lock', e);
    }
    const holder = fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : '';
    const holderPid = Number(holder.split(' ')[0]);
    if (Number.isSafeInteger(holderPid) && holderPid > 0 && processMark(fs, holderPid) === holder) throw faults.ROOT_LOCKED({ root });
    // The holder is gone. Moving the file aside is atomic: of two that try, one finds nothing to move and starts over.
    const aside = `${file}.${pid}`;
    try {
      fs.renameSync(file, aside);
      fs.rmSync(aside, { force: true });
    } catch {
      // Another process moved it first; the next attempt sees what it wrote.
    }
  }
  throw faults.ROOT_LOCKED({ root });
}

/** Takes the root. Faults: `REGISTRY_ROOT_LOCKED`, `REGISTRY_STORAGE_READ_ONLY`. */
export function lockRoot(path: string, root: string): RootLock {
  const sqlite = globalThis.process.getBuiltinModule('node:sqlite') as Sqlite | undefined;
  return sqlite === undefined ? lockWithFile(path, root) : lockWithSqlite(sqlite, path, root);
}
