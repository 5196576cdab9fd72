// SPDX-License-Identifier: Apache-2.0
/**
 * The trust directory, shared with the Go client and with Docker: `private/` for keys, `tuf/GUN/metadata` for the cache,
 * `tuf/GUN/changelist` for staged changes. Files are staged and locks kept in `.notary/` beside them, because every entry of
 * `private/` and `changelist/` has a meaning to the Go tools.
 */
import { type FileLock, type Files, toHex, toUtf8 } from '@notary/base';
import { hash } from '@notary/base/crypto';
import type { Gun } from './gun.ts';
import { LOCK_WAIT_MS } from './limits.ts';

/** The folder that the Go client, Docker and this client share, such as `~/.notary` or `~/.docker/trust`. */
export interface TrustDirectory {
  readonly path: string;
  readonly files: Files;
}

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** The folder of private keys. */
export const privatePath = (dir: TrustDirectory): string => `${dir.path}/private`;
/** The folder of what is known of a collection. */
export const collectionPath = (dir: TrustDirectory, gun: Gun): string => `${dir.path}/tuf/${gun}`;
/** The folder of a collection's cached metadata. */
export const metadataPath = (dir: TrustDirectory, gun: Gun): string => `${collectionPath(dir, gun)}/metadata`;
/** The folder of a collection's staged changes. */
export const changelistPath = (dir: TrustDirectory, gun: Gun): string => `${collectionPath(dir, gun)}/changelist`;
const statePath = (dir: TrustDirectory): string => `${dir.path}/.notary`;

/** Writes a file of the trust directory all or nothing, with its directories. */
export async function writeTrusted(
  dir: TrustDirectory,
  path: string,
  bytes: Uint8Array,
  options: { exclusive?: boolean } = {},
): Promise<void> {
  const stagingDir = `${statePath(dir)}/staging`;
  const write = (): Promise<void> => dir.files.writeAtomic(path, bytes, { mode: FILE_MODE, stagingDir, ...options });
  await dir.files.makeDirectory(path.slice(0, path.lastIndexOf('/')), DIRECTORY_MODE);
  await dir.files.makeDirectory(stagingDir, DIRECTORY_MODE);
  await write();
}

/** Runs `work` while no other process of ours works on the same collection, or on the keys if no GUN is given. */
export async function withLock<T>(dir: TrustDirectory, gun: Gun | undefined, work: () => Promise<T>): Promise<T> {
  const locks = `${statePath(dir)}/locks`;
  await dir.files.makeDirectory(locks, DIRECTORY_MODE);
  const name = gun === undefined ? 'keys' : toHex(hash('SHA-256', toUtf8(gun)));
  const lock: FileLock = await dir.files.lock(`${locks}/${name}.lock`, LOCK_WAIT_MS);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Creates the directories that the reference creates when it opens a collection. */
export async function prepareCollection(dir: TrustDirectory, gun: Gun): Promise<void> {
  await dir.files.makeDirectory(metadataPath(dir, gun), DIRECTORY_MODE);
  await dir.files.makeDirectory(changelistPath(dir, gun), DIRECTORY_MODE);
  await dir.files.makeDirectory(privatePath(dir), DIRECTORY_MODE);
}

/** Removes cache and staged changes of a collection. Keys stay. */
export async function deleteLocal(dir: TrustDirectory, gun: Gun): Promise<void> {
  await withLock(dir, gun, () => dir.files.removeTree(collectionPath(dir, gun)));
}
