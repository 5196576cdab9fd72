// SPDX-License-Identifier: Apache-2.0
/**
 * Health (is the process worth keeping?) and readiness (should it get traffic?). Checks run in the background at a fixed period, so a
 * probe costs nothing and cannot be used to make the server work.
 */
import type { Clock } from '@notary/base';
import { faults } from './faults.ts';
import { HEALTH_CHECK_TIMEOUT_MS, HEALTH_PERIOD_MS } from './limits.ts';

/** Resolves when well; rejects with the reason. */
export type HealthCheck = (signal: AbortSignal) => Promise<void> | void;

/** What is checked, and how often: every `periodMs` (default 10,000), each check for at most `timeoutMs` (default 5,000). */
export interface HealthOptions {
  readonly clock: Clock;
  /** Name of the check to check, e.g. `DB operational`. */
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  readonly periodMs?: number;
  readonly timeoutMs?: number;
}

/** Whether a server works, and whether it wants traffic. */
export interface Health {
  /** Runs all checks once, side by side. */
  checkNow(): Promise<void>;
  /** Repeats the checks until `stop`. */
  start(): void;
  stop(): void;
  /** Failures by check, empty when well. Before the first run everything counts as well. */
  failures(): ReadonlyMap<string, string>;
  /** From start-up to the beginning of a stop. */
  setReady(ready: boolean): void;
  readonly ready: boolean;
  /** 200 `{}` or 503 `{"<check>":"<reason>"}`, whether or not ready. */
  healthResponse(): Response;
  /** 200 or 503; also 503 while starting and stopping, so that balancers look elsewhere before connections are refused. */
  readyResponse(): Response;
}

async function runCheck(name: string, check: HealthCheck, clock: Clock, timeoutMs: number): Promise<string | undefined> {
  const abort = new AbortController();
  try {
    const late = clock.sleep(timeoutMs, abort.signal).then(() => {
      throw faults.HEALTH_CHECK_TIMEOUT({ check: name, ms: timeoutMs });
    });
    // Its end by the abort below is nobody's failure.
    late.catch(() => undefined);
    await Promise.race([Promise.resolve(check(abort.signal)), late]);
    return undefined;
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  } finally {
    abort.abort();
  }
}

/** Health of a server over its checks. */
export function createHealth(options: HealthOptions): Health {
  const checks = Object.entries(options.checks ?? {});
  const { clock, periodMs = HEALTH_PERIOD_MS, timeoutMs = HEALTH_CHECK_TIMEOUT_MS } = options;
  let failing: ReadonlyMap<string, string> = new Map();
  let ready = false;
  let loop: AbortController | undefined;
  const checkNow = async (): Promise<void> => {
    const next = new Map<string, string>();
    const results = await Promise.all(checks.map(async ([name, check]) => [name, await runCheck(name, check, clock, timeoutMs)] as const));
    for (const [name, reason] of results) if (reason !== undefined) next.set(name, reason);
    failing = next;
  };
  const report = (well: boolean): Response =>
    new Response(JSON.stringify(Object.fromEntries(failing)), {
      status: well ? 200 : 503,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  return {
    checkNow,
    start() {
      if (loop !== undefined || checks.length === 0) return;
      const abort = (loop = new AbortController());
      const tick = async (): Promise<void> => {
        while (!abort.signal.aborted) {
          await clock.sleep(periodMs, abort.signal);
          await checkNow();
        }
      };
      // The sleep rejects when stopped, which ends the loop; checks themselves never reject.
      tick().catch(() => undefined);
    },
    stop() {
      loop?.abort();
      loop = undefined;
    },
    failures: () => failing,
    setReady(value) {
      ready = value;
    },
    get ready() {
      return ready;
    },
    healthResponse: () => report(failing.size === 0),
    readyResponse: () =>
      ready
        ? report(failing.size === 0)
        : new Response('{"ready":"no"}', { status: 503, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } }),
  };
}
