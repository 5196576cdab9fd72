// SPDX-License-Identifier: Apache-2.0
/**
 * An exclusive lock as a file that appears in one step with its content, which names its holder: the process, and an identifier
 * that no other holder ever has.
 *
 * A holder on this boot and namespace is dead when its process is. One elsewhere cannot be asked: it touches the file while it
 * holds it, and is dead once it has not for a while.
 *
 * Looking at a dead holder's file and removing it are two steps, and between them somebody else may have removed it and locked again.
 * So the right to remove it is itself a lock, named after the dead holder: whoever creates that file looks again, and then nobody
 * else can change the file until the right is given back. As identifiers never come back, a right that is won too late is good for
 * nothing. A right whose owner died is removed in the same way.
 */
import { type FileLock, filesFaults } from '@notary/base';
import { atExit } from '../exit.ts';
import {
  LOCK_BREAK_DEPTH,
  LOCK_EMPTY_MS,
  LOCK_FILE_BYTES,
  LOCK_FOREIGN_SILENCE_MS,
  LOCK_HEARTBEAT_MS,
  LOCK_POLL_MS,
  LOCK_SWEEP_ENTRIES,
  LOCK_UNREADABLE_MS,
} from '../limits.ts';
import { errnoOf, fileFault } from './fault.ts';
import { type Fs, firstNames, loadFs } from './fs.ts';
import { isRunning, ownMark, type ProcessMark, readText } from './holder.ts';
import { parentOf } from './node-files.ts';
import { stagedFile } from './staged.ts';

interface Holder extends ProcessMark {
  readonly id: string;
}

/** This process, under an identifier of its own for every lock. */
function describeSelf(fs: Fs): Holder {
  const id = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('');
  return { ...ownMark(fs), id };
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, start, machine, id } = JSON.parse(text) as Record<string, unknown>;
    const isPid = Number.isSafeInteger(pid) && (pid as number) > 0;
    if (!isPid || typeof start !== 'string' || typeof machine !== 'string' || typeof id !== 'string') return undefined;
    return { pid: pid as number, start, machine, id };
  } catch {
    return undefined;
  }
}

type Look = { readonly state: 'free' } | { readonly state: 'held' | 'dead'; readonly holder: string; readonly text: string };

function look(fs: Fs, path: string, self: Holder): Look {
  const text = readText(fs, path, LOCK_FILE_BYTES);
  const at = fs.lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (text === undefined || at === undefined) return { state: 'free' };
  const silentMs = Date.now() - at;
  const holder = parseHolder(text);
  if (holder === undefined) {
    const patienceMs = text === '' ? LOCK_EMPTY_MS : LOCK_UNREADABLE_MS;
    return { state: silentMs > patienceMs ? 'dead' : 'held', holder: 'unknown', text };
  }
  const alive = holder.machine === self.machine ? isRunning(fs, holder) : silentMs < LOCK_FOREIGN_SILENCE_MS;
  return { state: alive ? 'held' : 'dead', holder: `process ${holder.pid}`, text };
}

/** Creates the file with its content. False if it is there already. */
function tryCreate(fs: Fs, path: string, text: string): boolean {
  const staged = stagedFile(fs, parentOf(path));
  try {
    fs.writeFileSync(staged.path, text, { flag: 'wx', mode: 0o600 });
    fs.linkSync(staged.path, path);
    return true;
  } catch (e) {
    if (errnoOf(e) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(e))) throw e;
    return createInPlace(fs, path, text);
  } finally {
    fs.rmSync(staged.path, { force: true });
    staged.settled();
  }
}

/** For file systems without hard links: the file is empty for a moment. */
function createInPlace(fs: Fs, path: string, text: string): boolean {
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

/** The right to remove the file of a holder; its name is made of the identifier, if that is one of ours. */
function rightTo(path: string, deadText: string): string {
  const id = parseHolder(deadText)?.id ?? '';
  return `${path}.break-${/^[0-9a-z]{1,40}$/.test(id) ? id : 'unknown'}`;
}

/** Removes a dead holder's file, unless somebody changed it since. Returns without doing so while another process is at it. */
function removeDead(fs: Fs, path: string, deadText: string, self: Holder, depth = 0): void {
  const right = rightTo(path, deadText);
  if (!tryCreate(fs, right, JSON.stringify(self))) {
    const found = look(fs, right, self);
    if (found.state === 'dead' && depth < LOCK_BREAK_DEPTH) removeDead(fs, right, found.text, self, depth + 1);
    return;
  }
  const settled = atExit(() => fs.rmSync(right, { force: true }));
  try {
    const now = look(fs, path, self);
    if (now.state === 'dead' && now.text === deadText) fs.rmSync(path, { force: true });
  } finally {
    fs.rmSync(right, { force: true });
    settled();
  }
}

/** Removes rights whose owners died after they had used them. They do no harm: what cannot be listed or removed stays. */
function removeDeadRights(fs: Fs, path: string, self: Holder): void {
  try {
    sweepRights(fs, path, self);
  } catch {
    // The lock is ours already; nothing may fail from here on.
  }
}

function sweepRights(fs: Fs, path: string, self: Holder): void {
  const parent = parentOf(path);
  const start = `${path.slice(path.lastIndexOf('/') + 1)}.break-`;
  for (const name of firstNames(fs, parent, LOCK_SWEEP_ENTRIES)) {
    if (!name.startsWith(start)) continue;
    const found = look(fs, `${parent}/${name}`, self);
    if (found.state === 'dead') removeDead(fs, `${parent}/${name}`, found.text, self);
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
  const remove = (): void => {
    if (readText(fs, path, LOCK_FILE_BYTES) === text) fs.rmSync(path, { force: true });
  };
  const settled = atExit(remove);
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      try {
        remove();
      } catch (e) {
        throw fileFault('remove', path, e);
      } finally {
        settled();
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
  let broke = false;
  for (;;) {
    try {
      let found = look(fs, path, self);
      if (found.state === 'dead') {
        removeDead(fs, path, found.text, self);
        broke = true;
        found = look(fs, path, self);
      }
      if (found.state === 'free' && tryCreate(fs, path, text)) {
        if (broke) removeDeadRights(fs, path, self);
        return held(fs, path, text);
      }
      const waitedMs = Math.round(performance.now() - startedAt);
      if (waitedMs >= waitMs) {
        const holder = found.state === 'dead' ? 'stale' : found.state === 'held' ? found.holder : 'unknown';
        throw filesFaults.LOCKED({ path, waitedMs, holder });
      }
    } catch (e) {
      throw fileFault('lock', path, e);
    }
    const left = waitMs - (performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.min(LOCK_POLL_MS, left))));
  }
}
