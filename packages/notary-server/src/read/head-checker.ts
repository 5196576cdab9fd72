// SPDX-License-Identifier: Apache-2.0
/**
 * One question to the database for all who ask at the same time: which heads do these collections have?
 *
 * The answer a caller gets comes from a query that began after the call. So a query in flight serves nobody who comes later;
 * those who come meanwhile share the next one. One query is in flight at a time, unless more collections are asked for than fit one.
 */
import { MAX_HEADS_PER_QUERY } from '../limits.ts';
import type { Head, MetadataStore } from '../storage/port.ts';

interface Batch {
  readonly guns: Set<string>;
  readonly result: Promise<ReadonlyMap<string, Head>>;
  readonly settle: (result: Promise<ReadonlyMap<string, Head>>) => void;
}

export class HeadChecker {
  readonly #store: Pick<MetadataStore, 'heads'>;
  #waiting: Batch | undefined;
  #busy = false;
  #queries = 0;

  constructor(store: Pick<MetadataStore, 'heads'>) {
    this.#store = store;
  }

  /** Queries sent so far. */
  get queries(): number {
    return this.#queries;
  }

  /** The head of a collection as of some instant after this call. */
  async check(gun: string): Promise<Head | undefined> {
    if (this.#waiting === undefined || this.#waiting.guns.size >= MAX_HEADS_PER_QUERY) {
      if (this.#waiting !== undefined) this.#send(this.#waiting); // a full batch does not wait for the one in flight
      this.#waiting = createBatch();
    }
    const batch = this.#waiting;
    batch.guns.add(gun);
    if (!this.#busy) void this.#drain();
    return (await batch.result).get(gun);
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#waiting !== undefined) {
      const batch = this.#waiting;
      this.#waiting = undefined; // from here on nobody joins: the query begins now
      this.#send(batch);
      await batch.result.catch(() => undefined); // each caller gets the rejection; the loop goes on
    }
    this.#busy = false;
  }

  #send(batch: Batch): void {
    this.#queries++;
    batch.settle(this.#store.heads([...batch.guns]));
  }
}

function createBatch(): Batch {
  let settle: Batch['settle'] = () => undefined;
  const result = new Promise<ReadonlyMap<string, Head>>((resolve) => {
    settle = resolve;
  });
  result.catch(() => undefined); // a batch whose callers have all gone must not end the process
  return { guns: new Set(), result, settle };
}
