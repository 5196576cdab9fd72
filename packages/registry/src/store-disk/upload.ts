// SPDX-License-Identifier: Apache-2.0
/**
 * An upload on disk: bytes go to a staging file in blocks while they are hashed, never more than a few blocks in memory. A session that
 * outlives its request leaves a note beside the file, so that it can be resumed after a restart.
 */
import { type Digest, fromUtf8, toHex, toUtf8 } from '@notary/base';
import { createHasher, type Hasher } from '@notary/base/crypto';
import { faults } from '../faults.ts';
import { type Algorithm, algorithmOf, isRepositoryName, type RepositoryName } from '../names.ts';
import type { Upload } from '../store.ts';
import type { DiskFile, DiskIo } from './io.ts';

/** Bytes gathered before they are written: one system call for many chunks. */
const BLOCK_BYTES = 512 * 1024;
/** Bytes that may wait for the disk before the sender is made to wait. */
const BACKLOG_BYTES = 2 * BLOCK_BYTES;
/** The device is told to begin this often, so that the sync at the end has little left to do. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/** What the store does with an upload that ends. */
export interface UploadEnd {
  /** The staging file is synced and has the digest: make it the blob. */
  publish(upload: DiskUpload, digest: Digest): Promise<void>;
  /** It is gone. */
  forget(upload: DiskUpload): void;
}

export interface DiskUploadInit {
  readonly id: string;
  readonly name: RepositoryName;
  readonly algorithm: Algorithm;
  /** Staging file. */
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

/**
 * Gives the memory of a chunk back now. Left to the garbage collector, a large upload keeps tens of megabytes of dead chunks around, and
 * each new one is made of fresh pages.
 */
function letGo(chunk: Uint8Array): void {
  const buffer = chunk.buffer as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
  // A view of a larger buffer is not alone in it.
  if (chunk.byteLength === buffer.byteLength) buffer.transfer?.(0);
}

export class DiskUpload implements Upload {
  readonly id: string;
  readonly name: RepositoryName;
  readonly path: string;
  usedAt: number;
  readonly #algorithm: Algorithm;
  readonly #io: DiskIo;
  readonly #end: UploadEnd;
  #file: DiskFile | undefined;
  /** Absent when earlier bytes were not seen by this process: the file is read at the end instead. */
  #hasher: Hasher | undefined;
  #size: number;
  #written: number;
  #block: Uint8Array[] = [];
  /** Of the block, what may be let go of once it is written. */
  #given: Uint8Array[] = [];
  #blockBytes = 0;
  #writing: Promise<void> | undefined;
  /** Of who waits for room. One request writes at a time. */
  #wake: (() => void) | undefined;
  #syncing: Promise<void> | undefined;
  #synced = 0;
  #failure: unknown;
  #taken = false;
  #ended = false;
  /** The note is on disk. */
  #noted: boolean;

  constructor(io: DiskIo, end: UploadEnd, init: DiskUploadInit) {
    this.id = init.id;
    this.name = init.name;
    this.path = init.path;
    this.usedAt = init.usedAt;
    this.#algorithm = init.algorithm;
    this.#io = io;
    this.#end = end;
    this.#size = init.size;
    this.#noted = init.size > 0;
    this.#written = init.size;
    this.#hasher = init.size === 0 ? createHasher(init.algorithm === 'sha512' ? 'SHA-512' : 'SHA-256') : undefined;
  }

  get size(): number {
    return this.#size;
  }
  get taken(): boolean {
    return this.#taken;
  }
  take(): boolean {
    return this.#taken ? false : (this.#taken = true);
  }
  give(): void {
    this.#taken = false;
    if (this.#ended || this.#size === 0 || this.#noted) return;
    try {
      this.#io.put(`${this.path}.json`, toUtf8(JSON.stringify({ name: this.name, algorithm: this.#algorithm })));
      this.#noted = true;
    } catch {
      // Without its note the session ends with this process, which it may well outlive.
    }
  }

  write(chunk: Uint8Array, ownership?: 'given'): Promise<void> | void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#hasher?.update(chunk);
    this.#size += chunk.length;
    this.#block.push(chunk);
    if (ownership === 'given') this.#given.push(chunk);
    this.#blockBytes += chunk.length;
    if (this.#blockBytes < BLOCK_BYTES) return undefined;
    this.#writing ??= this.#drain();
    return this.#blockBytes < BACKLOG_BYTES ? undefined : this.#room();
  }

  /** Resolves when the block that is being written is: the next one is received and hashed while the disk has work. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Writes what has gathered, block by block. A failure is kept and thrown at the next step. */
  async #drain(): Promise<void> {
    try {
      while (this.#blockBytes > 0) {
        const chunks = this.#block;
        const bytes = this.#blockBytes;
        const given = this.#given;
        this.#block = [];
        this.#given = [];
        this.#blockBytes = 0;
        this.#file ??= await this.#io.open(this.path);
        await this.#file.write(chunks, this.#written);
        this.#written += bytes;
        given.forEach(letGo);
        this.#wake?.();
        this.#nudge(this.#file);
      }
    } catch (e) {
      this.#failure = e;
    } finally {
      this.#writing = undefined;
      this.#wake?.();
    }
  }

  /** Lets the device work while the sender sends. Only the last sync counts: what fails here fails there again. */
  #nudge(file: DiskFile): void {
    if (this.#syncing !== undefined || this.#written - this.#synced < SYNC_EVERY_BYTES) return;
    this.#synced = this.#written;
    this.#syncing = file.sync().then(
      () => {
        this.#syncing = undefined;
      },
      (e: unknown) => {
        this.#syncing = undefined;
        this.#failure ??= e;
      },
    );
  }

  async settle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure === undefined && this.#blockBytes > 0) {
      this.#writing = this.#drain();
      await this.#writing;
    }
    if (this.#failure === undefined) return;
    const failure = this.#failure;
    await this.#fallBack();
    throw failure;
  }

  /** After a failed write the session goes on from the last byte known to be written. */
  async #fallBack(): Promise<void> {
    this.#failure = undefined;
    this.#block = [];
    this.#given = [];
    this.#blockBytes = 0;
    this.#size = this.#written;
    this.#hasher = undefined;
    await this.#file?.truncate(this.#written).catch(() => undefined);
  }

  async #digest(algorithm: Algorithm): Promise<string> {
    if (this.#hasher !== undefined && algorithm === this.#algorithm) return toHex(this.#hasher.digest());
    const hasher = createHasher(algorithm === 'sha512' ? 'SHA-512' : 'SHA-256');
    for await (const chunk of this.#io.chunks(this.path)) hasher.update(chunk);
    return toHex(hasher.digest());
  }

  async commit(digest: Digest): Promise<void> {
    await this.settle();
    this.#file ??= await this.#io.open(this.path);
    const algorithm = algorithmOf(digest);
    const hex = await this.#digest(algorithm);
    this.#hasher = undefined;
    if (`${algorithm}:${hex}` !== digest) {
      await this.cancel();
      throw faults.DIGEST_MISMATCH({ expected: digest, actual: `${algorithm}:${hex}` });
    }
    while (this.#syncing !== undefined) await this.#syncing;
    await this.#file.sync();
    await this.#file.close();
    this.#file = undefined;
    this.#ended = true;
    try {
      await this.#end.publish(this, digest);
    } finally {
      if (this.#noted) this.#io.remove(`${this.path}.json`);
      this.#end.forget(this);
    }
  }

  async cancel(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    while (this.#writing !== undefined) await this.#writing;
    while (this.#syncing !== undefined) await this.#syncing;
    const opened = this.#file !== undefined;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    if (this.#written > 0 || opened) this.#io.remove(this.path);
    if (this.#noted) this.#io.remove(`${this.path}.json`);
    this.#end.forget(this);
  }

  /** Closes the file and leaves the bytes for a later process. */
  async suspend(): Promise<void> {
    await this.settle().catch(() => undefined);
    while (this.#syncing !== undefined) await this.#syncing;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    this.#ended = true;
  }
}

/** The note of a session left by an earlier process. */
export function readNote(io: DiskIo, path: string): { name: RepositoryName; algorithm: Algorithm } | undefined {
  const bytes = io.read(`${path}.json`, 4096);
  if (bytes === undefined) return undefined;
  try {
    const { name, algorithm } = JSON.parse(fromUtf8(bytes)) as { name?: unknown; algorithm?: unknown };
    if (typeof name !== 'string' || !isRepositoryName(name) || (algorithm !== 'sha256' && algorithm !== 'sha512')) return undefined;
    return { name, algorithm };
  } catch {
    // Torn by a crash: without its note the session cannot be resumed, and is swept.
    return undefined;
  }
}
