// SPDX-License-Identifier: Apache-2.0
/** `notary-server`: opens everything, says what it does, serves until told to stop. */
import { isFault, type Listener, type ListenOptions } from '@notary/base';
import type { OptionsOf } from '@notary/cli';
import { type AuditEntry, createNotaryServer, Maintenance, type NotaryServer, type ServerConfig } from '@notary/notary-server';
import type { Platform } from '@notary/platform';
import {
  type AdjustableLog,
  createAdjustableLog,
  createHealth,
  createLineWriter,
  type Endpoint,
  type Health,
  startService,
} from '@notary/service';
import { logFormat } from '@notary/service/settings';
import { versionLine } from '../build-info.ts';
import { openSigning, openStorage, openTokenAccess } from '../compose.ts';
import { type LoadedConfig, loadConfig, readTextFile } from '../configuration.ts';
import { debugEndpoint } from '../debug.ts';
import type { serveFlags } from '../flags.ts';

/** Largest body the listener takes; the server's own limit for updates is the same. */
const MAX_REQUEST_BYTES = 128 * 1024 * 1024;

/** Runs the server. Resolves with the exit code after a graceful stop. */
export async function runServe(options: OptionsOf<typeof serveFlags>, platform: Platform): Promise<number> {
  const format = logFormat(options.logf);
  process.umask(0o077); // what is created here, the database above all, is nobody else's to read
  const loaded = await loadConfig(options.config, platform);
  const { config } = loaded;
  if (loaded.isDefault) await platform.files.makeDirectory(loaded.dataDirectory, 0o700);
  const lines = createLineWriter((text) => process.stderr.write(text));
  process.on('exit', lines.flush);
  const log = createAdjustableLog({
    clock: platform.clock,
    level: options.debug ? 'debug' : config.logLevel,
    format,
    write: lines.write,
  });
  // whatever the level: a misspelt section protects nothing, and the default level is error
  for (const warning of config.warnings) log.always(warning, {});

  const storage = await openStorage(config.storage, platform, log);
  if (options.bootstrap) {
    await storage.sql?.close();
    platform.terminal.out('the schema is current\n');
    return 0;
  }
  const signing = await openSigning(config.trust, { platform, sql: storage.sql, dataDirectory: loaded.dataDirectory, log });
  const tokens = config.auth && (await openTokenAccess(config.auth, platform));
  const health = createHealth({
    clock: platform.clock,
    checks: {
      ...(storage.sql === undefined ? {} : { 'DB operational': () => storage.store.checkHealth() }),
      ...(signing.kind === 'remote' ? { 'Trust operational': () => signing.service.checkHealth() } : {}),
    },
  });
  let moreMetrics = (_: 'with-names' | 'without-names'): string => '';
  const server = createNotaryServer({
    store: storage.store,
    signing: signing.service,
    keyAlgorithm: signing.keyAlgorithm,
    clock: platform.clock,
    random: platform.random,
    gunPrefixes: config.gunPrefixes,
    cacheAges: config.cacheAges,
    health,
    log,
    logRequests: () => log.level === 'info' || log.level === 'debug',
    moreMetrics: async (names) => moreMetrics(names),
    onAudit: (entry) => {
      logAudit(log, entry);
      // the only record there will be is written before the update is acknowledged
      return storage.auditTable ? undefined : lines.written();
    },
    ...(tokens ? { access: tokens.access } : {}),
    ...(tokens?.rewriteChallenge ? { rewriteChallenge: tokens.rewriteChallenge } : {}),
  });
  const maintenance = new Maintenance({ store: storage.store, renewer: server.renewer, clock: platform.clock, log });
  moreMetrics = (names) => maintenance.renderMetrics(names);

  const ended = new AbortController();
  let looking: Promise<void> | undefined;
  const service = await startService({
    endpoints: await endpoints(config, server, health, platform, options.debug),
    listener: everyAddress(platform.listener),
    signals: platform.signals,
    clock: platform.clock,
    log,
    health,
    onReload: async () => {
      const tls = await readTls(config, platform);
      await tokens?.reload();
      await signing.reload?.();
      return tls === undefined ? {} : { tls: { api: tls } };
    },
    onStop: async () => {
      ended.abort();
      await looking;
      signing.close();
      await storage.sql?.close();
    },
  });
  looking = maintenance.run(ended.signal);
  const unlisten = platform.signals.on(['SIGUSR1', 'SIGUSR2'], (name) => {
    log.always('log level changed', { now: log.adjust(name === 'SIGUSR1' ? 'up' : 'down') });
  });
  try {
    platform.terminal.out(announcement(service.url('api') ?? '', loaded, signing.notice));
    await platform.terminal.flush();
  } catch (e) {
    log.error('cannot write to standard output', { error: e }); // no reason not to serve
  }
  log.info(versionLine('notary-server'));
  await service.stopped;
  unlisten();
  return 0;
}

/** `:4443` means every address: both families where the machine has IPv6, else IPv4 alone. */
function everyAddress(listener: Listener): Listener {
  return {
    async listen(handler, options) {
      try {
        return await listener.listen(handler, options);
      } catch (e) {
        if (options.host !== '' || isFault(e, 'LISTEN_ADDRESS_IN_USE', 'LISTEN_TLS_INVALID')) throw e;
        return listener.listen(handler, { ...options, host: '0.0.0.0' });
      }
    },
  };
}

async function readTls(config: ServerConfig, platform: Platform): Promise<ListenOptions['tls']> {
  if (config.tls === undefined) return undefined;
  const { cert, key, clientCa } = config.tls;
  return {
    cert: await readTextFile(platform, cert, 'server.tls_cert_file'),
    key: await readTextFile(platform, key, 'server.tls_key_file'),
    ...(clientCa === undefined ? {} : { clientCa: await readTextFile(platform, clientCa, 'server.client_ca_file') }),
  };
}

async function endpoints(
  config: ServerConfig,
  server: NotaryServer,
  health: Health,
  platform: Platform,
  debug: boolean,
): Promise<Endpoint[]> {
  const tls = await readTls(config, platform);
  const listen: ListenOptions = {
    ...config.listen,
    maxRequestBytes: MAX_REQUEST_BYTES,
    bodyWatch: 'handler',
    ...(tls === undefined ? {} : { tls }),
  };
  const api: Endpoint = { name: 'api', handler: (request, connection) => server.handle(request, connection), listen };
  return debug ? [api, debugEndpoint(health)] : [api];
}

function logAudit(log: AdjustableLog, entry: AuditEntry): void {
  log.always('audit', {
    audit: entry.action,
    gun: entry.gun,
    subject: entry.subject,
    'http.request.id': entry.requestId,
    detail: entry.detail,
  });
}

/** Where it listens, where its data is, who may use it, and what to try. */
function announcement(url: string, loaded: LoadedConfig, signingNotice: string): string {
  const { config, isDefault } = loaded;
  const { storage } = config;
  const loopback = /^(127\.|localhost$|::1$)/.test(config.listen.host);
  const data =
    storage.backend === 'memory'
      ? 'data in memory: lost at exit'
      : `data in ${storage.backend === 'sqlite3' ? storage.source : storage.backend}`;
  // every address is none that a client could use, or a certificate name
  const reached = url.replace(/^(https?:\/\/)(?:0\.0\.0\.0|\[::\])(?=:)/, '$1localhost');
  const open = config.auth === undefined ? 'open to everyone who reaches it' : `tokens of ${config.auth.issuer} required`;
  const lines = [
    `notary-server listens on ${url}${isDefault ? ` (no configuration: ${loopback ? 'loopback only, ' : ''}no TLS)` : ''}, ${open}`,
    data,
    signingNotice,
    `try: notary -s ${reached} init example.com/collection --publish`,
  ];
  return `${lines.join('\n')}\n`;
}
