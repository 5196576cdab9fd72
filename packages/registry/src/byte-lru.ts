// SPDX-License-Identifier: Apache-2.0
/** A cache with a budget in bytes. The least recently used entries leave first. */
export class ByteLru<K, V> {
  readonly #entries = new Map<K, { value: V; bytes: number }>();
  readonly #max: number;
  readonly #onEvict: ((key: K, value: V) => void) | undefined;
  #newest: K | undefined;
  #bytes = 0;

  constructor(maxBytes: number, onEvict?: (key: K, value: V) => void) {
    this.#max = maxBytes;
    this.#onEvict = onEvict;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A key hit many times in a row is at the end already.
    if (key !== this.#newest) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      this.#newest = key;
    }
    return entry.value;
  }

  /** What is larger than the whole budget is not kept. */
  set(key: K, value: V, bytes: number): void {
    this.delete(key);
    if (bytes > this.#max) {
      this.#onEvict?.(key, value);
      return;
    }
    this.#entries.set(key, { value, bytes });
    this.#newest = key;
    this.#bytes += bytes;
    while (this.#bytes > this.#max) {
      const oldest = this.#entries.entries().next().value;
      if (oldest === undefined) break;
      this.delete(oldest[0]);
      this.#onEvict?.(oldest[0], oldest[1].value);
    }
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    if (key === this.#newest) this.#newest = undefined;
  }
}
