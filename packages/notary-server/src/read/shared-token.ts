// SPDX-License-Identifier: Apache-2.0
/**
 * The store's change token for requests that arrive together: where asking costs system calls, all requests of one turn of the event
 * loop share one question, which is put after the last of them has arrived. A request that comes alone asks at once.
 */

/** Below this many requests in a turn the wait for its end costs more than the questions it saves. */
const CROWD = 3;
/** Requests that ask for themselves before the next look whether there is a crowd. */
const ALONE = 64;

export class SharedToken {
  readonly #ask: () => number;
  #pending: Promise<number> | undefined;
  #joined = 0;
  #alone = 0;

  constructor(ask: () => number) {
    this.#ask = ask;
  }

  /** The token as of some instant after this call. */
  get(): number | Promise<number> {
    if (this.#pending !== undefined) {
      this.#joined++;
      return this.#pending;
    }
    if (this.#alone > 0) {
      this.#alone--;
      return this.#ask();
    }
    this.#joined = 1;
    this.#pending = new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#pending = undefined; // whoever comes from here on came after the question
      if (this.#joined < CROWD) this.#alone = ALONE;
      return this.#ask();
    });
    return this.#pending;
  }
}
