// SPDX-License-Identifier: Apache-2.0
/**
 * Which process a file on disk belongs to, and whether that process still runs: its number, its start time (numbers are reused),
 * and the machine's boot with its process namespace (a number means nothing in another container).
 */
import { errnoOf } from './fault.ts';
import type { Fs } from './fs.ts';

/** A process, as it is named in and by files. */
export interface ProcessMark {
  readonly pid: number;
  /** Empty where the system does not tell. */
  readonly start: string;
  /** Boot and process namespace, separated by a blank. */
  readonly machine: string;
}

/** A small file as text; nothing where it is absent. Longer than `maxBytes`: the empty text. */
export function readText(fs: Fs, path: string, maxBytes = 4_096): string | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8');
    return text.length > maxBytes ? '' : text;
  } catch (e) {
    if (errnoOf(e) === 'ENOENT' || errnoOf(e) === 'ESRCH') return undefined;
    throw e;
  }
}

/**
 * Linux: field 22 of `/proc/PID/stat`, counted after the name, which may hold spaces and brackets; nothing for a process that ended and
 * is only kept for its parent. Elsewhere empty.
 */
function startTimeOf(fs: Fs, pid: number): string | undefined {
  if (process.platform !== 'linux') return '';
  const text = readText(fs, `/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function machineOf(fs: Fs): string {
  if (process.platform !== 'linux') return process.platform;
  let namespace = '';
  try {
    namespace = fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    // A sandbox may hide it; the boot alone still tells machines apart.
  }
  return `${readText(fs, '/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${namespace}`;
}

let self: ProcessMark | undefined;

/** This process. */
export function ownMark(fs: Fs): ProcessMark {
  self ??= { pid: process.pid, start: startTimeOf(fs, process.pid) ?? '', machine: machineOf(fs) };
  return self;
}

/** Does a process of this machine and namespace still run? */
export function isRunning(fs: Fs, { pid, start }: Pick<ProcessMark, 'pid' | 'start'>): boolean {
  if (process.platform === 'linux') return startTimeOf(fs, pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return errnoOf(e) === 'EPERM';
  }
}
