// SPDX-License-Identifier: Apache-2.0
/**
 * A server's life: listen, become ready, reload on request, stop without cutting requests in flight. The process itself (signals,
 * exit) stays with the executable; here it is two injected ports.
 */
import type { Clock, Handler, Listener, ListenOptions, Log, RunningListener, Signals } from '@notary/base';
import type { Health } from './health.ts';
import { STOP_GRACE_MS } from './limits.ts';

/** One address with its handler. */
export interface Endpoint {
  /** For logs, e.g. `api` or `metrics`. */
  readonly name: string;
  readonly handler: Handler;
  readonly listen: ListenOptions;
}

/** What a reload may bring: new certificates by name of endpoint. */
export interface ReloadResult {
  readonly tls?: Readonly<Record<string, { cert: string; key: string; clientCa?: string }>>;
}

/** What a server runs. `graceMs` bounds the wait for requests in flight at a stop; default 20 s. */
export interface ServiceOptions {
  readonly endpoints: readonly Endpoint[];
  readonly listener: Listener;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly log: Log;
  readonly health?: Health;
  /** Reads files again. A rejection leaves everything as it was and is logged. */
  readonly onReload?: () => Promise<ReloadResult | undefined> | ReloadResult | undefined;
  /** After the last request: closes stores. */
  readonly onStop?: () => Promise<void> | void;
  readonly graceMs?: number;
}

/** A server that runs. */
export interface RunningService {
  /** In the order of the endpoints. */
  readonly listeners: readonly RunningListener[];
  /** URL of an endpoint by name. */
  url(name: string): string | undefined;
  reload(): Promise<void>;
  /** Graceful stop. Calling it again, as a second signal does, cuts what is left. */
  stop(): Promise<void>;
  /** Resolves when all is closed; rejects if `onStop` failed. */
  readonly stopped: Promise<void>;
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Starts every endpoint; when one cannot listen, the others are closed again and the fault is thrown. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { log, endpoints, health } = options;
  const running: RunningListener[] = [];
  try {
    for (const e of endpoints) running.push(await options.listener.listen(e.handler, e.listen));
  } catch (e) {
    await Promise.all(running.map((r) => r.stop(0)));
    throw e;
  }
  let stopping: Promise<void> | undefined;
  let settle: { resolve: () => void; reject: (e: unknown) => void } | undefined;
  const stopped = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A caller may use only stop(); its result must not count as an unhandled rejection of `stopped`.
  stopped.catch(() => undefined);

  const finish = async (): Promise<void> => {
    health?.setReady(false);
    health?.stop();
    off.forEach((o) => {
      o();
    });
    off = [options.signals.on(STOP_SIGNALS, () => void cut())];
    log.info('stopping', { graceMs: options.graceMs ?? STOP_GRACE_MS });
    await Promise.all(running.map((r) => r.stop(options.graceMs ?? STOP_GRACE_MS)));
    await options.onStop?.();
    off.forEach((o) => {
      o();
    });
    log.info('stopped');
  };
  const cut = async (): Promise<void> => {
    log.warn('stopping at once: asked a second time');
    await Promise.all(running.map((r) => r.stop(0)));
  };
  const stop = (): Promise<void> => {
    if (stopping !== undefined) {
      void cut();
      return stopping;
    }
    stopping = finish();
    stopping.then(settle?.resolve, settle?.reject);
    return stopping;
  };
  const reload = async (): Promise<void> => {
    try {
      const result = await options.onReload?.();
      for (let i = 0; i < endpoints.length; i++) {
        const tls = result?.tls?.[endpoints[i]?.name ?? ''];
        if (tls !== undefined) await running[i]?.reloadTls?.(tls);
      }
      log.info('reloaded');
    } catch (e) {
      log.error('reload failed; the former settings stay', { error: e });
    }
  };
  let off = [
    options.signals.on(STOP_SIGNALS, () => void stop().catch((e) => log.error('stop failed', { error: e }))),
    options.signals.on(['SIGHUP'], () => void reload()),
  ];
  health?.start();
  health?.setReady(true);
  return {
    listeners: running,
    url: (name) => running[endpoints.findIndex((e) => e.name === name)]?.url,
    reload,
    stop,
    stopped,
  };
}
