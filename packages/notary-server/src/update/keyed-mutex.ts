// SPDX-License-Identifier: Apache-2.0

/** Runs jobs with the same key one after the other, in the order in which they came. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const run = before === undefined ? job() : before.then(job, job);
    this.#tails.set(key, run); // its rejection is this caller's; whoever waits for it goes on either way
    try {
      return await run;
    } finally {
      if (this.#tails.get(key) === run) this.#tails.delete(key);
    }
  }
}
