// SPDX-License-Identifier: Apache-2.0
/**
 * Whether signatures are better made in other threads. The way to another thread takes longer than a signature, so one that is asked for
 * by itself is made where it is asked for. While several requests are at work, their signatures beside it leave the server's own
 * thread, which everything waits for, a third more time. Signatures made on the spot are never under way together, so from time to
 * time one is made aside to see how many come meanwhile.
 */

/** With this many under way at once there is a crowd. */
const CROWD = 3;
/** Signatures made aside in a crowd before the next look whether it is still there. */
const IN_CROWD = 64;
/** Signatures made on the spot before the next look. */
const ALONE = 512;

export class Crowd {
  #underWay = 0;
  /** Most that were under way together since the last look. */
  #most = 0;
  #untilLook = 1;
  #alone = 0;

  /** Is the next signature to be made aside? */
  isThere(): boolean {
    if (this.#alone === 0) return true;
    this.#alone--;
    return false;
  }

  /** Counts a signature that is made aside. */
  async join<T>(sign: () => Promise<T>): Promise<T> {
    this.#underWay++;
    if (this.#underWay > this.#most) this.#most = this.#underWay;
    try {
      return await sign();
    } finally {
      this.#underWay--;
      if (--this.#untilLook <= 0) this.#look();
    }
  }

  #look(): void {
    const there = this.#most >= CROWD;
    this.#alone = there ? 0 : ALONE;
    this.#untilLook = there ? IN_CROWD : 1;
    this.#most = this.#underWay;
  }
}
