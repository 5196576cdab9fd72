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

/** What waits are rejected with. */
export interface SilenceFaults {
  /** One that took too long. */
  readonly late: () => Error;
  /** One whose work failed by itself. */
  readonly broken: (cause: unknown) => Error;
}

export class SilenceWatch {
  readonly #ms: number;
  readonly #faults: SilenceFaults;
  /** In the order in which they began, which is that in which they run out. */
  readonly #waits = new Set<Wait>();
  #watching = false;

  constructor(ms: number, faults: SilenceFaults) {
    this.#ms = ms;
    this.#faults = faults;
  }

  /** The outcome of `work`, unless that takes too long. */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const wait: Wait = { until: performance.now() + this.#ms, late: () => reject(this.#faults.late()) };
      this.#waits.add(wait);
      work.then(
        (value) => {
          this.#waits.delete(wait);
          resolve(value);
        },
        (e: unknown) => {
          this.#waits.delete(wait);
          reject(this.#faults.broken(e));
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
      if (wait.until > now) {
        this.#watch(wait.until - now);
        return;
      }
      this.#waits.delete(wait);
      wait.late();
    }
    this.#watching = false;
  }
}
