// SPDX-License-Identifier: Apache-2.0
/**
 * An exclusive lock as a file made with O_EXCL. The file names its holder: process, its start time (process numbers are
 * reused), and the machine's boot with its process namespace (a number means nothing in another container).
 *
 * A holder on this boot and namespace is dead when its process is. One elsewhere cannot be asked: it touches the file while it
 * holds it, and is dead once it has not for a while. A dead holder's file is removed only under a second lock, the guard, so that two
 * waiters never remove each other's.
 */
import { type FileLock, filesFaults } from '@notary/base';
import { LOCK_FILE_BYTES, LOCK_FOREIGN_SILENCE_MS, LOCK_HEARTBEAT_MS, LOCK_POLL_MS, LOCK_UNREADABLE_MS } from '../limits.ts';
import { errnoOf, fileFault } from './fault.ts';
import { type Fs, loadFs } from './fs.ts';

interface Holder {
  readonly pid: number;
  readonly start: string;
  readonly machine: string;
  readonly id: string;
}

function readText(fs: Fs, path: string): string | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8');
    return text.length > LOCK_FILE_BYTES ? '' : text;
  } catch (e) {
    if (errnoOf(e) === 'ENOENT' || errnoOf(e) === 'ESRCH') return undefined;
    throw e;
  }
}

/** Linux: field 22 of `/proc/PID/stat`, counted after the name, which may hold spaces and brackets. Elsewhere empty. */
function startTimeOf(fs: Fs, pid: number): string | undefined {
  if (process.platform !== 'linux') return '';
  const text = readText(fs, `/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function machine(fs: Fs): string {
  if (process.platform !== 'linux') return process.platform;
  let namespace = '';
  try {
    namespace = fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    // A sandbox may hide it; the boot alone still tells machines apart.
  }
  return `${readText(fs, '/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${namespace}`;
}

function describeSelf(fs: Fs): Holder {
  const id = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('');
  return { pid: process.pid, start: startTimeOf(fs, process.pid) ?? '', machine: machine(fs), id };
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, start, machine: where, id } = JSON.parse(text) as Record<string, unknown>;
    if (
      !Number.isSafeInteger(pid) ||
      (pid as number) <= 0 ||
      typeof start !== 'string' ||
      typeof where !== 'string' ||
      typeof id !== 'string'
    )
      return undefined;
    return { pid: pid as number, start, machine: where, id };
  } catch {
    return undefined;
  }
}

function isRunning(fs: Fs, holder: Holder): boolean {
  if (process.platform === 'linux') return startTimeOf(fs, holder.pid) === holder.start;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (e) {
    return errnoOf(e) === 'EPERM';
  }
}

type Look = { readonly state: 'free' } | { readonly state: 'held' | 'dead'; readonly holder: string; readonly text: string };

function look(fs: Fs, path: string, self: Holder): Look {
  const text = readText(fs, path);
  const at = fs.lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (text === undefined || at === undefined) return { state: 'free' };
  const silentMs = Date.now() - at;
  const holder = parseHolder(text);
  if (holder === undefined) return { state: silentMs > LOCK_UNREADABLE_MS ? 'dead' : 'held', holder: 'unknown', text };
  const alive = holder.machine === self.machine ? isRunning(fs, holder) : silentMs < LOCK_FOREIGN_SILENCE_MS;
  return { state: alive ? 'held' : 'dead', holder: `process ${holder.pid}`, text };
}

function tryCreate(fs: Fs, path: string, text: string): boolean {
  let fd: number;
  try {
    fd = fs.openSync(path, 'wx', 0o600);
  } catch (e) {
    if (errnoOf(e) === 'EEXIST') return false;
    throw e;
  }
  try {
    fs.writeSync(fd, text);
  } catch (e) {
    fs.rmSync(path, { force: true });
    throw e;
  } finally {
    fs.closeSync(fd);
  }
  return true;
}

/** Removes a dead holder's file, unless somebody changed it since. Returns without doing so while another breaker is at work. */
function breakLock(fs: Fs, path: string, deadText: string, self: Holder): void {
  const guard = `${path}.guard`;
  if (!tryCreate(fs, guard, JSON.stringify(self))) {
    const found = look(fs, guard, self);
    if (found.state !== 'dead') return;
    // The breaker itself died. Move its guard aside in one step: only one waiter succeeds, the others find nothing.
    const aside = `${guard}-${self.id}`;
    try {
      fs.renameSync(guard, aside);
    } catch (e) {
      if (errnoOf(e) !== 'ENOENT') throw e;
    }
    fs.rmSync(aside, { force: true });
    return;
  }
  try {
    if (readText(fs, path) === deadText) fs.rmSync(path, { force: true });
  } finally {
    fs.rmSync(guard, { force: true });
  }
}

function held(fs: Fs, path: string, text: string): FileLock {
  const beat = setInterval(() => {
    try {
      const now = new Date();
      fs.utimesSync(path, now, now);
    } catch {
      // The file went away with its directory: there is nothing left to protect.
    }
  }, LOCK_HEARTBEAT_MS);
  beat.unref?.();
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      try {
        if (readText(fs, path) === text) fs.rmSync(path, { force: true });
      } catch (e) {
        throw fileFault('remove', path, e);
      }
    },
  };
}

/** See {@link Files.lock}. */
export async function lockFile(path: string, waitMs: number): Promise<FileLock> {
  const fs = await loadFs();
  const self = describeSelf(fs);
  const text = JSON.stringify(self);
  const startedAt = performance.now();
  for (;;) {
    try {
      if (tryCreate(fs, path, text)) return held(fs, path, text);
      const found = look(fs, path, self);
      if (found.state === 'free') continue;
      if (found.state === 'dead') {
        breakLock(fs, path, found.text, self);
        if (tryCreate(fs, path, text)) return held(fs, path, text);
      }
      const waitedMs = Math.round(performance.now() - startedAt);
      if (waitedMs >= waitMs) throw filesFaults.LOCKED({ path, waitedMs, holder: found.state === 'dead' ? 'stale' : found.holder });
    } catch (e) {
      throw fileFault('lock', path, e);
    }
    const left = waitMs - (performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.min(LOCK_POLL_MS, left))));
  }
}
