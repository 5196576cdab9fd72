// SPDX-License-Identifier: Apache-2.0
/** Copies many collections: one after the other, with pauses, and able to go on where it stopped. */
import { type Clock, type Fault, type Files, fromUtf8, isFault, toUtf8 } from '@notary/base';
import { isJsonObject, parseJsonStrict } from '@notary/base/json';
import { collectionFaults } from './faults.ts';
import { type Gun, parseGun } from './gun.ts';
import { MAX_MIRROR_LIST, MAX_RETRY_AFTER_MS, MIRROR_PAUSE_MS } from './limits.ts';
import type { MirrorReport } from './mirror.ts';

/** Names, one a line; empty lines and lines that begin with `#` do not count. Faults: `COLLECTION_MIRROR_LIST_INVALID`. */
export function parseMirrorList(text: string): Gun[] {
  const guns: Gun[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    try {
      guns.push(parseGun(line));
    } catch (cause) {
      throw collectionFaults.MIRROR_LIST_INVALID({ line: i + 1, text: line }, { cause });
    }
    if (guns.length > MAX_MIRROR_LIST)
      throw collectionFaults.MIRROR_LIST_INVALID({ line: i + 1, text: `more than ${MAX_MIRROR_LIST} names` });
  }
  return [...new Set(guns)];
}

/** How the copying of a list goes on, collection by collection. */
export type MirrorEvent =
  | { readonly kind: 'started'; readonly gun: string; readonly position: number; readonly total: number }
  | { readonly kind: 'done'; readonly gun: string; readonly report: MirrorReport }
  | { readonly kind: 'skipped'; readonly gun: string }
  | { readonly kind: 'waiting'; readonly gun: string; readonly ms: number }
  | { readonly kind: 'failed'; readonly gun: string; readonly fault: Fault };

/** The collections to copy, and how to copy one. */
export interface MirrorListOptions {
  readonly guns: readonly Gun[];
  readonly directory: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly mirror: (gun: Gun) => Promise<MirrorReport>;
  readonly onEvent: (event: MirrorEvent) => void;
}

/** What became of each collection of a list. */
export interface MirrorListReport {
  readonly done: readonly MirrorReport[];
  /** Copied by an earlier run that did not get to the end. */
  readonly skipped: readonly string[];
  readonly failed: readonly { readonly gun: string; readonly fault: Fault }[];
}

const STATE_BYTES = 16 * 1024 * 1024;
const TRIES = 5;

/** One collection that fails does not stop the others. The state of an unfinished run lies in `.mirror/progress.json`. */
export async function mirrorList(options: MirrorListOptions): Promise<MirrorListReport> {
  const { guns, directory, files, clock, onEvent } = options;
  const statePath = `${directory}/.mirror/progress.json`;
  const finished = await readProgress(files, statePath);
  const done: MirrorReport[] = [];
  const failed: { gun: string; fault: Fault }[] = [];
  const skipped: string[] = [];
  for (const [i, gun] of guns.entries()) {
    if (finished.has(gun)) {
      skipped.push(gun);
      onEvent({ kind: 'skipped', gun });
      continue;
    }
    onEvent({ kind: 'started', gun, position: i + 1, total: guns.length });
    try {
      const report = await patiently(options, gun);
      done.push(report);
      finished.add(gun);
      await writeProgress(files, statePath, directory, finished);
      onEvent({ kind: 'done', gun, report });
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      failed.push({ gun, fault });
      onEvent({ kind: 'failed', gun, fault });
    }
    if (i + 1 < guns.length) await clock.sleep(MIRROR_PAUSE_MS);
  }
  if (failed.length === 0) await files.remove(statePath);
  return { done, skipped, failed };
}

/** A server that says "too much" or "not now" gets time: the pause doubles up to a bound. */
async function patiently(options: MirrorListOptions, gun: Gun): Promise<MirrorReport> {
  for (let attempt = 1, ms = 1000; ; attempt++, ms = Math.min(ms * 4, MAX_RETRY_AFTER_MS)) {
    try {
      return await options.mirror(gun);
    } catch (e) {
      const busy = isFault(e, 'COLLECTION_SERVER_UNAVAILABLE') && [429, 502, 503, 504].includes(Number(e.facts.status));
      if (!busy || attempt >= TRIES) throw e;
      options.onEvent({ kind: 'waiting', gun, ms });
      await options.clock.sleep(ms);
    }
  }
}

async function readProgress(files: Files, path: string): Promise<Set<string>> {
  const bytes = await files.read(path, STATE_BYTES);
  if (bytes === undefined) return new Set();
  try {
    const value = parseJsonStrict(fromUtf8(bytes), { maxBytes: STATE_BYTES });
    const list = isJsonObject(value) && Array.isArray(value.finished) ? value.finished : [];
    return new Set(list.filter((g): g is string => typeof g === 'string'));
  } catch (e) {
    if (isFault(e)) return new Set(); // unreadable progress costs time, not correctness
    throw e;
  }
}

async function writeProgress(files: Files, path: string, directory: string, finished: ReadonlySet<string>): Promise<void> {
  await files.makeDirectory(`${directory}/.mirror`, 0o755);
  await files.writeAtomic(path, toUtf8(`${JSON.stringify({ version: 1, finished: [...finished] })}\n`), {
    mode: 0o644,
    stagingDir: `${directory}/.mirror`,
  });
}
