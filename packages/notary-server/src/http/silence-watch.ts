// SPDX-License-Identifier: Apache-2.0
/**
 * Waits that may not take longer than a given time, all watched by one timer: most end within microseconds, and a timer for each of
 * them cost a publish more than its body did.
 */

/** One wait under way. */
interface Wait {
  readonly until: number;
  readonly late: () => void;
}

export class SilenceWatch {
  readonly #ms: number;
  readonly #fault: () => Error;
  /** In the order in which they began, which is that in which they run out. */
  readonly #waits = new Set<Wait>();
  #watching = false;

  /** `fault` makes what a wait of more than `ms` is rejected with. */
  constructor(ms: number, fault: () => Error) {
    this.#ms = ms;
    this.#fault = fault;
  }

  /** The outcome of `work`, unless that takes too long. */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const wait: Wait = { until: performance.now() + this.#ms, late: () => reject(this.#fault()) };
      this.#waits.add(wait);
      work.then(
        (value) => {
          this.#waits.delete(wait);
          resolve(value);
        },
        (e: unknown) => {
          this.#waits.delete(wait);
          reject(e);
        },
      );
      if (!this.#watching) this.#watch(this.#ms);
    });
  }

  /** Looks again after a time. What is waited for keeps the process alive, if anything does: the timer does not. */
  #watch(ms: number): void {
    this.#watching = true;
    (setTimeout(() => this.#look(), ms) as { unref?(): void }).unref?.();
  }

  #look(): void {
    const now = performance.now();
    for (const wait of this.#waits) {
      if (wait.until > now) return this.#watch(wait.until - now);
      this.#waits.delete(wait);
      wait.late();
    }
    this.#watching = false;
  }
}
