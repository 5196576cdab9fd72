// SPDX-License-Identifier: Apache-2.0
/** Request bodies under bounds: of size, and of patience. A body that comes too slowly is cut. */
import type { Clock, Fault } from '@notary/base';
import { isFault } from '@notary/base';
import { faults } from './faults.ts';
import { BODY_PERIOD_MS, MIN_BODY_RATE, SMALL_BLOB_BYTES } from './limits.ts';

export interface BodyRules {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly tooLarge: (maxBytes: number) => Fault;
}

/** The declared length; `undefined` when there is none (chunked transfer). Faults: `REGISTRY_SIZE_INVALID`. */
export function declaredLength(request: Request): number | undefined {
  const header = request.headers.get('content-length');
  if (header === null) return undefined;
  if (!/^\d{1,15}$/.test(header)) throw faults.SIZE_INVALID({ reason: 'invalid Content-Length' });
  return Number(header);
}

/** Fails when the body brings less than the least rate over a period, until `signal` ends it. */
async function watch(clock: Clock, progress: () => number, signal: AbortSignal): Promise<never> {
  let seen = 0;
  for (;;) {
    await clock.sleep(BODY_PERIOD_MS, signal);
    const now = progress();
    if (now - seen < (MIN_BODY_RATE * BODY_PERIOD_MS) / 1000) throw faults.BODY_TOO_SLOW({ bytesPerSecond: MIN_BODY_RATE });
    seen = now;
  }
}

/** Turns of the microtask queue a body may take before a timer is worth its price: most small bodies are there already. */
const FREE_TURNS = 32;

/** Runs `work` against the watch; the loser is abandoned. */
async function watched<T>(clock: Clock, progress: () => number, work: Promise<T>): Promise<T> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  work.then(settle, settle);
  for (let turn = 0; turn < FREE_TURNS && !settled; turn++) await undefined;
  if (settled) return work;
  const abort = new AbortController();
  const watcher = watch(clock, progress, abort.signal);
  watcher.catch(() => undefined);
  try {
    return await Promise.race([work, watcher]);
  } finally {
    abort.abort();
  }
}

const unfinished = (e: unknown): unknown => (isFault(e) ? e : faults.BODY_UNFINISHED(undefined, { cause: e }));

async function pump(reader: ReadableStreamDefaultReader<Uint8Array>, take: (chunk: Uint8Array) => Promise<void> | void): Promise<void> {
  for (;;) {
    let result: { done: boolean; value?: Uint8Array | undefined };
    try {
      result = await reader.read();
    } catch (e) {
      throw unfinished(e);
    }
    if (result.done || result.value === undefined) return;
    const pause = take(result.value);
    if (pause !== undefined) await pause;
  }
}

/** Streams the body into `take`, in order. Returns the number of bytes. */
export async function streamBody(request: Request, rules: BodyRules, take: (chunk: Uint8Array) => Promise<void> | void): Promise<number> {
  const declared = declaredLength(request);
  if (declared !== undefined && declared > rules.maxBytes) throw rules.tooLarge(rules.maxBytes);
  if (request.body === null) return 0;
  let total = 0;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const work = pump(reader, (chunk) => {
    total += chunk.length;
    if (total > rules.maxBytes) throw rules.tooLarge(rules.maxBytes);
    return take(chunk);
  });
  try {
    await watched(rules.clock, () => total, work);
  } catch (e) {
    work.catch(() => undefined);
    reader.cancel().catch(() => undefined);
    throw e;
  }
  if (declared !== undefined && total !== declared) throw faults.SIZE_INVALID({ reason: 'the body is not as long as its Content-Length' });
  return total;
}

/** The whole body in memory, for what is bounded to be small. */
export async function readBody(request: Request, rules: BodyRules): Promise<Uint8Array> {
  const declared = declaredLength(request);
  if (declared !== undefined && declared > rules.maxBytes) throw rules.tooLarge(rules.maxBytes);
  if (request.body === null) return new Uint8Array(0);
  if (declared !== undefined && declared <= SMALL_BLOB_BYTES) {
    // The runtime's own buffer is much cheaper than a stream; nothing is gained by measuring the rate of so few bytes.
    const whole = request.arrayBuffer().catch((e: unknown): never => {
      throw unfinished(e);
    });
    const bytes = new Uint8Array(await watched(rules.clock, () => 0, whole));
    if (bytes.length !== declared) throw faults.SIZE_INVALID({ reason: 'the body is not as long as its Content-Length' });
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  const size = await streamBody(request, rules, (chunk) => {
    chunks.push(chunk);
  });
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
