// SPDX-License-Identifier: Apache-2.0
/**
 * Answers kept in memory, by path. Each belongs to one state (head) of its collection and is only ever used after a check that
 * this is still the head: the cache saves reading and parsing, never asking. Bounded by bytes; collections leave as a whole.
 */
import type { Head } from '../storage/port.ts';

/** Answers above this size announce their length, by which a listener knows that they may take their time. */
export const SMALL_ANSWER_BYTES = 64 * 1024;

/** A prepared answer. */
export interface Answer {
  readonly bytes: Uint8Array;
  /** Shared by all its responses. */
  readonly init: { readonly headers: Headers };
  readonly operation: 'GetRole' | 'GetRoleByHash' | 'GetRoleByVersion';
  readonly collection: CachedCollection;
  /** From this instant (milliseconds) on, the file may have to be signed again before it is served. */
  readonly dueAt: number;
}

export interface CachedCollection {
  readonly gun: string;
  readonly head: Head;
  /** The store's change token at which the head was last seen; meaningless for stores without one. */
  token: number;
  /** Used since the cache last looked for something to drop. */
  used: boolean;
  bytes: number;
  readonly paths: Set<string>;
}

/** Rough cost of an entry besides its bytes: map slots, headers, the path in UTF-16. */
const ENTRY_OVERHEAD = 1_024;

export class AnswerCache {
  readonly #maxBytes: number;
  readonly #answers = new Map<string, Answer>();
  readonly #collections = new Map<string, CachedCollection>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(path: string): Answer | undefined {
    return this.#answers.get(path);
  }

  /** The collection's entry for this head; an entry for an older head is dropped. `undefined` if a newer head is known. */
  collection(gun: string, head: Head, token: number): CachedCollection | undefined {
    const known = this.#collections.get(gun);
    if (known !== undefined && isSameHead(known.head, head)) {
      known.token = token;
      return known;
    }
    if (known !== undefined && known.head.id > head.id) return undefined;
    this.drop(gun);
    const fresh: CachedCollection = { gun, head, token, used: false, bytes: 0, paths: new Set() };
    this.#collections.set(gun, fresh);
    return fresh;
  }

  add(path: string, answer: Answer): void {
    const { collection } = answer;
    const cost = answer.bytes.length + ENTRY_OVERHEAD + 2 * path.length;
    if (cost > this.#maxBytes / 4 || this.#collections.get(collection.gun) !== collection || collection.paths.has(path)) return;
    this.#answers.set(path, answer);
    collection.paths.add(path);
    collection.bytes += cost;
    this.#bytes += cost;
    this.#makeRoom();
  }

  drop(gun: string): void {
    const known = this.#collections.get(gun);
    if (known === undefined) return;
    for (const path of known.paths) this.#answers.delete(path);
    this.#collections.delete(gun);
    this.#bytes -= known.bytes;
  }

  /** Second chance: a collection used since the last look goes to the end of the line once. */
  #makeRoom(): void {
    while (this.#bytes > this.#maxBytes && this.#collections.size > 0) {
      const [gun, oldest] = this.#collections.entries().next().value as [string, CachedCollection];
      if (!oldest.used) {
        this.drop(gun);
        continue;
      }
      oldest.used = false;
      this.#collections.delete(gun);
      this.#collections.set(gun, oldest);
    }
  }
}

export const isSameHead = (a: Head, b: Head | undefined): boolean =>
  b !== undefined && a.id === b.id && a.version === b.version && a.sha256 === b.sha256;

/** The response to a request for it. */
export const toResponse = ({ bytes, init }: Answer): Response => new Response(bytes as Uint8Array<ArrayBuffer>, init);
