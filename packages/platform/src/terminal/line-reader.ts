// SPDX-License-Identifier: Apache-2.0
/** Lines and the rest of standard input from one buffer, so that a prompt never swallows what follows its line. */
import { concatBytes, fromUtf8Lossy, joinBytes, terminalFaults } from '@notary/base';
import { LINE_BYTES } from '../limits.ts';

/** The next bytes of standard input, `undefined` at its end. */
export type ChunkSource = () => Promise<Uint8Array | undefined>;

export class InputReader {
  readonly #source: ChunkSource;
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(source: ChunkSource) {
    this.#source = source;
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const chunk = await this.#source();
    if (chunk === undefined) {
      this.#ended = true;
      return false;
    }
    this.#buffer = this.#buffer.length === 0 ? chunk : concatBytes(this.#buffer, chunk);
    return true;
  }

  /** One line without `\n` or `\r\n`; what remains at the end counts as a line unless it is empty. */
  async line(): Promise<string | undefined> {
    let searched = 0;
    for (;;) {
      const at = this.#buffer.indexOf(10, searched);
      if (at >= 0) return this.#take(at, 1);
      searched = this.#buffer.length;
      if (searched > LINE_BYTES) throw terminalFaults.INPUT_TOO_LARGE({ maxBytes: LINE_BYTES });
      if (!(await this.#fill())) return searched === 0 ? undefined : this.#take(searched, 0);
    }
  }

  #take(length: number, skip: number): string {
    const carriage = skip === 1 && length > 0 && this.#buffer[length - 1] === 13 ? 1 : 0;
    const text = fromUtf8Lossy(this.#buffer.subarray(0, length - carriage));
    this.#buffer = this.#buffer.subarray(length + skip);
    return text;
  }

  /** Everything that is left. */
  async rest(maxBytes: number): Promise<Uint8Array> {
    const parts = [this.#buffer];
    let total = this.#buffer.length;
    this.#buffer = new Uint8Array(0);
    for (;;) {
      if (total > maxBytes) throw terminalFaults.INPUT_TOO_LARGE({ maxBytes });
      const chunk = this.#ended ? undefined : await this.#source();
      if (chunk === undefined) break;
      total += chunk.length;
      parts.push(chunk);
    }
    this.#ended = true;
    return joinBytes(parts);
  }
}
