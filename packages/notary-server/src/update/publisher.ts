// SPDX-License-Identifier: Apache-2.0
/** Updates one at a time per collection: judge against the current state, store, and judge again if another server was faster. */
import { isFault, type Log } from '@notary/base';
import { ApiError } from '../http/errors.ts';
import { MAX_UPDATE_ATTEMPTS } from '../limits.ts';
import { type CurrentState, firstState, loadCurrent } from '../read/current.ts';
import type { SigningService } from '../signing/port.ts';
import type { AuditEntry, FileUpdate, MetadataStore } from '../storage/port.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { RootMemory } from './root-memory.ts';
import { type Upload, validateUpdate } from './validate.ts';
import { ValidationError } from './validation-error.ts';

export interface PublisherDeps {
  readonly store: MetadataStore;
  readonly signing: SigningService;
  readonly log: Log;
  readonly now: () => Date;
}

/** Collections whose state is kept after a publish. Each holds its current files. */
const MAX_STATES = 64;

/** Who publishes. */
export interface Actor {
  readonly subject: string;
  readonly requestId: string;
}

export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #mutex = new KeyedMutex();
  readonly #roots = new RootMemory();
  /** States of collections published to lately. The store takes an update only while the head is that of the state it was judged by. */
  readonly #states = new Map<string, CurrentState>();

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Stores an update and returns the record of it, which was stored with it. Throws {@link ApiError}. */
  publish(gun: string, uploads: ReadonlyMap<string, Upload>, actor: Actor): Promise<AuditEntry> {
    return this.#mutex.run(gun, async () => {
      const known = this.#states.get(gun);
      this.#states.delete(gun);
      if (known !== undefined) {
        try {
          // most likely nobody else has published: the store refuses the update if somebody has
          return await this.#attempt(gun, uploads, actor, known);
        } catch {
          // judged against a state that may be old: nothing of it counts
        }
      }
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#attempt(gun, uploads, actor, await loadCurrent(this.#deps.store, gun));
        } catch (e) {
          if (isFault(e, 'STORE_CONFLICT') && attempt < MAX_UPDATE_ATTEMPTS) continue;
          throw asApiError(e, this.#deps.log, gun);
        }
      }
    });
  }

  async #attempt(gun: string, uploads: ReadonlyMap<string, Upload>, actor: Actor, state: CurrentState | undefined): Promise<AuditEntry> {
    const { store, signing, now } = this.#deps;
    const at = now();
    const { files, made } = await validateUpdate(gun, uploads, state, { signing, roots: this.#roots, at });
    const audit: AuditEntry = { at, action: 'publish', gun, subject: actor.subject, requestId: actor.requestId, detail: versionsOf(files) };
    const head = await store.update(gun, files, state?.head, audit);
    const stored = files.map((f) => ({ ...f, storedAt: at }));
    this.#remember(gun, state === undefined ? firstState(store, gun, head, stored, made) : state.next(head, stored, made));
    return audit;
  }

  #remember(gun: string, state: CurrentState): void {
    if (this.#states.size >= MAX_STATES) this.#states.delete(this.#states.keys().next().value as string);
    this.#states.set(gun, state);
  }
}

/** Which versions an update brought, by role. */
const versionsOf = (files: readonly FileUpdate[]): Record<string, number> => Object.fromEntries(files.map((f) => [f.role, f.version]));

/** Plain Go errors marshal to an empty object. */
const EMPTY = {};

function asApiError(e: unknown, log: Log, gun: string): ApiError {
  if (e instanceof ApiError) return e;
  if (e instanceof ValidationError) return new ApiError('INVALID_UPDATE', e.detail(), { cause: e });
  if (isFault(e, 'STORE_OLD_VERSION', 'STORE_CONFLICT')) return new ApiError('VERSION', EMPTY, { cause: e });
  if (isFault(e) && e.category === 'unavailable') {
    log.error('cannot take an update', { gun, error: e });
    return new ApiError('UPDATING', undefined, { status: 503, headers: { 'retry-after': '5' }, cause: e });
  }
  if (isFault(e) && /^(TUF|JSON|CANONICAL_JSON|X509|BYTES)_/.test(e.code)) {
    // the stored state itself does not hold: the reference answers so, too
    log.error('the stored collection does not validate', { gun, error: e });
    return new ApiError('INVALID_UPDATE', undefined, { cause: e });
  }
  log.error('an update failed', { gun, error: e });
  return new ApiError('UPDATING', undefined, { cause: e });
}
