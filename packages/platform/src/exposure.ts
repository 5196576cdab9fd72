// SPDX-License-Identifier: Apache-2.0
/** Whether the keys in this process are its own. */
import { statSync } from 'node:fs';

/**
 * Can other processes of this user read the memory and the environment of this one? Linux gives the files below /proc of a process that
 * they cannot read to root: of one that runs an executable which its user may run and not read. Elsewhere nobody tells: `undefined`.
 */
export function isMemoryReadable(): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  const user = process.geteuid?.();
  if (user === 0) return true; // what root runs, root reads
  try {
    return statSync('/proc/self/environ').uid === user;
  } catch {
    return undefined; // no /proc here
  }
}
