// SPDX-License-Identifier: Apache-2.0
/** What the stores need of files beyond the port: Go's words where something is missing, and writes with the modes of the reference. */
import { type FileStat, type Files, filesFaults } from '@notary/base';
import type { AppDeps } from '../deps.ts';
import { configDirectory } from '../directories.ts';
import { directoryName } from './paths.ts';

const DIRECTORY_MODE = 0o700;

/** The bytes of a file that has to be there: `open P: no such file or directory` otherwise. */
export async function readExisting(files: Files, path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await files.read(path, maxBytes);
  if (bytes === undefined) throw filesFaults.NOT_FOUND({ operation: 'open', path, reason: 'no such file or directory' });
  return bytes;
}

/** What is at a path: `stat P: no such file or directory` if nothing is. */
export async function statExisting(files: Files, path: string, operation = 'stat'): Promise<FileStat> {
  const stat = await files.stat(path);
  if (stat === undefined) throw filesFaults.NOT_FOUND({ operation, path, reason: 'no such file or directory' });
  return stat;
}

/** Removes a file that has to be there. */
export async function removeExisting(files: Files, path: string): Promise<void> {
  if (!(await files.remove(path))) throw filesFaults.NOT_FOUND({ operation: 'remove', path, reason: 'no such file or directory' });
}

export interface ConfigWrite {
  /** Of a new file; an existing one keeps its mode. */
  readonly mode: number;
  /** `exclusive`: `open P: file exists` where something is there. */
  readonly existing: 'replace' | 'exclusive';
}

/**
 * Writes a file below the configuration directory, all or nothing. It is staged in the configuration directory itself: in a trust
 * store or among local keys every entry has a meaning.
 */
export async function writeConfigFile(deps: AppDeps, path: string, bytes: Uint8Array, { mode, existing }: ConfigWrite): Promise<void> {
  const { files } = deps;
  const root = configDirectory(deps);
  await files.makeDirectory(root, DIRECTORY_MODE);
  await files.makeDirectory(directoryName(deps, path), DIRECTORY_MODE);
  const old = existing === 'replace' ? await files.stat(path) : undefined;
  await files.writeAtomic(path, bytes, {
    mode: old?.kind === 'file' ? old.mode : mode,
    stagingDir: root,
    ...(existing === 'exclusive' ? { exclusive: true } : {}),
  });
}
