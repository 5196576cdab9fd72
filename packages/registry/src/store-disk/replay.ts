// SPDX-License-Identifier: Apache-2.0
/**
 * What a start does with the journal of the process before: changes are applied again in order, on top of whatever of them the layouts
 * hold already; content that did not reach its file is taken from the journal. Replaying twice is the same as replaying once.
 */
import type { Digest } from '@notary/base';
import { digestOf, isFault, type Log } from '@notary/base';
import { PENDING_BYTES, SEGMENT_BYTES, SMALL_BLOB_BYTES } from '../limits.ts';
import { parseManifest } from '../manifest.ts';
import { algorithmOf, isRepositoryName, isStoredDigest, isTag, type RepositoryName } from '../names.ts';
import type { Blobs } from './blobs.ts';
import type { DiskIo } from './io.ts';
import { type ClosedSegment, segmentName } from './journal.ts';
import type { Paths } from './paths.ts';
import { type DecodedRecord, decodeRecords } from './records.ts';
import type { Repositories } from './repositories.ts';

export interface ReplayDeps {
  readonly io: DiskIo;
  readonly paths: Paths;
  readonly repositories: Repositories;
  readonly log: Log;
  readonly writable: boolean;
}

/** Segments left by earlier processes, oldest first. */
export function findSegments(io: DiskIo, paths: Paths, nowMs: number): ClosedSegment[] {
  return io
    .list(paths.journal)
    .filter((e) => !e.directory && /^\d{12}\.log$/.test(e.name))
    .map((e) => {
      const path = `${paths.journal}/${e.name}`;
      return { sequence: Number(e.name.slice(0, 12)), path, bytes: io.stat(path)?.size ?? 0, closedAtMs: nowMs };
    })
    .sort((a, b) => a.sequence - b.sequence)
    .filter((s) => segmentName(s.sequence) === s.path.slice(s.path.lastIndexOf('/') + 1));
}

/** A segment may pass its size by one group. */
const MAX_SEGMENT_BYTES = 4 * SEGMENT_BYTES + 256 * SMALL_BLOB_BYTES;

class Replayer {
  readonly #deps: ReplayDeps;
  readonly #blobs: Blobs;
  /** The number of the newest record about a digest of a repository: only that one counts for its file. */
  readonly #lastWord = new Map<string, number>();
  #number = 0;

  constructor(deps: ReplayDeps, blobs: Blobs) {
    this.#deps = deps;
    this.#blobs = blobs;
  }

  /** First pass. A blob may have been deleted and pushed again, in a file of its own or as a manifest. */
  scan(segments: readonly ClosedSegment[]): number {
    let number = 0;
    for (const segment of segments) {
      for (const { record } of this.#records(segment)) {
        number++;
        if (record.t !== 'untag' && record.t !== 'drop') this.#lastWord.set(`${record.n}@${record.d}`, number);
      }
    }
    return number;
  }

  *#records(segment: ClosedSegment): Generator<DecodedRecord> {
    const bytes = this.#deps.io.read(segment.path, MAX_SEGMENT_BYTES);
    if (bytes !== undefined) yield* decodeRecords(bytes);
  }

  /** Second pass. */
  async apply(segment: ClosedSegment): Promise<void> {
    const { repositories, writable } = this.#deps;
    for (const decoded of this.#records(segment)) {
      const number = ++this.#number;
      const { record } = decoded;
      if (!isRepositoryName(record.n)) continue;
      if (record.t === 'put' || record.t === 'untag' || record.t === 'drop') await this.#change(record.n, decoded);
      else if (this.#lastWord.get(`${record.n}@${record.d}`) === number) await this.#blob(decoded, segment.sequence);
      if (writable && repositories.pendingBytes > PENDING_BYTES) await repositories.flush();
    }
  }

  async #blob({ record, content }: DecodedRecord, sequence: number): Promise<void> {
    const { io, paths, repositories } = this.#deps;
    const name = record.n as RepositoryName;
    if (record.t === 'untag' || record.t === 'put' || record.t === 'drop' || !isStoredDigest(record.d)) return;
    if (record.t === 'unblob') {
      this.#blobs.noteDeleted(name, record.d, sequence);
      const known = repositories.peek(name);
      if (known !== undefined) repositories.dropPending(known, record.d);
      if (this.#deps.writable) io.remove(paths.blob(name, record.d));
      return;
    }
    const loaded = await repositories.ensure(name);
    if (record.t === 'blob') this.#restore(name, record.d, content, loaded);
  }

  /** Content whose file is missing or torn waits in memory again. */
  #restore(name: RepositoryName, digest: Digest, content: Uint8Array, loaded: Awaited<ReturnType<Repositories['ensure']>>): void {
    const { io, paths, repositories } = this.#deps;
    if (digestOf(content, algorithmOf(digest)) !== digest) return;
    const path = paths.blob(name, digest);
    const there = io.read(path, SMALL_BLOB_BYTES);
    if (there !== undefined && there.length === content.length && there.every((b, i) => b === content[i])) return;
    if (this.#deps.writable) io.remove(path);
    repositories.addPending(loaded, digest, content.slice());
  }

  async #change(name: RepositoryName, { record, content }: DecodedRecord): Promise<void> {
    const { repositories, io, paths, log } = this.#deps;
    const loaded = await repositories.ensure(name);
    const { state } = loaded;
    loaded.indexDirty = true;
    if (record.t === 'untag') {
      if (isTag(record.g)) state.apply({ type: 'untag', name, tag: record.g });
      return;
    }
    if (record.t === 'drop') {
      if (isStoredDigest(record.d)) state.apply({ type: 'drop', name, digest: record.d });
      return;
    }
    if (record.t !== 'put' || !isStoredDigest(record.d)) return;
    const digest = record.d;
    if (record.inline) this.#restore(name, digest, content, loaded);
    const bytes = record.inline ? content : io.read(paths.blob(name, digest), Number.MAX_SAFE_INTEGER);
    try {
      if (bytes === undefined) throw new Error('its file is missing');
      state.apply({ type: 'put', name, digest, bytes, facts: parseManifest(bytes, record.m), tags: record.g.filter(isTag) });
    } catch (e) {
      // Removed later in the journal and collected since, or damaged by others: not a reason to refuse the start.
      log.warn('a manifest of the journal could not be restored', { repository: name, digest, reason: isFault(e) ? e.code : String(e) });
    }
  }
}

/** Replays all segments. Returns the number of records. */
export async function replay(deps: ReplayDeps, blobs: Blobs, segments: readonly ClosedSegment[]): Promise<number> {
  const replayer = new Replayer(deps, blobs);
  const records = replayer.scan(segments);
  for (const segment of segments) await replayer.apply(segment);
  return records;
}
