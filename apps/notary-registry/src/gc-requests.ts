// SPDX-License-Identifier: Apache-2.0
/**
 * How `gc` reaches the registry that serves a root: by files below it. Who may write there may do anything to the registry anyway, so
 * neither an address nor a secret is needed, and it works from another container that shares the volume.
 *
 * `ID.ask` is the request; the server takes it, rewrites `ID.work` while it is busy, and leaves `ID.answer`.
 */
import { type Clock, type Files, fromUtf8, isFault, type Log, type Random, toHex, toUtf8 } from '@notary/base';
import type { CollectOptions, CollectReport } from '@notary/registry';
import { faults } from './faults.ts';

/** What is asked; the server keeps content younger than {@link LEAST_GRACE_MS} whatever is asked. */
export type GcRequest = Required<Pick<CollectOptions, 'graceMs' | 'untagged' | 'dryRun'>>;

/** Beside pushes a blob must rest this long before it counts as garbage: their manifest comes last. */
export const LEAST_GRACE_MS = 120_000;
/** The server looks this often. */
const LOOK_MS = 1000;
/** The command looks this often. */
const POLL_MS = 100;
/** A request that nobody took is withdrawn after this time: ten looks of the server. */
const TAKE_MS = 10_000;
/** The server says this often that it is at work. */
const BEAT_MS = 5000;
/** A server that was silent for six beats is gone. */
const SILENCE_MS = 30_000;
/** Answers that nobody fetched are removed after this time. */
const ANSWER_LIFE_MS = 600_000;
/** A request or an answer is one line of numbers. */
const MAX_BYTES = 4096;
/** Requests looked at in one look. */
const MAX_REQUESTS = 16;

const directoryOf = (root: string): string => `${root.replace(/\/$/, '')}/.notary/gc`;
const ID = /^([0-9a-f]{32})\.ask$/;
const NUMBERS = ['repositories', 'manifestsRemoved', 'blobsRemoved', 'bytesRemoved', 'blobsKept'] as const;

type Row = Record<string, unknown>;

/** A small JSON object, or `undefined` if it is none (yet). */
async function readRow(files: Files, path: string): Promise<Row | undefined> {
  const bytes = await files.read(path, MAX_BYTES);
  if (bytes === undefined) return undefined;
  try {
    const value = JSON.parse(fromUtf8(bytes)) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}

const writeRow = (files: Files, path: string, row: Row): Promise<void> =>
  files.writeAtomic(path, toUtf8(`${JSON.stringify(row)}\n`), { mode: 0o644 });

function parseRequest(row: Row | undefined): GcRequest | undefined {
  const { graceMs, untagged, dryRun } = row ?? {};
  if (typeof graceMs !== 'number' || !Number.isSafeInteger(graceMs) || graceMs < 0) return undefined;
  if (typeof untagged !== 'boolean' || typeof dryRun !== 'boolean') return undefined;
  return { graceMs: Math.max(LEAST_GRACE_MS, graceMs), untagged, dryRun };
}

export interface GcServerDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly root: string;
  readonly collect: (options: CollectOptions) => Promise<CollectReport>;
  readonly signal: AbortSignal;
}

/** Takes requests until the signal. A directory that cannot be made (a read-only disk) means that there are none. */
export async function serveGcRequests(deps: GcServerDeps): Promise<void> {
  const { files, clock, root, log, signal } = deps;
  const directory = directoryOf(root);
  try {
    await files.makeDirectory(directory, 0o755);
    for (const { name } of (await files.list(directory)) ?? []) await files.remove(`${directory}/${name}`);
  } catch (e) {
    log.debug('requests to collect cannot be taken', { error: e });
    return;
  }
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal);
    try {
      await look(deps, directory);
    } catch (e) {
      if (!signal.aborted) log.error('a request to collect failed', { error: e });
    }
  }
}

async function look(deps: GcServerDeps, directory: string): Promise<void> {
  const { files, clock } = deps;
  const names = ((await files.list(directory)) ?? []).slice(0, MAX_REQUESTS);
  for (const { name } of names) {
    const path = `${directory}/${name}`;
    const id = ID.exec(name)?.[1];
    if (id !== undefined) {
      const request = parseRequest(await readRow(files, path));
      if (await files.remove(path)) await answer(deps, `${directory}/${id}`, request);
      continue;
    }
    const age = clock.now().getTime() - ((await files.stat(path))?.modifiedAt.getTime() ?? 0);
    if (age > ANSWER_LIFE_MS) await files.remove(path);
  }
}

async function answer(deps: GcServerDeps, base: string, request: GcRequest | undefined): Promise<void> {
  const { files, clock, log, signal } = deps;
  const done = new AbortController();
  const beat = async (): Promise<void> => {
    for (let beats = 0; !done.signal.aborted; beats++) {
      await writeRow(files, `${base}.work`, { beats });
      await clock.sleep(BEAT_MS, done.signal);
    }
  };
  const beating = beat().catch(() => undefined);
  let row: Row;
  try {
    if (request === undefined) row = { error: 'the request is malformed' };
    else {
      const report = await deps.collect({ ...request, signal });
      log.info('collected on request', { ...report, ...request });
      row = { report };
    }
  } catch (e) {
    row = { error: signal.aborted ? 'it is stopping' : isFault(e) ? e.message : 'its log says why' };
    if (!signal.aborted) log.error('collecting on request failed', { error: e });
  }
  done.abort();
  await beating;
  await writeRow(files, `${base}.answer`, row);
  await files.remove(`${base}.work`);
}

export interface GcClientDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
}

/** Has the registry that serves the root collect. Faults: `NOTARYREGISTRY_GC_UNANSWERED`, `NOTARYREGISTRY_GC_REFUSED`. */
export async function requestGc(root: string, request: GcRequest, deps: GcClientDeps): Promise<CollectReport> {
  const { files } = deps;
  const directory = directoryOf(root);
  if ((await files.stat(directory)) === undefined) throw faults.GC_UNANSWERED({ root });
  const base = `${directory}/${toHex(deps.random.bytes(16))}`;
  await writeRow(files, `${base}.ask`, { ...request });
  try {
    return parseReport(await awaitAnswer(base, root, deps));
  } finally {
    await files.remove(`${base}.ask`);
    await files.remove(`${base}.answer`);
  }
}

async function awaitAnswer(base: string, root: string, { files, clock }: GcClientDeps): Promise<Row> {
  let heardAt = clock.now().getTime();
  let beats: unknown;
  for (;;) {
    const row = await readRow(files, `${base}.answer`);
    if (row !== undefined) return row;
    const work = (await readRow(files, `${base}.work`))?.['beats'];
    const now = clock.now().getTime();
    if (work !== undefined && work !== beats) {
      beats = work;
      heardAt = now;
    }
    if (now - heardAt > (beats === undefined ? TAKE_MS : SILENCE_MS)) throw faults.GC_UNANSWERED({ root });
    await clock.sleep(POLL_MS);
  }
}

function parseReport(row: Row): CollectReport {
  const { report, error } = row;
  const numbers = (typeof report === 'object' && report !== null ? report : {}) as Row;
  if (!NUMBERS.every((n) => Number.isSafeInteger(numbers[n])))
    throw faults.GC_REFUSED({ reason: typeof error === 'string' ? error.slice(0, 500) : 'its answer is malformed' });
  return Object.fromEntries(NUMBERS.map((n) => [n, numbers[n]])) as unknown as CollectReport;
}
