// SPDX-License-Identifier: Apache-2.0
/** From errno to the faults of the Files port, with the reason in Go's words. */
import { type Fault, filesFaults, isFault } from '@notary/base';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['EROFS', 'read-only file system'],
  ['EEXIST', 'file exists'],
  ['ENOTDIR', 'not a directory'],
  ['EISDIR', 'is a directory'],
  ['ENOTEMPTY', 'directory not empty'],
  ['ENOSPC', 'no space left on device'],
  ['EDQUOT', 'disk quota exceeded'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENAMETOOLONG', 'file name too long'],
  ['EMFILE', 'too many open files'],
  ['ENFILE', 'too many open files in system'],
  ['EXDEV', 'invalid cross-device link'],
  ['EIO', 'input/output error'],
  ['EBUSY', 'device or resource busy'],
  ['EINVAL', 'invalid argument'],
  ['EFBIG', 'file too large'],
  ['ETXTBSY', 'text file busy'],
]);

const MAKERS = {
  ENOENT: filesFaults.NOT_FOUND,
  EACCES: filesFaults.DENIED,
  EPERM: filesFaults.DENIED,
  EROFS: filesFaults.DENIED,
  EEXIST: filesFaults.EXISTS,
  ENOTDIR: filesFaults.NOT_DIRECTORY,
  EISDIR: filesFaults.IS_DIRECTORY,
  ENOTEMPTY: filesFaults.NOT_EMPTY,
  ENOSPC: filesFaults.NO_SPACE,
  EDQUOT: filesFaults.NO_SPACE,
} as const;

/** The errno name of a runtime error, or the empty string. */
export function errnoOf(e: unknown): string {
  const code = (e as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** The fault for an error of the file system. A fault passes through as it is. */
export function fileFault(operation: string, path: string, e: unknown): Fault {
  if (isFault(e)) return e;
  const errno = errnoOf(e);
  const make = Object.hasOwn(MAKERS, errno) ? MAKERS[errno as keyof typeof MAKERS] : filesFaults.FAILED;
  const reason = REASONS.get(errno) ?? (e instanceof Error ? e.message : String(e)).slice(0, 300);
  return make({ path, operation, reason }, { cause: e });
}
