// SPDX-License-Identifier: Apache-2.0
/** Blobs of repositories: files in their layouts, the pending ones of the journal, and small ones kept in memory once read. */
import { type Clock, type Digest, equalBytes } from '@notary/base';
import { ByteLru } from '../byte-lru.ts';
import {
  BLOB_CACHE_BYTES,
  CACHED_BLOB_BYTES,
  HOT_BLOB_BYTES,
  HOT_BLOB_PAUSE_MS,
  HOT_BLOB_WINDOW_MS,
  MAX_HOT_CANDIDATES,
  SMALL_BLOB_BYTES,
} from '../limits.ts';
import { algorithmOf, type RepositoryName } from '../names.ts';
import type { ByteRange } from '../store.ts';
import type { DiskIo } from './io.ts';
import type { Journal } from './journal.ts';
import type { Paths } from './paths.ts';
import type { Repositories } from './repositories.ts';

export interface BlobsDeps {
  readonly io: DiskIo;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly repositories: Repositories;
  readonly journal: Journal;
  readonly writable: boolean;
  /** Makes the name of the root itself durable. */
  readonly settleRoot: () => Promise<void>;
}

interface Cached {
  readonly bytes: Uint8Array<ArrayBuffer>;
  touchedMs: number;
}

/** A blob asked about is about to be used: its age starts over, at most this often. */
const TOUCH_EVERY_MS = 60_000;
/** Remembered homes of digests, for mounts that name no source. */
const MAX_HOMES = 4096;

export class Blobs {
  readonly #deps: BlobsDeps;
  readonly #cache = new ByteLru<string, Cached>(BLOB_CACHE_BYTES);
  /** Blobs that were asked for once lately, and when. */
  readonly #candidates = new Map<string, number>();
  #hotAtMs = Number.NEGATIVE_INFINITY;
  readonly #homes = new Map<Digest, RepositoryName>();
  /** Digests deleted lately, by repository: a file that appears again needs a record of its own, or replay would delete it. */
  readonly #deleted = new Map<string, number>();
  readonly #deleting = new Map<string, Promise<void>>();

  constructor(deps: BlobsDeps) {
    this.#deps = deps;
  }

  #key(name: RepositoryName, digest: Digest): string {
    return `${name}@${digest}`;
  }
  #nowMs(): number {
    return this.#deps.clock.now().getTime();
  }

  size(name: RepositoryName, digest: Digest): number | undefined {
    const pending = this.#deps.repositories.peek(name)?.pending.get(digest);
    if (pending !== undefined) return pending.length;
    const cached = this.#cache.get(this.#key(name, digest));
    const now = this.#nowMs();
    if (cached !== undefined && now - cached.touchedMs < TOUCH_EVERY_MS) return cached.bytes.length;
    const path = this.#deps.paths.blob(name, digest);
    const stat = this.#deps.io.stat(path);
    if (stat === undefined || stat.directory) return undefined;
    if (cached !== undefined) cached.touchedMs = now;
    if (now - stat.modifiedMs > TOUCH_EVERY_MS) this.#touch(path);
    return stat.size;
  }

  #touch(path: string): void {
    if (!this.#deps.writable) return;
    try {
      this.#deps.io.touch(path, this.#deps.clock.now());
    } catch {
      // Collected in this very moment, or not ours to touch: the answer about its size stands.
    }
  }

  body(name: RepositoryName, digest: Digest, size: number, range: ByteRange | undefined): BodyInit {
    const bytes = (this.#deps.repositories.peek(name)?.pending.get(digest) ?? this.#small(name, digest, size)) as
      | Uint8Array<ArrayBuffer>
      | undefined;
    if (bytes !== undefined) return range === undefined ? bytes : bytes.subarray(range.start, range.end + 1);
    return this.#deps.io.body(this.#deps.paths.blob(name, digest), size, range);
  }

  #small(name: RepositoryName, digest: Digest, size: number): Uint8Array | undefined {
    if (size > HOT_BLOB_BYTES) return undefined;
    const key = this.#key(name, digest);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached.bytes;
    if (size > CACHED_BLOB_BYTES && !this.#isHot(key)) return undefined;
    const bytes = this.#deps.io.read(this.#deps.paths.blob(name, digest), HOT_BLOB_BYTES);
    if (bytes === undefined || bytes.length !== size) return undefined;
    this.#cache.set(key, { bytes: bytes as Uint8Array<ArrayBuffer>, touchedMs: this.#nowMs() }, bytes.length + 512);
    return bytes;
  }

  /** Was it asked for a moment ago, and may one more be taken in? */
  #isHot(key: string): boolean {
    const now = this.#nowMs();
    const askedMs = this.#candidates.get(key);
    if (askedMs !== undefined && now - askedMs < HOT_BLOB_WINDOW_MS) {
      if (now - this.#hotAtMs < HOT_BLOB_PAUSE_MS) return false;
      this.#hotAtMs = now;
      this.#candidates.delete(key);
      return true;
    }
    if (this.#candidates.size >= MAX_HOT_CANDIDATES) this.#candidates.clear();
    this.#candidates.set(key, now);
    return false;
  }

  /** Is exactly this stored, and staying? A damaged file does not count, so that a push mends it. */
  #holds(name: RepositoryName, digest: Digest, bytes: Uint8Array): boolean {
    if (this.#deleting.has(this.#key(name, digest)) || this.size(name, digest) !== bytes.length) return false;
    const stored =
      this.#deps.repositories.peek(name)?.pending.get(digest) ?? this.#deps.io.read(this.#deps.paths.blob(name, digest), bytes.length);
    return stored !== undefined && equalBytes(stored, bytes);
  }

  /** A small blob, by way of the journal. */
  async put(name: RepositoryName, digest: Digest, bytes: Uint8Array): Promise<void> {
    const { repositories, journal } = this.#deps;
    if (this.#holds(name, digest, bytes)) return;
    await repositories.makeRoom();
    const loaded = await repositories.ensure(name);
    loaded.pins++;
    try {
      await journal.append({ t: 'blob', n: name, d: digest }, bytes, () => repositories.addPending(loaded, digest, bytes));
    } finally {
      loaded.pins--;
    }
    this.#remember(digest, name);
    repositories.flushSoon();
  }

  /** Makes a synced staging file the blob. */
  async adopt(name: RepositoryName, digest: Digest, staged: string): Promise<void> {
    const { io, paths, repositories } = this.#deps;
    const loaded = await repositories.ensure(name);
    await this.#deleting.get(this.#key(name, digest));
    loaded.pins++;
    try {
      repositories.make(loaded);
      io.rename(staged, paths.blob(name, digest));
      await this.#secure(name, digest);
    } finally {
      loaded.pins--;
    }
    this.#remember(digest, name);
    repositories.flushSoon();
  }

  /** The name of a blob file reaches the device, as do the directories above it while they are new. */
  async #secure(name: RepositoryName, digest: Digest): Promise<void> {
    const { io, paths, repositories, journal } = this.#deps;
    const directory = paths.blobDirectory(name, algorithmOf(digest));
    await this.#deps.settleRoot();
    await io.sync(directory);
    for (const at of paths.upwards(directory)) {
      if (at === directory || !repositories.unsyncedDirectories.has(at)) continue;
      await io.sync(at);
      repositories.unsyncedDirectories.delete(at);
    }
    if (this.#deleted.has(this.#key(name, digest))) await journal.append({ t: 'have', n: name, d: digest }, undefined, () => undefined);
  }

  async mount(from: RepositoryName, to: RepositoryName, digest: Digest): Promise<boolean> {
    const { io, paths, repositories } = this.#deps;
    const pending = (await repositories.open(from))?.pending.get(digest);
    if (pending !== undefined) {
      await this.put(to, digest, pending);
      return true;
    }
    const size = this.size(from, digest);
    if (size === undefined) return false;
    if (this.size(to, digest) === size) return true;
    const small = size <= SMALL_BLOB_BYTES ? io.read(paths.blob(from, digest), SMALL_BLOB_BYTES) : undefined;
    if (small !== undefined) {
      await this.put(to, digest, small);
      return true;
    }
    const loaded = await repositories.ensure(to);
    await this.#deleting.get(this.#key(to, digest));
    loaded.pins++;
    try {
      repositories.make(loaded);
      io.link(paths.blob(from, digest), paths.blob(to, digest));
      await io.sync(paths.blob(to, digest));
      await this.#secure(to, digest);
    } finally {
      loaded.pins--;
    }
    repositories.flushSoon();
    return true;
  }

  async remove(name: RepositoryName, digest: Digest): Promise<boolean> {
    const { journal, repositories, io, paths } = this.#deps;
    const key = this.#key(name, digest);
    const running = this.#deleting.get(key);
    if (running !== undefined) {
      await running;
      return false;
    }
    if (this.size(name, digest) === undefined) return false;
    const loaded = await repositories.ensure(name);
    this.#deleted.set(key, journal.sequence);
    const deletion = journal.append({ t: 'unblob', n: name, d: digest }, undefined, () => {
      repositories.dropPending(loaded, digest);
      this.forget(name, digest);
      io.remove(paths.blob(name, digest));
    });
    const settled = deletion.then(
      () => undefined,
      () => undefined,
    );
    this.#deleting.set(key, settled);
    try {
      await deletion;
    } finally {
      this.#deleting.delete(key);
    }
    return true;
  }

  /** Its file is gone or going. */
  forget(name: RepositoryName, digest: Digest): void {
    this.#cache.delete(this.#key(name, digest));
  }

  /** Deletions up to this segment can no longer be replayed. */
  retire(sequence: number): void {
    for (const [key, at] of this.#deleted) if (at <= sequence) this.#deleted.delete(key);
  }
  /** A deletion found in the journal at start. */
  noteDeleted(name: RepositoryName, digest: Digest, sequence: number): void {
    this.#deleted.set(this.#key(name, digest), sequence);
  }

  #remember(digest: Digest, name: RepositoryName): void {
    if (this.#homes.size >= MAX_HOMES) {
      const oldest = this.#homes.keys().next().value;
      if (oldest !== undefined) this.#homes.delete(oldest);
    }
    this.#homes.set(digest, name);
  }

  /** The repository that got this blob last. */
  homeOf(digest: Digest): RepositoryName | undefined {
    return this.#homes.get(digest);
  }
}
