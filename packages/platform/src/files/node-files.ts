// SPDX-License-Identifier: Apache-2.0
/**
 * The Files port over `node:fs`, for Node and Bun alike.
 *
 * Small and metadata operations are synchronous: each is a few microseconds on a disk, less than the hop to a thread pool
 * that their asynchronous forms make, and on Bun they spare a short command the start of that pool. Large reads, streams and
 * every sync to disk are asynchronous, so that a server never waits for a platter.
 */
import { type FileKind, type FileStat, type Files, filesFaults } from '@notary/base';
import { FILE_CHUNK_BYTES, SYNC_READ_BYTES } from '../limits.ts';
import { errnoOf, fileFault } from './fault.ts';
import { type Fs, loadFs, settle } from './fs.ts';

interface StatLike {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: StatLike): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

/** Reads what is there, one byte beyond the bound at most: sizes in metadata lie for pipes, `/proc` and growing files. */
async function readBounded(fs: Fs, fd: number, path: string, maxBytes: number): Promise<Uint8Array> {
  const found = fs.fstatSync(fd);
  if (found.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  const { size } = found;
  if (size > maxBytes) throw filesFaults.TOO_LARGE({ path, maxBytes });
  const sync = size <= SYNC_READ_BYTES;
  let buffer = new Uint8Array(Math.min(size, maxBytes) + 1);
  let used = 0;
  for (;;) {
    if (used === buffer.length) {
      if (used > maxBytes) throw filesFaults.TOO_LARGE({ path, maxBytes });
      const larger = new Uint8Array(Math.min(maxBytes + 1, Math.max(4096, used * 2)));
      larger.set(buffer);
      buffer = larger;
    }
    const room = buffer.length - used;
    const got = sync
      ? fs.readSync(fd, buffer, used, room, null)
      : await settle<number>((done) => fs.read(fd, buffer, used, room, null, done));
    if (got === 0) break;
    used += got;
  }
  if (used > maxBytes) throw filesFaults.TOO_LARGE({ path, maxBytes });
  return buffer.subarray(0, used);
}

async function read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const fs = await loadFs();
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch (e) {
    if (errnoOf(e) === 'ENOENT') return undefined;
    throw fileFault('open', path, e);
  }
  try {
    return await readBounded(fs, fd, path, maxBytes);
  } catch (e) {
    throw fileFault('read', path, e);
  } finally {
    fs.closeSync(fd);
  }
}

const isSmallFile = (found: StatLike & { readonly size: number }): boolean => found.isFile() && found.size <= SYNC_READ_BYTES;

async function* readStream(path: string, options: { offset?: number; length?: number } = {}): AsyncGenerator<Uint8Array> {
  const fs = await loadFs();
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch (e) {
    throw fileFault('open', path, e);
  }
  try {
    const sync = isSmallFile(fs.fstatSync(fd));
    let at = options.offset ?? 0;
    let left = options.length ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const buffer = new Uint8Array(Math.min(FILE_CHUNK_BYTES, left));
      const got = sync
        ? fs.readSync(fd, buffer, 0, buffer.length, at)
        : await settle<number>((done) => fs.read(fd, buffer, 0, buffer.length, at, done));
      if (got === 0) return;
      at += got;
      left -= got;
      yield buffer.subarray(0, got);
    }
  } catch (e) {
    throw fileFault('read', path, e);
  } finally {
    fs.closeSync(fd);
  }
}

async function stat(path: string): Promise<FileStat | undefined> {
  const fs = await loadFs();
  try {
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return { kind: kindOf(found), size: found.size, mode: found.mode & 0o7777, modifiedAt: found.mtime };
  } catch (e) {
    if (errnoOf(e) === 'ENOENT') return undefined;
    throw fileFault('lstat', path, e);
  }
}

async function list(path: string): Promise<{ name: string; kind: FileKind }[] | undefined> {
  const fs = await loadFs();
  try {
    const entries = fs.readdirSync(path, { withFileTypes: true });
    return entries.map((e) => ({ name: e.name, kind: kindOf(e) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (e) {
    if (errnoOf(e) === 'ENOENT') return undefined;
    throw fileFault('open', path, e);
  }
}

/** Creates the missing parts of a path with exactly `mode`, whatever the umask says. Existing parts keep theirs. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  const fs = await loadFs();
  const make = (dir: string): void => {
    try {
      fs.mkdirSync(dir, { mode });
      fs.chmodSync(dir, mode);
    } catch (e) {
      if (errnoOf(e) === 'EEXIST' && fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
      const parent = parentOf(dir);
      if (errnoOf(e) !== 'ENOENT' || parent === dir) throw e;
      make(parent);
      make(dir);
    }
  };
  try {
    // Nearly always it is there: looking costs a tenth of an error.
    if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    make(path);
  } catch (e) {
    throw fileFault('mkdir', path, errnoOf(e) === 'EEXIST' ? { code: 'ENOTDIR' } : e);
  }
}

/** The directory part of a path, without loading `node:path`. */
export function parentOf(path: string): string {
  const trimmed = path.replace(/[/\\]+$/, '');
  const slash = process.platform === 'win32' ? Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) : trimmed.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : trimmed.slice(0, slash);
}

async function remove(path: string): Promise<boolean> {
  const fs = await loadFs();
  try {
    if (fs.lstatSync(path).isDirectory()) fs.rmdirSync(path);
    else fs.unlinkSync(path);
    return true;
  } catch (e) {
    if (errnoOf(e) === 'ENOENT') return false;
    throw fileFault('remove', path, e);
  }
}

/** Wraps one synchronous call with the translation of its error. */
async function attempt<T>(operation: string, path: string, work: (fs: Fs) => T | Promise<T>): Promise<T> {
  const fs = await loadFs();
  try {
    return await work(fs);
  } catch (e) {
    throw fileFault(operation, path, e);
  }
}

async function makeTemporaryDirectory(prefix: string): Promise<string> {
  const fs = await loadFs();
  const base = (process.platform === 'win32' ? (process.env.TEMP ?? process.env.TMP ?? 'C:\\Windows\\Temp') : process.env.TMPDIR) || '/tmp';
  const start = `${base.replace(/[/\\]+$/, '')}/${prefix}`;
  return attempt('mkdir', start, () => {
    const made = fs.mkdtempSync(start);
    fs.chmodSync(made, 0o700);
    return made;
  });
}

/** Files of the machine. */
export function createNodeFiles(): Files {
  return {
    read,
    readStream,
    stat,
    list,
    makeDirectory,
    remove,
    makeTemporaryDirectory,
    writeAtomic: async (path, bytes, options) => (await import('./atomic-write.ts')).writeAtomic(path, bytes, options),
    lock: async (path, waitMs) => (await import('./lock.ts')).lockFile(path, waitMs),
    removeTree: (path) =>
      attempt('remove', path, (fs) => settle<void>((done) => fs.rm(path, { recursive: true, force: true }, (e) => done(e)))),
    rename: (from, to) => attempt('rename', from, (fs) => fs.renameSync(from, to)),
    setMode: (path, mode) => attempt('chmod', path, (fs) => fs.chmodSync(path, mode)),
  };
}
