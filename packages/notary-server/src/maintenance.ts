// SPDX-License-Identifier: Apache-2.0
/**
 * What a server does unasked: it looks at every collection now and then, signs again what is about to expire, and knows for the
 * metrics page how many days each role has left. Collections whose head has not changed cost a sixty-fourth of a query.
 */
import type { Clock, Log } from '@notary/base';
import { decodeRoot, decodeTargets, parseEnvelope, TARGETS } from '@notary/tuf';
import { MAX_EXPIRY_METRICS, MAX_HEADS_PER_QUERY } from './limits.ts';
import { isSameHead } from './read/cache.ts';
import { type CurrentState, loadCurrent } from './read/current.ts';
import type { Renewer } from './read/renew.ts';
import type { Head, MetadataStore } from './storage/port.ts';

/** Between two looks, in milliseconds. The lead of a renewal is a day: looks may fail for hours. */
const SWEEP_PERIOD_MS = 5 * 60_000;
/** Collections remembered between looks; more are read anew each time. */
const MAX_KNOWN = 100_000;

interface Known {
  readonly head: Head;
  readonly dueAt: number;
  /** Role to end of life, in milliseconds. */
  readonly expires: ReadonlyMap<string, number>;
}

/** What is looked after, and with whose keys. */
export interface MaintenanceOptions {
  readonly store: MetadataStore;
  readonly renewer: Renewer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Signs again, in time, what nobody reads, and counts the days that every role has left. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  #known = new Map<string, Known>();

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** Looks again and again until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await this.sweep(signal);
      } catch (e) {
        if (!signal.aborted) log.error('looking after collections failed', { error: e });
      }
      await clock.sleep(SWEEP_PERIOD_MS, signal).catch(() => undefined);
    }
  }

  /** Looks at every collection once. Returns how many there are. */
  async sweep(signal?: AbortSignal): Promise<number> {
    const { store } = this.#options;
    const seen = new Map<string, Known>();
    let count = 0;
    for (let after = ''; ; ) {
      const { guns } = await store.collections(after, MAX_HEADS_PER_QUERY);
      if (guns.length === 0 || signal?.aborted) break;
      const heads = await store.heads(guns);
      for (const gun of guns) {
        const known = await this.#look(gun, heads.get(gun));
        if (known !== undefined && seen.size < MAX_KNOWN) seen.set(gun, known);
      }
      count += guns.length;
      after = guns[guns.length - 1] as string;
    }
    this.#known = seen;
    return count;
  }

  async #look(gun: string, head: Head | undefined): Promise<Known | undefined> {
    const { store, renewer, clock, log } = this.#options;
    const known = this.#known.get(gun);
    const at = clock.now();
    if (known !== undefined && isSameHead(known.head, head) && at.getTime() < known.dueAt) return known;
    try {
      const stored = await loadCurrent(store, gun);
      const due = stored !== undefined && at.getTime() >= (await renewer.dueAt(stored));
      const state = due ? await renewer.renew(stored, at) : stored;
      if (state === undefined) return undefined;
      return { head: state.head, dueAt: await renewer.dueAt(state), expires: await expiries(state) };
    } catch (e) {
      log.error('cannot look after a collection', { gun, error: e });
      return undefined;
    }
  }

  /** Days to expiry in Prometheus' format: the least per role, and per collection where names may be told. */
  renderMetrics(names: 'with-names' | 'without-names'): string {
    const now = this.#options.clock.now().getTime();
    const days = (at: number): string => ((at - now) / DAY_MS).toFixed(3);
    const least = new Map<string, number>();
    const lines: string[] = [];
    for (const [gun, { expires }] of this.#known) {
      for (const [role, at] of expires) {
        least.set(role, Math.min(at, least.get(role) ?? at));
        if (names === 'with-names' && lines.length < 4 * MAX_EXPIRY_METRICS) {
          lines.push(`notary_server_expiry_days{gun="${escapeLabel(gun)}",role="${role}"} ${days(at)}`);
        }
      }
    }
    const page = [
      ...head('notary_server_collections', 'Collections seen by the last look.'),
      `notary_server_collections ${this.#known.size}`,
      ...head('notary_server_expiry_days_min', 'Days until the first of all collections has a role that expires.'),
      ...[...least].map(([role, at]) => `notary_server_expiry_days_min{role="${role}"} ${days(at)}`),
      ...(lines.length > 0 ? head('notary_server_expiry_days', 'Days until a role of a collection expires, negative afterwards.') : []),
      ...lines,
    ];
    return `${page.join('\n')}\n`;
  }
}

const DAY_MS = 86_400_000;
const head = (name: string, help: string): string[] => [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
const escapeLabel = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

async function expiries(state: CurrentState): Promise<Map<string, number>> {
  const out = new Map<string, number>([['timestamp', state.timestamp.payload.expires.at.getTime()]]);
  out.set('snapshot', (await state.snapshot()).payload.expires.at.getTime());
  const root = await state.file('root');
  if (root !== undefined) out.set('root', decodeRoot(parseEnvelope(root.bytes)).expires.at.getTime());
  const targets = await state.file('targets');
  if (targets !== undefined) out.set('targets', decodeTargets(parseEnvelope(targets.bytes), TARGETS).expires.at.getTime());
  return out;
}
