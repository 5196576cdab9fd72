// SPDX-License-Identifier: Apache-2.0
import { type Clock, fromUtf8, type Handler, type ListenOptions, type Log } from '@notary/base';
import type { Invocation, OptionsOf } from '@notary/cli';
import { createRegistry, type RegistryStore } from '@notary/registry';
import { openDiskStore } from '@notary/registry/store-disk';
import {
  createHealth,
  createJsonLog,
  createMetrics,
  type Endpoint,
  type Health,
  type LogLevel,
  METRICS_CONTENT_TYPE,
  type Metrics,
  startService,
} from '@notary/service';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';
import { LEAST_GRACE_MS, serveGcRequests } from '../../gc-requests.ts';
import { readAccess, type ServeAccess } from './access.ts';
import { isLoopback, parseAddress } from './address.ts';
import type { serveFlags } from './spec.ts';
import { startedText } from './view.ts';

type Options = OptionsOf<typeof serveFlags>;

const MAX_PEM_BYTES = 1024 * 1024;
/** Bodies are bounded by the registry, per operation and while they stream; the listener must not know better. */
const MAX_REQUEST_BYTES = Number.MAX_SAFE_INTEGER;
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'];

async function openStore(options: Options, deps: AppDeps, log: Log): Promise<RegistryStore> {
  const { clock, random } = deps;
  if (options.memory) return (await import('@notary/registry/store-memory')).createMemoryStore({ clock, random });
  return openDiskStore({ root: options.root, clock, random, log, readOnly: options.readOnly });
}

async function readTls(options: Options, { files }: AppDeps): Promise<{ cert: string; key: string } | undefined> {
  if (options.tlsCert === '') return undefined;
  const read = async (path: string, purpose: string): Promise<string> => {
    const bytes = await files.read(path, MAX_PEM_BYTES);
    if (bytes === undefined) throw faults.FILE_MISSING({ path, purpose });
    return fromUtf8(bytes);
  };
  return { cert: await read(options.tlsCert, '--tls-cert'), key: await read(options.tlsKey, '--tls-key') };
}

/** Health, readiness and, where asked for, metrics: paths outside of the registry's own. */
function operatorHandler(health: Health, metrics: Metrics | undefined): (path: string) => Response | undefined {
  return (path) => {
    if (path === '/healthz') return health.healthResponse();
    if (path === '/readyz') return health.readyResponse();
    if (path === '/metrics' && metrics !== undefined)
      return new Response(metrics.render(), { headers: { 'content-type': METRICS_CONTENT_TYPE } });
    return undefined;
  };
}

const pathOf = (url: string): string => {
  const at = url.indexOf('/', url.indexOf('//') + 2);
  const query = url.indexOf('?', at);
  return url.slice(at, query < 0 ? undefined : query);
};

/** The registry first: it is asked most, and `/v2/` tells it apart. */
function mainHandler(registry: Handler, operator: (path: string) => Response | undefined, access: ServeAccess): Handler {
  return (request, connection) => {
    const { url } = request;
    const at = url.indexOf('/', url.indexOf('//') + 2);
    if (url.startsWith('/v2/', at)) return registry(request, connection);
    const path = pathOf(url);
    if (path === access.issuer?.path) return access.issuer.handle(request, connection);
    return operator(path) ?? registry(request, connection);
  };
}

/** Collects at intervals until the service stops. */
async function collectRegularly(store: RegistryStore, options: Options, clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  const intervalMs = Number(options.gcInterval / 1_000_000n);
  if (intervalMs <= 0 || options.readOnly) return;
  const graceMs = Math.max(LEAST_GRACE_MS, Number(options.gcGrace / 1_000_000n));
  while (!signal.aborted) {
    await clock.sleep(Math.max(1000, intervalMs), signal);
    const report = await store.collect({ graceMs, signal });
    log.info('collected', { ...report });
  }
}

function endpointsOf(
  options: Options,
  deps: { main: Handler; operator: (path: string) => Response | undefined; tls: ListenOptions['tls'] | undefined },
): Endpoint[] {
  const listen: ListenOptions = {
    ...parseAddress(options.addr),
    maxRequestBytes: MAX_REQUEST_BYTES,
    // The registry cuts off bodies by their rate, which also bounds silence.
    bodyWatch: 'handler',
    ...(deps.tls === undefined ? {} : { tls: deps.tls }),
  };
  const endpoints: Endpoint[] = [{ name: 'registry', handler: deps.main, listen }];
  if (options.metricsAddr !== '') {
    const handler: Handler = (request) => deps.operator(pathOf(request.url)) ?? new Response('not found\n', { status: 404 });
    endpoints.push({ name: 'metrics', handler, listen: parseAddress(options.metricsAddr) });
  }
  return endpoints;
}

/** Serves until a signal. */
export async function run({ options }: Invocation<typeof serveFlags>, deps: AppDeps): Promise<number> {
  const { clock, random, terminal } = deps;
  if (!LEVELS.includes(options.logLevel)) throw faults.FLAG_CONFLICT({ reason: `--log-level takes ${LEVELS.join(', ')}` });
  const log = createJsonLog({ clock, write: (line) => terminal.err(line), level: options.logLevel as LogLevel });
  const loopback = isLoopback(parseAddress(options.addr).host);
  const tls = await readTls(options, deps);
  const store = await openStore(options, deps, log);
  try {
    const access = await readAccess(options, deps);
    const metrics = createMetrics();
    const health = createHealth({ clock, checks: { storage: () => store.check() } });
    const registry = createRegistry({
      store,
      clock,
      random,
      log,
      metrics,
      readOnly: options.readOnly,
      bodyChunks: 'given',
      missingBlobs: options.requireBlobs ? 'refuse' : 'accept',
      ...(access.control === undefined ? {} : { access: access.control }),
    });
    // Numbers are nobody's business but the operator's: on the common address only where nobody else comes.
    const shared = options.metricsAddr === '' && loopback ? metrics : undefined;
    const endpoints = endpointsOf(options, {
      main: mainHandler(registry.handle, operatorHandler(health, shared), access),
      operator: operatorHandler(health, metrics),
      tls,
    });
    const collecting = new AbortController();
    const service = await startService({
      endpoints,
      listener: deps.listener,
      signals: deps.signals,
      clock,
      log,
      health,
      onReload: async () => {
        await access.reload();
        const renewed = await readTls(options, deps);
        return renewed === undefined ? undefined : { tls: { registry: renewed } };
      },
      onStop: () => collecting.abort(),
    });
    const { files } = deps;
    const { signal } = collecting;
    if (!options.memory && !options.readOnly) {
      const { root } = options;
      // In a later turn: the first answer need not wait for a directory.
      const taken = clock
        .sleep(0, signal)
        .then(() => serveGcRequests({ files, clock, log, root, collect: (o) => store.collect(o), signal }));
      taken.catch((e) => {
        if (!signal.aborted) log.error('requests to collect are no longer taken', { error: e });
      });
    }
    collectRegularly(store, options, clock, log, signal).catch((e) => {
      if (!signal.aborted) log.error('collecting ended', { error: e });
    });
    terminal.out(
      startedText({
        url: service.url('registry') ?? '',
        root: options.memory ? undefined : options.root,
        protection: access.protection,
        anonymousPull: options.anonymousPull,
        readOnly: options.readOnly,
        loopback,
      }),
    );
    await service.stopped;
  } finally {
    await store.close();
  }
  return 0;
}
