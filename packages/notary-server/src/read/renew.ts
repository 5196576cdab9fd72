// SPDX-License-Identifier: Apache-2.0
/**
 * Signs timestamps, and snapshots whose key the server holds, again before they expire.
 *
 * Once per collection and server, and once among servers: the store lets one win and the others take what it stored. A reader
 * never gets an error because of it: where nothing can be signed, the stored file is served as it is and says itself that it is old.
 */
import { isFault, type Log } from '@notary/base';
import { checkRoot, type Expiry, type Snapshot } from '@notary/tuf';
import { RESIGN_LEAD_FRACTION, RESIGN_LEAD_MS } from '../limits.ts';
import type { SigningService } from '../signing/port.ts';
import type { AuditEntry, FileUpdate, MetadataStore } from '../storage/port.ts';
import { filesOf, type Made, renewSnapshot, renewTimestamp } from '../update/generate.ts';
import { type CurrentState, loadCurrent } from './current.ts';

export interface RenewDeps {
  readonly store: MetadataStore;
  readonly signing: SigningService;
  readonly log: Log;
}

/** After a failure: how long until the next try for this collection, in milliseconds. */
const RETRY_UNAVAILABLE_MS = 5_000;
const RETRY_NO_KEY_MS = 600_000;
/** Collections whose next try is remembered. */
const MAX_POSTPONED = 10_000;

/** When a file stored at `storedAt` is to be signed again: a day before its end, or when three quarters of its life are over. */
export function renewalDue(expires: Expiry, storedAt: Date): number {
  const end = expires.at.getTime();
  const life = Math.max(0, end - storedAt.getTime());
  return end - Math.min(RESIGN_LEAD_MS, life * RESIGN_LEAD_FRACTION);
}

export class Renewer {
  readonly #deps: RenewDeps;
  readonly #running = new Map<string, Promise<CurrentState | undefined>>();
  readonly #postponed = new Map<string, { headId: number; until: number }>();

  constructor(deps: RenewDeps) {
    this.#deps = deps;
  }

  /** The instant from which on a state may need signing: the earlier of timestamp and snapshot, or the end of a postponement. */
  async dueAt(state: CurrentState): Promise<number> {
    const { file, payload } = await state.snapshot();
    const due = Math.min(
      renewalDue(state.timestamp.payload.expires, state.timestamp.file.storedAt),
      renewalDue(payload.expires, file.storedAt),
    );
    const postponed = this.#postponed.get(state.gun);
    return postponed !== undefined && postponed.headId === state.head.id ? Math.max(due, postponed.until) : due;
  }

  /**
   * The state to serve at `at`: `state` itself, or the one after it with what was due signed again. Signing is waited for only
   * when something has expired: until then readers take what is there, and a slow signer costs them nothing.
   */
  async fresh(state: CurrentState, at: Date): Promise<CurrentState | undefined> {
    if (at.getTime() < (await this.dueAt(state))) return state;
    const renewed = this.renew(state, at);
    return at.getTime() < (await firstExpiry(state)) ? state : renewed;
  }

  /** The state after `state` with what is due signed again; at most once at a time per collection. Never rejects. */
  renew(state: CurrentState, at: Date): Promise<CurrentState | undefined> {
    const running = this.#running.get(state.gun);
    if (running !== undefined) return running;
    const run = this.#renew(state, at).finally(() => this.#running.delete(state.gun));
    this.#running.set(state.gun, run);
    return run;
  }

  async #renew(state: CurrentState, at: Date): Promise<CurrentState | undefined> {
    const { store, log } = this.#deps;
    const { gun } = state;
    try {
      const files = await this.#sign(state, at);
      if (files.length === 0) {
        this.#postpone(state, at, RETRY_NO_KEY_MS);
        return state;
      }
      await store.update(gun, files, state.head, audit(gun, files, at));
      log.info('signed again before expiry', { gun, roles: files.map((f) => `${f.role} ${f.version}`) });
    } catch (e) {
      if (!isFault(e, 'STORE_CONFLICT', 'STORE_OLD_VERSION')) {
        const noKey = isFault(e, 'TUF_SIGNATURES_INSUFFICIENT');
        log[noKey ? 'warn' : 'error']('cannot sign again', { gun, error: e });
        this.#postpone(state, at, noKey || (isFault(e) && e.code.startsWith('TUF_')) ? RETRY_NO_KEY_MS : RETRY_UNAVAILABLE_MS);
        return state;
      }
      // another server was faster: what it stored is as good as ours
    }
    try {
      return await loadCurrent(store, gun);
    } catch (e) {
      log.error('cannot read what was signed again', { gun, error: e });
      return state;
    }
  }

  /** The files that are due. A snapshot of the publisher's own key stays as it is. */
  async #sign(state: CurrentState, at: Date): Promise<FileUpdate[]> {
    const { signing } = this.#deps;
    const stored = await state.file('root');
    if (stored === undefined) return [];
    const root = await checkRoot(stored.bytes, { gun: state.gun, at });
    const deps = { signing, at };
    const { file, payload } = await state.snapshot();
    let renewed: Made<Snapshot> | undefined;
    if (at.getTime() >= renewalDue(payload.expires, file.storedAt)) {
      renewed = await renewSnapshot(root, payload, deps).catch((e: unknown) => {
        if (isFault(e, 'TUF_SIGNATURES_INSUFFICIENT')) return undefined;
        throw e;
      });
    }
    const timestampDue = at.getTime() >= renewalDue(state.timestamp.payload.expires, state.timestamp.file.storedAt);
    if (renewed === undefined && !timestampDue) return [];
    const snapshot = renewed ?? { version: payload.version, bytes: file.bytes, payload };
    const timestamp = await renewTimestamp(root.payload, snapshot.bytes, state.timestamp.payload, deps);
    return filesOf(snapshot, timestamp).slice(renewed === undefined ? 1 : 0);
  }

  #postpone(state: CurrentState, at: Date, ms: number): void {
    if (this.#postponed.size >= MAX_POSTPONED) this.#postponed.clear();
    this.#postponed.set(state.gun, { headId: state.head.id, until: at.getTime() + ms });
  }
}

async function firstExpiry(state: CurrentState): Promise<number> {
  const { payload } = await state.snapshot();
  return Math.min(state.timestamp.payload.expires.at.getTime(), payload.expires.at.getTime());
}

const audit = (gun: string, files: readonly FileUpdate[], at: Date): AuditEntry => ({
  at,
  action: 'resign',
  gun,
  subject: 'notary-server',
  requestId: '',
  detail: Object.fromEntries(files.map((f) => [f.role, f.version])),
});
