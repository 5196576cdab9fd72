// SPDX-License-Identifier: Apache-2.0
/** All or nothing: staged in a hidden file, synced, then renamed (or linked, where the target must be new) into place. */
import { filesFaults } from '@notary/base';
import { errnoOf, fileFault } from './fault.ts';
import { type Fs, loadFs, settle } from './fs.ts';
import { parentOf } from './node-files.ts';
import { stagedFile } from './staged.ts';

export interface AtomicWriteOptions {
  readonly mode: number;
  readonly stagingDir?: string;
  readonly exclusive?: boolean;
  readonly durable?: boolean;
}

/** Bytes copied at a time between file systems. */
const COPY_BYTES = 1 << 20;

async function writeAll(fs: Fs, fd: number, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const from = at;
    at += await settle<number>((done) => fs.write(fd, bytes, from, bytes.length - from, null, done));
  }
}

/** Makes the entry itself durable. Systems that cannot sync a directory say so with EINVAL, EPERM or EISDIR: nothing to do there. */
async function syncDirectory(fs: Fs, dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = fs.openSync(dir, 'r');
  try {
    await settle<void>((done) => fs.fsync(fd, done));
  } catch (e) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes(errnoOf(e))) throw e;
  } finally {
    fs.closeSync(fd);
  }
}

async function stage(
  fs: Fs,
  staged: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  { mode, durable = true }: AtomicWriteOptions,
): Promise<void> {
  // Created for the owner alone; the wanted mode is set while the name is still secret, past the umask.
  const fd = fs.openSync(staged, 'wx', 0o600);
  try {
    if (bytes instanceof Uint8Array) await writeAll(fs, fd, bytes);
    else for await (const chunk of bytes) await writeAll(fs, fd, chunk);
    fs.fchmodSync(fd, mode);
    if (durable) await settle<void>((done) => fs.fsync(fd, done));
  } finally {
    fs.closeSync(fd);
  }
}

function publish(fs: Fs, staged: string, path: string, exclusive: boolean): void {
  if (exclusive && linkExclusively(fs, staged, path)) fs.unlinkSync(staged);
  else fs.renameSync(staged, path);
}

/** A hard link fails where the target exists, in one step. False on file systems without hard links (FAT, some network shares). */
function linkExclusively(fs: Fs, staged: string, path: string): boolean {
  try {
    fs.linkSync(staged, path);
    return true;
  } catch (e) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(e))) throw e;
    // The gap between this look and the rename is the best such a file system offers.
    if (fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw filesFaults.EXISTS({ path, operation: 'open', reason: 'file exists' });
    return false;
  }
}

/**
 * {@link publish}, also where the folder of the target is on another file system than the staging directory (a `private/` on a
 * removable disk): no file can be renamed across, so its staged copy goes beside the target first.
 */
async function publishAcross(fs: Fs, staged: string, path: string, options: AtomicWriteOptions): Promise<void> {
  const { exclusive = false, stagingDir } = options;
  try {
    return publish(fs, staged, path, exclusive);
  } catch (e) {
    if (errnoOf(e) !== 'EXDEV' || stagingDir === undefined) throw e;
  }
  const near = stagedFile(fs, parentOf(path));
  try {
    await stage(fs, near.path, readChunks(fs, staged), options);
    publish(fs, near.path, path, exclusive);
  } catch (e) {
    fs.rmSync(near.path, { force: true });
    throw e;
  } finally {
    near.settled();
  }
  fs.unlinkSync(staged);
}

/** A file in pieces, so that a large blob is not held whole. */
async function* readChunks(fs: Fs, path: string): AsyncGenerator<Uint8Array> {
  const fd = fs.openSync(path, 'r');
  try {
    for (;;) {
      const chunk = new Uint8Array(COPY_BYTES);
      const count = await settle<number>((done) => fs.read(fd, chunk, 0, chunk.length, null, done));
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** See {@link Files.writeAtomic}. A failure of any kind leaves the old file and no stray, an exit neither. */
export async function writeAtomic(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, options: AtomicWriteOptions): Promise<void> {
  const fs = await loadFs();
  const parent = parentOf(path);
  const staged = stagedFile(fs, options.stagingDir ?? parent);
  try {
    await stage(fs, staged.path, bytes, options);
    await publishAcross(fs, staged.path, path, options);
  } catch (e) {
    fs.rmSync(staged.path, { force: true });
    // What the caller's own stream threw is the caller's: only errors of the system are translated.
    if (errnoOf(e) === '' || !('syscall' in (e as object))) throw e;
    throw fileFault('open', path, e);
  } finally {
    staged.settled();
  }
  if (options.durable === false) return;
  try {
    await syncDirectory(fs, parent);
  } catch (e) {
    throw fileFault('sync', parent, e);
  }
}
