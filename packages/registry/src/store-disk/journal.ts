// SPDX-License-Identifier: Apache-2.0
/**
 * The synced journal that acknowledges changes. Whatever waits is written and synced together (group commit), then applied in order,
 * then answered. Segments end when they are large or old, and are dropped once everything in them has reached its own file.
 */
import type { Clock } from '@notary/base';
import { faults } from '../faults.ts';
import type { DiskFile, DiskIo } from './io.ts';
import { encodeRecord, type JournalRecord } from './records.ts';

interface Waiting {
  readonly parts: readonly Uint8Array[];
  readonly size: number;
  readonly apply: () => void;
  readonly resolve: () => void;
  readonly reject: (e: unknown) => void;
}

/** A finished segment, waiting to be dropped. */
export interface ClosedSegment {
  readonly sequence: number;
  readonly path: string;
  readonly bytes: number;
  readonly closedAtMs: number;
}

export const segmentName = (sequence: number): string => `${String(sequence).padStart(12, '0')}.log`;

/** Most records of one group: bounds the memory of a batch, not its durability. */
const MAX_GROUP = 256;

export class Journal {
  readonly #io: DiskIo;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #settleRoot: () => Promise<void>;
  #sequence: number;
  #file: DiskFile | undefined;
  #size = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  /** The last failure to make something durable; cleared by the next success. */
  failure: unknown;
  readonly segments: ClosedSegment[] = [];

  /** `settleRoot` makes the names of our own directories durable; it is asked before the first segment. */
  constructor(io: DiskIo, directory: string, clock: Clock, sequence: number, settleRoot: () => Promise<void>) {
    this.#io = io;
    this.#directory = directory;
    this.#clock = clock;
    this.#settleRoot = settleRoot;
    this.#sequence = sequence;
  }

  get sequence(): number {
    return this.#sequence;
  }
  get size(): number {
    return this.#size;
  }

  /** Resolves when the record is on the device and `apply` has run. A rejection means that it was not applied. */
  append(record: JournalRecord, content: Uint8Array | undefined, apply: () => void): Promise<void> {
    if (this.#closed) return Promise.reject(faults.CLOSED());
    const parts = encodeRecord(record, content);
    let size = 0;
    for (const p of parts) size += p.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ parts, size, apply, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#start();
    });
  }

  /** Waits until nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // Requests that arrived in the same turn of the event loop share one sync.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MAX_GROUP);
      try {
        await this.#persist(group);
        this.failure = undefined;
      } catch (e) {
        this.failure = e;
        for (const w of group) w.reject(e);
        continue;
      }
      for (const w of group) {
        try {
          w.apply();
          w.resolve();
        } catch (e) {
          w.reject(e);
        }
      }
    }
  }

  async #persist(group: readonly Waiting[]): Promise<void> {
    this.#file ??= await this.#begin();
    const from = this.#size;
    let size = 0;
    const parts: Uint8Array[] = [];
    for (const w of group) {
      parts.push(...w.parts);
      size += w.size;
    }
    try {
      await this.#file.write(parts, from);
      await this.#file.sync();
    } catch (e) {
      await this.#abandon(from);
      throw e;
    }
    this.#size = from + size;
  }

  async #begin(): Promise<DiskFile> {
    await this.#settleRoot();
    const file = await this.#io.open(`${this.#directory}/${segmentName(this.#sequence)}`);
    await this.#io.sync(this.#directory);
    this.#size = 0;
    return file;
  }

  /**
   * After a failed write or sync nobody knows what is on the device, and asking again proves nothing. The segment is cut back to what
   * was acknowledged and closed; the next group begins a new one.
   */
  async #abandon(goodSize: number): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#close(goodSize);
    await file?.truncate(goodSize).catch(() => undefined);
    await file?.close().catch(() => undefined);
  }

  #close(bytes: number): void {
    const path = `${this.#directory}/${segmentName(this.#sequence)}`;
    this.segments.push({ sequence: this.#sequence, path, bytes, closedAtMs: this.#clock.now().getTime() });
    this.#sequence++;
    this.#size = 0;
  }

  /** Ends the current segment, if anything is in it. */
  async rotate(): Promise<void> {
    await this.idle();
    const file = this.#file;
    if (file === undefined || this.#size === 0) return;
    this.#file = undefined;
    this.#close(this.#size);
    await file.close();
  }

  /** Removes the file of a segment whose content is safe elsewhere. */
  drop(segment: ClosedSegment): void {
    this.#io.remove(segment.path);
    this.segments.splice(this.segments.indexOf(segment), 1);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.rotate();
  }
}
