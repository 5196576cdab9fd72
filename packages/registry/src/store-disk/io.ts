// SPDX-License-Identifier: Apache-2.0
/**
 * The few things the disk store asks of a file system, with errno already turned into faults. Small operations on names are synchronous:
 * they cost microseconds in the page cache, a hop to a thread pool costs more. Whatever waits for the device (sync, bulk writes) is not.
 * Tests put a failing double in its place.
 */
import type * as NodeFs from 'node:fs';
import { isFault } from '@notary/base';
import { faults } from '../faults.ts';
import type { ByteRange } from '../store.ts';

/** What is known of a file without reading it. Times are milliseconds since 1970. */
export interface DiskStat {
  readonly size: number;
  readonly modifiedMs: number;
  readonly directory: boolean;
}

/** An open file that is written in order. */
export interface DiskFile {
  /** Writes all of the chunks at a position. */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** The data has reached the device. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the store on disk uses it. */
export interface DiskIo {
  /** `undefined` if there is no such file. Never follows a symbolic link in the last component. */
  stat(path: string): DiskStat | undefined;
  /** Whole file, `undefined` if there is none or it is larger. */
  read(path: string, maxBytes: number): Uint8Array | undefined;
  /** Names in a directory, unsorted; empty if there is none. */
  list(path: string): readonly { readonly name: string; readonly directory: boolean }[];
  makeDirectory(path: string): void;
  /** Opens for writing, creating or continuing. */
  open(path: string): Promise<DiskFile>;
  /** A new small file, not synced. */
  put(path: string, bytes: Uint8Array): void;
  rename(from: string, to: string): void;
  /** A second name for a file; a copy where the file system has no links. */
  link(from: string, to: string): void;
  /** False if it was not there. */
  remove(path: string): boolean;
  touch(path: string, at: Date): void;
  /** Data and name of a file or directory have reached the device. A file that is gone by now is no failure. */
  sync(path: string): Promise<void>;
  /** Bytes of a file in chunks. */
  chunks(path: string): AsyncIterable<Uint8Array>;
  /** A response body that the runtime may send without copying. */
  body(path: string, size: number, range: ByteRange | undefined): BodyInit;
}

interface BunFiles {
  file(path: string): Blob;
}

/** Errno as a fault of ours; nothing upstream sees `ENOENT`. */
export function diskFault(operation: string, e: unknown): unknown {
  if (isFault(e)) return e;
  const errno = String((e as { code?: unknown }).code ?? 'unknown');
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return faults.STORAGE_FULL(undefined, { cause: e });
  if (errno === 'EROFS' || errno === 'EACCES' || errno === 'EPERM') return faults.STORAGE_READ_ONLY(undefined, { cause: e });
  return faults.STORAGE_FAILED({ operation, errno }, { cause: e });
}

const isMissing = (e: unknown): boolean => {
  const code = (e as { code?: unknown }).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

function guarded<T>(operation: string, work: () => T): T {
  try {
    return work();
  } catch (e) {
    throw diskFault(operation, e);
  }
}

async function guardedAsync<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    throw diskFault(operation, e);
  }
}

const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;
const CHUNK_BYTES = 1024 * 1024;

/** One asynchronous system call, as a promise. */
const called = (work: (done: (e: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => work((e) => (e === null || e === undefined ? resolve() : reject(e))));

/** Takes what the kernel took: a short write continues where it ended. */
async function writeAll(fs: typeof NodeFs, fd: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  let rest = chunks;
  let at = position;
  while (rest.length > 0) {
    const part = rest;
    const from = at;
    let left = 0;
    await called((done) => {
      fs.writev(fd, part as Uint8Array[], from, (e, written) => {
        left = written;
        done(e);
      });
    });
    at += left;
    const next: Uint8Array[] = [];
    for (const c of rest) {
      if (left >= c.length) left -= c.length;
      else {
        next.push(left === 0 ? c : c.subarray(left));
        left = 0;
      }
    }
    rest = next.filter((c) => c.length > 0);
  }
}

/** Over a bare descriptor: handles of the runtime cost a hop to the thread pool for each opening and closing. */
function wrap(fs: typeof NodeFs, fd: number): DiskFile {
  return {
    write: (chunks, position) => guardedAsync('write', () => writeAll(fs, fd, chunks, position)),
    sync: () => guardedAsync('sync', () => called((done) => fs.fdatasync(fd, done))),
    truncate: (size) => guardedAsync('truncate', () => called((done) => fs.ftruncate(fd, size, done))),
    close: async () => guarded('close', () => fs.closeSync(fd)),
  };
}

/** Syncs of one path that are asked for together are one sync; who comes while one runs waits for the next, which sees their change. */
function createSharedSync(sync: (path: string) => Promise<void>): (path: string) => Promise<void> {
  const running = new Map<string, { now: Promise<void>; next: Promise<void> | undefined }>();
  const begin = (path: string): Promise<void> => {
    const now = sync(path).finally(() => {
      if (running.get(path)?.now === now) running.delete(path);
    });
    running.set(path, { now, next: undefined });
    return now;
  };
  return (path) => {
    const entry = running.get(path);
    if (entry === undefined) return begin(path);
    entry.next ??= entry.now.then(
      () => begin(path),
      () => begin(path),
    );
    return entry.next;
  };
}

/** The file system of this machine, on Bun and on Node. */
export function createDiskIo(): DiskIo {
  const fs: typeof NodeFs = globalThis.process.getBuiltinModule('node:fs');
  const bun = (globalThis as { Bun?: BunFiles }).Bun;
  const openRead = (path: string): Promise<NodeFs.promises.FileHandle> =>
    fs.promises.open(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);

  const syncPath = (path: string): Promise<void> =>
    guardedAsync('sync', async () => {
      let fd: number;
      try {
        fd = fs.openSync(path, fs.constants.O_RDONLY);
      } catch (e) {
        if (isMissing(e)) return;
        throw e;
      }
      try {
        await called((done) => fs.fsync(fd, done));
      } finally {
        fs.closeSync(fd);
      }
    });

  async function* chunks(path: string, start = 0, end = Number.MAX_SAFE_INTEGER): AsyncGenerator<Uint8Array> {
    const handle = await guardedAsync('open', () => openRead(path));
    try {
      for (let at = start; at <= end; ) {
        const buffer = new Uint8Array(Math.min(CHUNK_BYTES, end - at + 1));
        const { bytesRead } = await guardedAsync('read', () => handle.read(buffer, 0, buffer.length, at));
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
  const stream = (path: string, start: number, end: number): ReadableStream<Uint8Array> => {
    const source = chunks(path, start, end);
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => source.return(undefined).then(() => undefined),
    });
  };
  return {
    stat: (path) =>
      guarded('stat', () => {
        const s = fs.lstatSync(path, { throwIfNoEntry: false });
        if (s === undefined || !(s.isFile() || s.isDirectory())) return undefined;
        return { size: s.size, modifiedMs: s.mtimeMs, directory: s.isDirectory() };
      }),
    read(path, maxBytes) {
      try {
        const bytes = fs.readFileSync(path);
        return bytes.length > maxBytes ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      } catch (e) {
        if (isMissing(e)) return undefined;
        throw diskFault('read', e);
      }
    },
    list(path) {
      try {
        return fs.readdirSync(path, { withFileTypes: true }).map((e) => ({ name: e.name, directory: e.isDirectory() }));
      } catch (e) {
        if (isMissing(e)) return [];
        throw diskFault('list', e);
      }
    },
    makeDirectory: (path) => guarded('mkdir', () => void fs.mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE })),
    open: (path) =>
      guardedAsync('open', async () =>
        wrap(fs, fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW, FILE_MODE)),
      ),
    put: (path, bytes) => guarded('write', () => fs.writeFileSync(path, bytes, { mode: FILE_MODE })),
    rename: (from, to) => guarded('rename', () => fs.renameSync(from, to)),
    link: (from, to) =>
      guarded('link', () => {
        try {
          fs.linkSync(from, to);
        } catch (e) {
          const code = (e as { code?: unknown }).code;
          if (code === 'EEXIST') return;
          if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK' && code !== 'ENOTSUP') throw e;
          fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
        }
      }),
    remove(path) {
      try {
        fs.unlinkSync(path);
        return true;
      } catch (e) {
        if (isMissing(e)) return false;
        throw diskFault('remove', e);
      }
    },
    touch: (path, at) => guarded('touch', () => fs.utimesSync(path, at, at)),
    sync: createSharedSync(syncPath),
    chunks: (path) => chunks(path),
    body(path, size, range) {
      if (bun !== undefined) {
        // Bun sends a whole file with sendfile; it also applies a Range header to it, which is why a refused range comes as a slice.
        const file = bun.file(path);
        return range === undefined ? file : file.slice(range.start, range.end + 1);
      }
      return stream(path, range?.start ?? 0, range?.end ?? size - 1) as unknown as BodyInit;
    },
  };
}
