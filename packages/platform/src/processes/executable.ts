// SPDX-License-Identifier: Apache-2.0
/** Finds the file that a name stands for, and makes sure the kernel will take it as a program. */
import { processFaults } from '@notary/base';
import { errnoOf } from '../files/fault.ts';
import type { Fs } from '../files/fs.ts';

/** Numbers that begin a program: ELF, the Mach-O kinds (thin and fat, either order), and PE. */
const MAGIC: readonly (readonly number[])[] = [
  [0x7f, 0x45, 0x4c, 0x46],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xfe, 0xed, 0xfa, 0xcf],
  [0xfe, 0xed, 0xfa, 0xce],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x4d, 0x5a],
];
const SCRIPT = [0x23, 0x21];
const ELF = MAGIC[0] as readonly number[];

/** Processors (ELF `e_machine`) by the names runtimes use, with those whose 32-bit programs the same kernels run. */
const MACHINES: Readonly<Record<string, readonly number[]>> = {
  x64: [62, 3],
  ia32: [3],
  arm64: [183, 40],
  arm: [40],
  riscv64: [243],
  ppc64: [21],
  s390x: [22],
  loong64: [258],
};

/** Does an ELF header name another processor than ours? Offset 5 is the byte order, 18 the processor. */
function isForeign(head: Uint8Array): boolean {
  if (!startsWith(head, ELF)) return false;
  const [low, high] = head[5] === 2 ? [head[19], head[18]] : [head[18], head[19]];
  const known = MACHINES[process.arch];
  return known !== undefined && !known.includes((low as number) | ((high as number) << 8));
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((b, i) => bytes[i] === b);

/** Candidates for a name: itself when it holds a separator, else one in each folder of the search path. */
function candidates(file: string, searchPath: string): string[] {
  const windows = process.platform === 'win32';
  if (file.includes('/') || (windows && file.includes('\\'))) return windows && !/\.[a-z]+$/i.test(file) ? [file, `${file}.exe`] : [file];
  const folders = searchPath.split(windows ? ';' : ':');
  // An empty entry means the current folder to the C library. Programs of the current folder are never run by a bare name, as in Go.
  const named = folders.filter((f) => f !== '' && (windows ? /^[a-z]:|^\\\\/i.test(f) : f.startsWith('/'))).map((f) => `${f}/${file}`);
  return windows && !/\.[a-z]+$/i.test(file) ? named.flatMap((n) => [`${n}.exe`, n]) : named;
}

/** Why the kernel would refuse the file, or undefined when it would run it. */
function refusal(fs: Fs, path: string): string | undefined {
  if (!fs.statSync(path).isFile()) return 'not a regular file';
  if (process.platform !== 'win32') fs.accessSync(path, fs.constants.X_OK);
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch (e) {
    // A program may be executable and not readable: then the kernel judges, and a shell could not read it either.
    if (errnoOf(e) === 'EACCES') return undefined;
    throw e;
  }
  const head = new Uint8Array(20);
  try {
    fs.readSync(fd, head, 0, head.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const script = process.platform !== 'win32' && startsWith(head, SCRIPT);
  const program = MAGIC.some((m) => startsWith(head, m)) && !isForeign(head);
  return script || program ? undefined : 'exec format error';
}

/** Is the path in a folder that this user may not enter? Nobody can say then what is there. */
function isOutOfReach(fs: Fs, path: string): boolean {
  try {
    fs.statSync(path);
    return false;
  } catch (e) {
    return errnoOf(e) === 'EACCES';
  }
}

/** The path to start. Faults: `PROCESS_NOT_FOUND`, `PROCESS_NOT_EXECUTABLE`. */
export async function findExecutable(fs: Fs, file: string, searchPath: string): Promise<string> {
  let denied: unknown;
  for (const path of candidates(file, searchPath)) {
    try {
      const reason = refusal(fs, path);
      if (reason === undefined) return path;
      throw processFaults.NOT_EXECUTABLE({ file: path, reason });
    } catch (e) {
      const errno = errnoOf(e);
      if (errno === 'ENOENT' || errno === 'ENOTDIR') continue;
      // A folder of the search path that is closed to this user says nothing of the program: it is not found, as in Go.
      if (path !== file && isOutOfReach(fs, path)) continue;
      // As execvp: a file without permission does not end the search, but it is what is reported if nothing else is found.
      denied ??=
        errno === 'EACCES' || errno === 'EPERM'
          ? processFaults.NOT_EXECUTABLE({ file: path, reason: 'permission denied' }, { cause: e })
          : e;
    }
  }
  throw denied ?? processFaults.NOT_FOUND({ file });
}
