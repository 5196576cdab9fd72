// SPDX-License-Identifier: Apache-2.0
/** The store on disk, put together: lock, journal, repositories, blobs, uploads, upkeep. */
import { type Clock, type Digest, digestOf, isFault, type Log, type Random, silentLog } from '@notary/base';
import { faults } from '../faults.ts';
import { MAX_DIRECTORIES, MAX_MOUNT_CANDIDATES, SEGMENT_BYTES, SEGMENT_REST_MS, SMALL_BLOB_BYTES, UPKEEP_MS } from '../limits.ts';
import { type Algorithm, algorithmOf, type RepositoryName } from '../names.ts';
import type { Change, ManifestEntry, RepositoryState, TagExpectation } from '../state.ts';
import type { ByteRange, CollectOptions, CollectReport, RegistryStore, Upload } from '../store.ts';
import { Blobs } from './blobs.ts';
import { collect } from './collect.ts';
import { createDiskIo, type DiskIo } from './io.ts';
import { Journal } from './journal.ts';
import { lockRoot, type RootLock } from './lock.ts';
import { childName, Paths } from './paths.ts';
import type { JournalRecord } from './records.ts';
import { findSegments, replay } from './replay.ts';
import { type Loaded, Repositories } from './repositories.ts';
import { UploadArea } from './upload-area.ts';

/** Which directory, and what serving it needs. */
export interface DiskStoreOptions {
  /** Directory of the layouts; made if missing. */
  readonly root: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
  /** Never writes. The root may then be on a read-only disk. */
  readonly readOnly?: boolean;
  /** For tests. */
  readonly io?: DiskIo;
}

/** Journal bytes kept for their rest; beyond, the oldest segments are settled at once. */
const MAX_JOURNAL_BYTES = 8 * SEGMENT_BYTES;
/** Files synced side by side when a segment is settled. */
const SYNC_WIDTH = 4;
/** A stop syncs at most this many files; more is left to the journal and the next start. */
const MAX_SYNC_AT_STOP = 5000;

class DiskStore implements RegistryStore {
  readonly writable: boolean;
  readonly #io: DiskIo;
  readonly #paths: Paths;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lock: RootLock | undefined;
  readonly #journal: Journal;
  readonly #repositories: Repositories;
  readonly #blobs: Blobs;
  readonly #uploads: UploadArea;
  readonly #stop = new AbortController();
  #settling: Promise<void> | undefined;
  #collecting: Promise<unknown> = Promise.resolve();

  constructor(options: DiskStoreOptions, parts: { io: DiskIo; paths: Paths; lock: RootLock | undefined; settleRoot: () => Promise<void> }) {
    const { io, paths, settleRoot } = parts;
    this.writable = options.readOnly !== true;
    this.#io = io;
    this.#paths = paths;
    this.#lock = parts.lock;
    this.#clock = options.clock;
    this.#log = options.log ?? silentLog;
    const { clock, random } = options;
    const segments = findSegments(io, paths, clock.now().getTime());
    this.#journal = new Journal(io, paths.journal, clock, (segments.at(-1)?.sequence ?? 0) + 1, settleRoot);
    this.#journal.segments.push(...segments);
    const writable = this.writable;
    const repositories = (this.#repositories = new Repositories({
      io,
      paths,
      clock,
      log: this.#log,
      writable,
    }));
    this.#blobs = new Blobs({ io, paths, clock, repositories, journal: this.#journal, writable, settleRoot });
    this.#uploads = new UploadArea({ io, paths, clock, random, blobs: this.#blobs });
  }

  async start(): Promise<void> {
    const deps = { io: this.#io, paths: this.#paths, repositories: this.#repositories, log: this.#log, writable: this.writable };
    const records = await replay(deps, this.#blobs, this.#journal.segments);
    if (records > 0) this.#log.info('journal replayed', { records });
    if (!this.writable) return;
    this.#uploads.clearOrphans();
    if (records > 0) this.#repositories.flushSoon();
    this.#upkeep().catch((e) => {
      if (!this.#stop.signal.aborted) this.#log.error('upkeep ended', { error: e });
    });
  }

  async #upkeep(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(UPKEEP_MS, this.#stop.signal);
      try {
        await this.#uploads.sweep();
        await this.#journal.rotate();
        await this.#settle(this.#clock.now().getTime() - SEGMENT_REST_MS);
      } catch (e) {
        this.#log.error('upkeep failed; it is tried again', { error: e });
      }
    }
  }

  /** Drops segments closed before an instant, once all they stand for is synced in its own place. */
  async #settle(closedBeforeMs: number): Promise<void> {
    while (this.#settling !== undefined) await this.#settling;
    this.#settling = this.#settleNow(closedBeforeMs).finally(() => {
      this.#settling = undefined;
    });
    await this.#settling;
  }

  async #settleNow(closedBeforeMs: number): Promise<void> {
    const { segments } = this.#journal;
    let total = segments.reduce((sum, s) => sum + s.bytes, 0);
    const due = segments.filter((s) => {
      const take = s.closedAtMs <= closedBeforeMs || total > MAX_JOURNAL_BYTES;
      if (take) total -= s.bytes;
      return take;
    });
    const newest = due.at(-1);
    if (newest === undefined) return;
    // What these segments hold was applied before they were closed, so one flush writes the last of it.
    await this.#repositories.flush();
    if (this.#repositories.failure !== undefined) return;
    await this.#syncAll();
    for (const segment of due) this.#journal.drop(segment);
    this.#blobs.retire(newest.sequence);
  }

  /** Files first, then the directories that name them. A failed one is kept for the next attempt, and fails this one. */
  async #syncAll(): Promise<void> {
    const { unsyncedFiles, unsyncedDirectories } = this.#repositories;
    for (const set of [unsyncedFiles, unsyncedDirectories]) {
      const paths = [...set];
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
          set.delete(path);
          try {
            await this.#io.sync(path);
          } catch (e) {
            set.add(path);
            throw e;
          }
        }
      };
      await Promise.all(Array.from({ length: SYNC_WIDTH }, worker));
    }
  }

  peek(name: string): RepositoryState | undefined {
    return this.#repositories.peek(name)?.state;
  }
  async open(name: RepositoryName): Promise<RepositoryState | undefined> {
    return (await this.#repositories.open(name))?.state;
  }
  async names(last: string | undefined, limit: number): Promise<readonly RepositoryName[]> {
    return this.#allNames()
      .filter((n) => last === undefined || n > last)
      .slice(0, limit);
  }

  #allNames(): RepositoryName[] {
    const names = new Set<RepositoryName>();
    for (const { state } of this.#repositories.all()) names.add(state.name);
    const queue: { name: string; path: string }[] = [{ name: '', path: this.#paths.root }];
    for (let visited = 0; visited < MAX_DIRECTORIES && queue.length > 0; visited++) {
      const at = queue.pop() as { name: string; path: string };
      for (const entry of this.#io.list(at.path)) {
        // The blobs of a layout are no repositories; a repository called `blobs` has another directory name.
        if (!entry.directory || entry.name === 'blobs' || entry.name === 'ingest') continue;
        const name = childName(at.name, entry.name);
        if (name === undefined) continue;
        const path = this.#paths.repository(name);
        if (this.#io.stat(`${path}/index.json`) !== undefined) names.add(name);
        queue.push({ name, path });
      }
    }
    return [...names].sort();
  }

  manifestBytes(state: RepositoryState, entry: ManifestEntry): Uint8Array {
    return this.#manifest(this.#repositories.peek(state.name), state.name, entry.digest, entry.size);
  }
  #manifest(loaded: Loaded | undefined, name: RepositoryName, digest: Digest, size: number): Uint8Array {
    const pending = loaded?.pending.get(digest);
    if (pending !== undefined) return pending;
    const bytes = this.#io.read(this.#paths.blob(name, digest), size);
    if (bytes === undefined || digestOf(bytes, algorithmOf(digest)) !== digest) throw faults.CONTENT_CORRUPT({ repository: name, digest });
    return bytes;
  }

  async commit(change: Change, expect?: TagExpectation): Promise<void> {
    await this.#repositories.makeRoom();
    const loaded = await this.#repositories.ensure(change.name);
    loaded.pins++;
    try {
      const inline = change.type === 'put' && change.bytes.length <= SMALL_BLOB_BYTES ? change.bytes : undefined;
      if (change.type === 'put' && inline === undefined) await this.#putLarge(change);
      // From here to the append nothing waits: the order of judgement is the order of the journal.
      if (expect !== undefined && !expect.is(loaded.state.tagSoon(expect.tag))) throw faults.PRECONDITION_FAILED();
      loaded.state.expect(change);
      await this.#journal.append(recordOf(change, inline !== undefined), inline, () => {
        if (change.type === 'put' && inline !== undefined) this.#repositories.addPending(loaded, change.digest, inline);
        loaded.state.apply(change);
        loaded.indexDirty = true;
      });
    } catch (e) {
      loaded.state.forget(change);
      throw e;
    } finally {
      loaded.pins--;
    }
    this.#repositories.flushSoon();
    if (this.#journal.size > SEGMENT_BYTES) await this.#turn();
  }

  /** A manifest too large for the journal goes the way of a blob. */
  async #putLarge(change: Change & { type: 'put' }): Promise<void> {
    const upload = this.#uploads.start(change.name, algorithmOf(change.digest));
    upload.take();
    upload.write(change.bytes);
    await upload.commit(change.digest);
  }

  /** The current segment is full. */
  async #turn(): Promise<void> {
    await this.#journal.rotate();
    this.#settle(Number.NEGATIVE_INFINITY).catch((e) => this.#log.error('settling the journal failed', { error: e }));
  }

  blobSize(name: RepositoryName, digest: Digest): number | undefined {
    return this.#blobs.size(name, digest);
  }
  blobBody(name: RepositoryName, digest: Digest, size: number, range?: ByteRange): BodyInit {
    return this.#blobs.body(name, digest, size, range);
  }
  async putBlob(name: RepositoryName, digest: Digest, bytes: Uint8Array): Promise<void> {
    await this.#blobs.put(name, digest, bytes);
    if (this.#journal.size > SEGMENT_BYTES) await this.#turn();
  }
  mountBlob(from: RepositoryName, to: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#blobs.mount(from, to, digest);
  }
  deleteBlob(name: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#blobs.remove(name, digest);
  }
  async *findBlob(digest: Digest): AsyncIterable<RepositoryName> {
    const home = this.#blobs.homeOf(digest);
    if (home !== undefined && this.#blobs.size(home, digest) !== undefined) yield home;
    let looked = 0;
    for (const name of this.#allNames()) {
      if (looked++ >= MAX_MOUNT_CANDIDATES) return;
      if (name !== home && this.#blobs.size(name, digest) !== undefined) yield name;
    }
  }

  startUpload(name: RepositoryName, algorithm: Algorithm): Upload {
    return this.#uploads.start(name, algorithm);
  }
  findUpload(name: RepositoryName, id: string): Upload | undefined {
    return this.#uploads.find(name, id);
  }
  get uploadCount(): number {
    return this.#uploads.count;
  }

  collect(options: CollectOptions): Promise<CollectReport> {
    if (!this.writable && options.dryRun !== true) return Promise.reject(faults.READ_ONLY());
    // One at a time: a collection has the repository it works on note what is referenced meanwhile.
    const turn = this.#collecting.then(() => this.#collect(options));
    this.#collecting = turn.catch(() => undefined);
    return turn;
  }

  #collect(options: CollectOptions): Promise<CollectReport> {
    return collect(
      {
        io: this.#io,
        paths: this.#paths,
        clock: this.#clock,
        log: this.#log,
        repositories: this.#repositories,
        journal: this.#journal,
        blobs: this.#blobs,
        names: () => this.#allNames(),
        manifestBytes: (loaded, digest, size) => this.#manifest(loaded, loaded.state.name, digest, size),
        commit: (change) => this.commit(change),
      },
      options,
    );
  }

  async check(): Promise<void> {
    const failure = this.#journal.failure ?? this.#repositories.failure;
    if (failure !== undefined) throw failure;
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    try {
      await this.#uploads.close();
      await this.#journal.close();
      this.#repositories.stop();
      if (this.writable) {
        await this.#repositories.flush();
        if (this.#repositories.unsyncedFiles.size <= MAX_SYNC_AT_STOP) await this.#settle(Number.POSITIVE_INFINITY);
      }
    } catch (e) {
      this.#log.error('the stop left work for the next start', { error: e });
    } finally {
      this.#lock?.release();
    }
  }
}

function recordOf(change: Change, inline: boolean): JournalRecord {
  if (change.type === 'put') return { t: 'put', n: change.name, d: change.digest, m: change.facts.mediaType, g: change.tags, inline };
  if (change.type === 'untag') return { t: 'untag', n: change.name, g: change.tag };
  return { t: 'drop', n: change.name, d: change.digest };
}

/** Locks; a root that cannot be written needs no lock if nobody writes. */
function takeLock(paths: Paths, readOnly: boolean): RootLock | undefined {
  try {
    return lockRoot(paths.lock, paths.root);
  } catch (e) {
    if (readOnly && isFault(e, 'REGISTRY_STORAGE_READ_ONLY')) return undefined;
    throw e;
  }
}

/**
 * Makes our own directories. Their names must reach the device before anything in them counts, which is at the first change and not at
 * the start: the returned function does it once.
 */
function makeOwn(io: DiskIo, paths: Paths): () => Promise<void> {
  const fresh = io.stat(paths.journal) === undefined;
  for (const directory of [paths.journal, paths.uploads, paths.temporary]) io.makeDirectory(directory);
  let due = fresh;
  return async () => {
    if (!due) return;
    const above = paths.root.slice(0, paths.root.lastIndexOf('/')) || '/';
    for (const directory of [paths.own, paths.root, ...(paths.root.includes('/') ? [above] : [])]) await io.sync(directory);
    due = false;
  };
}

/** Opens a root. Faults: `REGISTRY_ROOT_LOCKED`, `REGISTRY_ROOT_INVALID`, `REGISTRY_STORAGE_…`. */
export async function openDiskStore(options: DiskStoreOptions): Promise<RegistryStore> {
  const io = options.io ?? createDiskIo();
  const paths = new Paths(options.root);
  const readOnly = options.readOnly === true;
  const stat = io.stat(paths.root);
  if (stat !== undefined && !stat.directory) throw faults.ROOT_INVALID({ root: paths.root, reason: 'not a directory' });
  if (readOnly && stat === undefined) throw faults.ROOT_INVALID({ root: paths.root, reason: 'no such directory' });
  const settleRoot = readOnly ? async () => undefined : makeOwn(io, paths);
  const lock = io.stat(paths.own) === undefined ? undefined : takeLock(paths, readOnly);
  try {
    if (!readOnly) for (const { name } of io.list(paths.temporary)) io.remove(`${paths.temporary}/${name}`);
    const store = new DiskStore(options, { io, paths, lock, settleRoot });
    await store.start();
    return store;
  } catch (e) {
    lock?.release();
    throw e;
  }
}
