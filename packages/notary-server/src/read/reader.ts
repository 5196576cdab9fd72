// SPDX-License-Identifier: Apache-2.0
/** Reads of metadata: current, by hash, by version. Answers are cached; see `cache.ts` for what that means. */
import type { Clock } from '@notary/base';
import type { Head, MetadataStore, StoredFile } from '../storage/port.ts';
import { type Answer, AnswerCache, type CachedCollection, isSameHead, SMALL_ANSWER_BYTES } from './cache.ts';
import { loadCurrent } from './current.ts';
import { HeadChecker } from './head-checker.ts';
import type { Renewer } from './renew.ts';
import { SharedToken } from './shared-token.ts';

/** `max-age` of answers in seconds; 0 forbids caches. */
export interface CacheAges {
  readonly current: number;
  readonly consistent: number;
}

export interface ReaderOptions {
  readonly store: MetadataStore;
  readonly renewer: Renewer;
  readonly clock: Clock;
  readonly ages: CacheAges;
  readonly cacheBytes: number;
}

/** What to read. */
export interface ReadRequest {
  readonly gun: string;
  readonly role: string;
  readonly checksum?: string;
  readonly version?: string;
}

export class Reader {
  readonly #options: ReaderOptions;
  readonly #cache: AnswerCache;
  readonly #checker: HeadChecker;
  /** Absent where the store has none: then every answer is validated by a query. */
  readonly #token: (() => number | Promise<number>) | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#cache = new AnswerCache(options.cacheBytes);
    this.#checker = new HeadChecker(options.store);
    const { store } = options;
    const ask = store.changeToken?.bind(store);
    const shared = ask && store.changeTokenCosts === true ? new SharedToken(ask) : undefined;
    this.#token = shared === undefined ? ask : () => shared.get();
  }

  /** A kept answer for this path. It must pass {@link ask} or {@link validate} before it is used. */
  find(path: string): Answer | undefined {
    return this.#cache.find(path);
  }

  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  /**
   * `true` if the store says, without a round trip, that nothing has changed since the answer was seen to be right. A promise where the
   * question is shared with others: of the store's token, with which {@link isSeenAt} goes on. Every answer waits for it, so
   * it is the shared one itself and no promise of a promise.
   */
  ask(answer: Answer, now: number): boolean | Promise<number> {
    answer.collection.used = true;
    if (this.#token === undefined || now >= answer.dueAt) return false;
    try {
      const token = this.#token();
      return typeof token === 'number' ? isSeenAt(answer, token) : token;
    } catch {
      return false; // a store that fails says why when it is asked by a query
    }
  }

  /** Asks the database, by a query begun after this call, whether the answer is still right. Drops it if not. */
  async validate(answer: Answer, now: number): Promise<boolean> {
    const { collection } = answer;
    const token = this.#options.store.changeToken?.() ?? 0; // read before the query: a write after it changes it again
    const head = await this.#checker.check(collection.gun);
    if (!isSameHead(collection.head, head)) {
      if (this.#cache.find([...collection.paths][0] ?? '')?.collection === collection) this.#cache.drop(collection.gun);
      return false;
    }
    collection.token = token;
    return now < answer.dueAt;
  }

  /** Reads from the store, and keeps the answer if the path is the plain form of its name. */
  async read(path: string, request: ReadRequest): Promise<Answer | undefined> {
    const token = this.#options.store.changeToken?.() ?? 0;
    const answer =
      request.checksum === undefined && request.version === undefined
        ? await this.#current(request, token)
        : await this.#stored(request, token);
    if (answer !== undefined && isPlain(path, request)) this.#cache.add(path, answer);
    return answer;
  }

  async #current({ gun, role }: ReadRequest, token: number): Promise<Answer | undefined> {
    const { store, renewer, clock } = this.#options;
    let state = await loadCurrent(store, gun);
    const signed = role === 'timestamp' || role === 'snapshot';
    if (state !== undefined && signed) state = await renewer.fresh(state, clock.now());
    const file = await state?.file(role);
    if (state === undefined || file === undefined) return undefined;
    const dueAt = signed ? await renewer.dueAt(state) : Number.POSITIVE_INFINITY;
    return this.#answer('GetRole', this.#collection(gun, state.head, token), file, dueAt);
  }

  async #stored({ gun, role, checksum, version }: ReadRequest, token: number): Promise<Answer | undefined> {
    const { store } = this.#options;
    // the head first: a file read after it belongs to that state or a later one, and a later one drops the entry
    const head = await this.#checker.check(gun);
    if (head === undefined) return undefined;
    const file = checksum === undefined ? await store.byVersion(gun, role, Number(version)) : await store.byChecksum(gun, role, checksum);
    if (file === undefined) return undefined;
    const operation = checksum === undefined ? 'GetRoleByVersion' : 'GetRoleByHash';
    return this.#answer(operation, this.#collection(gun, head, token), file, Number.POSITIVE_INFINITY);
  }

  #collection(gun: string, head: Head, token: number): CachedCollection {
    return this.#cache.collection(gun, head, token) ?? { gun, head, token, used: false, bytes: 0, paths: new Set() };
  }

  #answer(operation: Answer['operation'], collection: CachedCollection, file: StoredFile, dueAt: number): Answer {
    const { ages } = this.#options;
    const headers = new Headers({ 'content-type': 'text/plain; charset=utf-8', 'last-modified': lastModified(file.storedAt) });
    const age = operation === 'GetRole' ? ages.current : ages.consistent;
    if (age > 0)
      headers.set('cache-control', `public, max-age=${age}, s-maxage=${age}${operation === 'GetRole' ? ', must-revalidate' : ''}`);
    else {
      headers.set('cache-control', 'max-age=0, no-cache, no-store');
      headers.set('pragma', 'no-cache');
    }
    if (file.bytes.length > SMALL_ANSWER_BYTES) headers.set('content-length', String(file.bytes.length));
    return { bytes: file.bytes, init: { headers }, operation, collection, dueAt };
  }
}

/** Is this the token at which the answer was last seen to be right? */
export const isSeenAt = (answer: Answer, token: number): boolean => token === answer.collection.token;

/** Go's RFC 1123 layout says `UTC` where HTTP has `GMT`; caches read both, and the reference's bytes are kept. */
export const lastModified = (at: Date): string => at.toUTCString().replace('GMT', 'UTC');

/** Only one path per file is kept, so that escaped spellings cannot fill the cache. */
function isPlain(path: string, { gun, role, checksum, version }: ReadRequest): boolean {
  const name = checksum !== undefined ? `${role}.${checksum}` : version !== undefined ? `${Number(version)}.${role}` : role;
  return path === `/v2/${gun}/_trust/tuf/${name}.json`;
}
