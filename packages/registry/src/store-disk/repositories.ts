// SPDX-License-Identifier: Apache-2.0
/**
 * Loaded repositories and their way to disk: small content waits in memory (it is in the journal), is written to its file within a
 * second, and `index.json` after it, so that a reader of the layout never meets an index naming what is not there.
 */
import { type Clock, type Digest, equalBytes, type Log } from '@notary/base';
import { FLUSH_DELAY_MS, MAX_LOADED_ENTRIES, PENDING_BYTES } from '../limits.ts';
import type { RepositoryName } from '../names.ts';
import { algorithmOf } from '../names.ts';
import { RepositoryState } from '../state.ts';
import type { DiskIo } from './io.ts';
import { type Foreign, loadLayout, noForeign, OCI_LAYOUT, renderIndex } from './layout.ts';
import type { Paths } from './paths.ts';

export interface Loaded {
  readonly state: RepositoryState;
  readonly foreign: Foreign;
  /** Content in the journal whose file is still to be written. */
  readonly pending: Map<Digest, Uint8Array>;
  indexDirty: boolean;
  /** Its directories and `oci-layout` are there. */
  made: boolean;
  /** Changes on their way: not to be forgotten meanwhile. */
  pins: number;
}

export interface RepositoriesDeps {
  readonly io: DiskIo;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly log: Log;
  readonly writable: boolean;
}

export class Repositories {
  readonly #deps: RepositoriesDeps;
  /** Most recently used last. */
  readonly #loaded = new Map<RepositoryName, Loaded>();
  readonly #loading = new Map<RepositoryName, Promise<Loaded | undefined>>();
  /** Written but not synced: their content is in the journal until they are. */
  readonly unsyncedFiles = new Set<string>();
  readonly unsyncedDirectories = new Set<string>();
  #pendingBytes = 0;
  #timer: AbortController | undefined;
  #flushing: Promise<void> | undefined;
  #entries = 0;
  #temporary = 0;
  /** Why the last flush failed; the journal still holds everything. */
  failure: unknown;

  constructor(deps: RepositoriesDeps) {
    this.#deps = deps;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }
  all(): IterableIterator<Loaded> {
    return this.#loaded.values();
  }
  peek(name: string): Loaded | undefined {
    return this.#loaded.get(name as RepositoryName);
  }

  /** The repository, read if needed. Requests that arrive together share one reading. */
  open(name: RepositoryName): Promise<Loaded | undefined> {
    const known = this.#loaded.get(name);
    if (known !== undefined) {
      this.#loaded.delete(name);
      this.#loaded.set(name, known);
      return Promise.resolve(known);
    }
    const running = this.#loading.get(name);
    if (running !== undefined) return running;
    const reading = this.#read(name).finally(() => this.#loading.delete(name));
    this.#loading.set(name, reading);
    return reading;
  }

  async #read(name: RepositoryName): Promise<Loaded | undefined> {
    const { io, paths } = this.#deps;
    const layout = await loadLayout(io, paths, name);
    const raced = this.#loaded.get(name);
    if (raced !== undefined) return raced;
    if (layout === undefined) return undefined;
    return this.#keep(name, { ...layout, pending: new Map(), indexDirty: false, made: true, pins: 0 });
  }

  /** The repository, new if there is none. */
  async ensure(name: RepositoryName): Promise<Loaded> {
    const known = await this.open(name);
    if (known !== undefined) return known;
    const raced = this.#loaded.get(name);
    if (raced !== undefined) return raced;
    return this.#keep(name, {
      state: new RepositoryState(name),
      foreign: noForeign(),
      pending: new Map(),
      indexDirty: false,
      made: false,
      pins: 0,
    });
  }

  #keep(name: RepositoryName, loaded: Loaded): Loaded {
    this.#loaded.set(name, loaded);
    this.#entries += loaded.state.manifests.size + 1;
    if (this.#entries > MAX_LOADED_ENTRIES) this.#forgetIdle(name);
    return loaded;
  }

  /** Forgets clean repositories, least recently used first. */
  #forgetIdle(except: RepositoryName): void {
    this.#entries = 0;
    for (const l of this.#loaded.values()) this.#entries += l.state.manifests.size + 1;
    for (const [name, l] of this.#loaded) {
      if (this.#entries <= MAX_LOADED_ENTRIES / 2) return;
      if (name === except || l.pins > 0 || l.indexDirty || l.pending.size > 0 || l.state.barrier !== undefined) continue;
      this.#loaded.delete(name);
      this.#entries -= l.state.manifests.size + 1;
    }
  }

  /** Content that is in the journal: readable at once, in its file soon. */
  addPending(loaded: Loaded, digest: Digest, bytes: Uint8Array): void {
    if (loaded.pending.has(digest)) return;
    loaded.pending.set(digest, bytes);
    this.#pendingBytes += bytes.length;
  }
  dropPending(loaded: Loaded, digest: Digest): void {
    const bytes = loaded.pending.get(digest);
    if (bytes === undefined) return;
    loaded.pending.delete(digest);
    this.#pendingBytes -= bytes.length;
  }

  /** Sees to a flush within the delay; at once when much is waiting. */
  flushSoon(): void {
    if (this.#pendingBytes > PENDING_BYTES) {
      void this.flush();
      return;
    }
    this.#flushLater();
  }

  #flushLater(): void {
    if (this.#timer !== undefined) return;
    const timer = (this.#timer = new AbortController());
    this.#deps.clock.sleep(FLUSH_DELAY_MS, timer.signal).then(
      () => {
        this.#timer = undefined;
        void this.flush();
      },
      () => undefined,
    );
  }

  /** Waits while too much is pending: the disk sets the pace of pushes. When it takes nothing at all, neither do we. */
  async makeRoom(): Promise<void> {
    if (this.#pendingBytes <= 2 * PENDING_BYTES) return;
    await this.flush();
    if (this.failure !== undefined && this.#pendingBytes > 2 * PENDING_BYTES) throw this.failure;
  }

  /** Writes everything that is due. Never rejects: a failure is kept, logged and tried again. */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    this.#flushing = this.#flushAll().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    if (!this.#deps.writable) return;
    try {
      for (const loaded of [...this.#loaded.values()]) if (loaded.indexDirty || loaded.pending.size > 0) await this.#flushOne(loaded);
      this.failure = undefined;
    } catch (e) {
      if (this.failure === undefined) this.#deps.log.error('writing to the layout failed; the journal holds what is missing', { error: e });
      this.failure = e;
      this.#flushLater();
    }
  }

  /** Directories, `oci-layout` and the note of what must be synced. */
  make(loaded: Loaded): void {
    if (loaded.made) return;
    const { io, paths } = this.#deps;
    const { name } = loaded.state;
    const directory = paths.repository(name);
    for (const algorithm of ['sha256', 'sha512']) {
      io.makeDirectory(paths.blobDirectory(name, algorithm));
      this.unsyncedDirectories.add(paths.blobDirectory(name, algorithm));
    }
    // Every directory up to the root may be new.
    for (const at of paths.upwards(`${directory}/blobs`)) this.unsyncedDirectories.add(at);
    if (io.stat(`${directory}/oci-layout`) === undefined) this.writeFile(`${directory}/oci-layout`, OCI_LAYOUT);
    loaded.made = true;
    loaded.indexDirty = true;
  }

  /** A file that appears whole or not at all. Not synced: its content must be in the journal. */
  writeFile(path: string, bytes: Uint8Array): void {
    const { io, paths } = this.#deps;
    const temporary = `${paths.temporary}/${this.#temporary++}`;
    io.put(temporary, bytes);
    io.rename(temporary, path);
    this.unsyncedFiles.add(path);
  }

  async #flushOne(loaded: Loaded): Promise<void> {
    const { io, paths } = this.#deps;
    const { state, pending } = loaded;
    this.make(loaded);
    let count = 0;
    for (const [digest, bytes] of [...pending]) {
      // Deleted while this was writing others.
      if (pending.get(digest) !== bytes) continue;
      const path = paths.blob(state.name, digest);
      const there = io.read(path, bytes.length);
      if (there === undefined || !equalBytes(there, bytes)) this.writeFile(path, bytes);
      else this.unsyncedFiles.add(path);
      this.unsyncedDirectories.add(paths.blobDirectory(state.name, algorithmOf(digest)));
      this.dropPending(loaded, digest);
      if (++count % 64 === 0) await new Promise<void>((resume) => setTimeout(resume, 0));
    }
    if (!loaded.indexDirty) return;
    loaded.indexDirty = false;
    const directory = paths.repository(state.name);
    const temporary = `${paths.temporary}/${this.#temporary++}`;
    try {
      io.put(temporary, renderIndex(state, loaded.foreign));
      // Unlike content, the former index is replaced: the new one must be on the device before its name is.
      await io.sync(temporary);
      io.rename(temporary, `${directory}/index.json`);
      this.unsyncedDirectories.add(directory);
    } catch (e) {
      loaded.indexDirty = true;
      throw e;
    }
  }

  stop(): void {
    this.#timer?.abort();
    this.#timer = undefined;
  }
}
