// SPDX-License-Identifier: Apache-2.0
/**
 * The server's configuration: the reference's keys, environment overrides, rules and texts, and what this server adds.
 * Pure: files it names are read by the executable.
 */
import { defineFaults, type Environment } from '@notary/base';
import type { Settings } from '@notary/service/settings';

/** The faults with codes `CONFIG_…`. */
export const configFaults = defineFaults('CONFIG', {
  INVALID: { category: 'usage', say: (f: { problem: string }) => f.problem },
  UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { what: string }) => `${f.what} is not supported by this server`,
    remedy: 'use sqlite3, postgres or mysql',
  },
});

/** The levels of logs, after logrus's names were mapped to them. */
export type LogLevelName = 'debug' | 'info' | 'warn' | 'error';

export interface ListenConfig {
  readonly host: string;
  readonly port: number;
}
/** File names, absolute or relative to the process. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}
/** Who holds the private keys: this server's database, or a signer. */
export type TrustConfig =
  | { readonly type: 'local'; readonly passphraseFile?: string; readonly passphraseVariable: string }
  | {
      readonly type: 'remote';
      readonly hostname: string;
      readonly port: string;
      readonly keyAlgorithm: string;
      readonly ca?: string;
      readonly cert?: string;
      readonly key?: string;
    };
/** Where collections are kept. `source` is a file for SQLite, else a data source as the Go driver reads it. */
export type StorageConfig =
  | { readonly backend: 'memory' }
  | { readonly backend: 'sqlite3' | 'postgres' | 'mysql'; readonly source: string };

/** Whose tokens are taken, and for which service. */
export interface TokenAuthConfig {
  readonly realm: string;
  readonly issuer: string;
  readonly service: string;
  readonly rootCertBundle: string;
  readonly autoRedirect: boolean;
}

/** The configuration, checked. Ages are seconds. */
export interface ServerConfig {
  readonly listen: ListenConfig;
  readonly tls?: TlsFiles;
  readonly trust: TrustConfig;
  readonly storage: StorageConfig;
  readonly auth?: TokenAuthConfig;
  readonly logLevel: LogLevelName;
  readonly cacheAges: { readonly current: number; readonly consistent: number };
  readonly gunPrefixes: readonly string[];
  /** Members of the file that mean nothing here. */
  readonly warnings: readonly string[];
}

/** Resolves a name in the file against the file's directory. */
export type ResolvePath = (name: string) => string;

export const PASSPHRASE_VARIABLE = 'NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE';

const KNOWN = [
  'server.http_addr',
  'server.tls_cert_file',
  'server.tls_key_file',
  'server.client_ca_file',
  'trust_service.type',
  'trust_service.hostname',
  'trust_service.port',
  'trust_service.key_algorithm',
  'trust_service.tls_ca_file',
  'trust_service.tls_client_cert',
  'trust_service.tls_client_key',
  'trust_service.passphrase_file',
  'storage.backend',
  'storage.db_url',
  'auth.type',
  'auth.options',
  'logging.level',
  'reporting.bugsnag',
  'caching.max_age.current_metadata',
  'caching.max_age.consistent_metadata',
  'repositories.gun_prefixes',
];

const invalid = (problem: string) => configFaults.INVALID({ problem });
const optional = (key: string, value: string) => (value === '' ? {} : { [key]: value });

/** Checks in the reference's order, so that its first complaint is ours. Faults: `CONFIG_INVALID`, `CONFIG_UNSUPPORTED`. */
export function readServerConfig(settings: Settings, resolve: ResolvePath): ServerConfig {
  const file = (path: string): string => {
    const name = settings.string(path);
    return name === '' ? '' : resolve(name);
  };
  const logLevel = parseLogLevel(settings.string('logging.level'));
  const gunPrefixes = settings.list('repositories.gun_prefixes').map(checkPrefix);
  const trust = readTrust(settings, file);
  const storage = readStorage(settings, resolve);
  const cacheAges = {
    current: readAge(settings.string('caching.max_age.current_metadata'), 300),
    consistent: readAge(settings.string('caching.max_age.consistent_metadata'), 2_592_000),
  };
  const listen = parseListenAddress(settings.string('server.http_addr'), 'http listen address required for server');
  const tls = readTls(file);
  const auth = readAuth(settings);
  const warnings = settings.unknown(KNOWN).map((path) => `the configuration sets ${path}, which this server does not know`);
  if (settings.object('reporting.bugsnag') !== undefined)
    warnings.push('reporting.bugsnag is accepted and ignored: nothing is reported to third parties');
  return { listen, ...(tls ? { tls } : {}), trust, storage, ...(auth ? { auth } : {}), logLevel, cacheAges, gunPrefixes, warnings };
}

/** logrus's names. The default is error, as in the reference. */
export function parseLogLevel(text: string): LogLevelName {
  switch (text.toLowerCase()) {
    case '':
    case 'error':
    case 'fatal':
    case 'panic':
      return 'error';
    case 'warn':
    case 'warning':
      return 'warn';
    case 'info':
      return 'info';
    case 'debug':
    case 'trace':
      return 'debug';
    default:
      throw invalid(`not a valid logrus Level: ${JSON.stringify(text)}`);
  }
}

/** `host:port`, `:port` (every address) or `[v6]:port`. */
export function parseListenAddress(text: string, missing: string): ListenConfig {
  if (text === '') throw invalid(missing);
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) throw invalid(`listen address ${text} is not of the form host:port`);
  return { host: match[1] ?? match[2] ?? '', port };
}

function checkPrefix(prefix: string): string {
  const trimmed = prefix.trim();
  const segments = trimmed.split('/').slice(0, -1);
  const clean = trimmed.endsWith('/') && segments.length > 0 && segments.every((s) => s !== '' && s !== '.' && s !== '..');
  if (!clean || trimmed !== prefix || prefix.startsWith('..')) throw invalid(`invalid GUN prefix ${prefix}`);
  return prefix;
}

function readTrust(settings: Settings, file: (path: string) => string): TrustConfig {
  const type = settings.string('trust_service.type');
  if (type === 'local') {
    return { type, ...optional('passphraseFile', file('trust_service.passphrase_file')), passphraseVariable: PASSPHRASE_VARIABLE };
  }
  if (type !== 'remote') throw invalid('must specify either a "local" or "remote" type for trust_service');
  const keyAlgorithm = settings.string('trust_service.key_algorithm');
  if (!['ed25519', 'ecdsa', 'rsa'].includes(keyAlgorithm)) throw invalid(`invalid key algorithm configured: ${keyAlgorithm}`);
  const cert = file('trust_service.tls_client_cert');
  const key = file('trust_service.tls_client_key');
  if ((cert === '') !== (key === '')) throw invalid('either pass both client key and cert, or neither');
  return {
    type,
    keyAlgorithm,
    hostname: settings.string('trust_service.hostname'),
    port: settings.string('trust_service.port'),
    ...optional('ca', file('trust_service.tls_ca_file')),
    ...optional('cert', cert),
    ...optional('key', key),
  };
}

/** Shared with the signer: the same section with the same rules. A SQLite file's name is relative to the configuration. */
export function readStorage(settings: Settings, resolve: ResolvePath): StorageConfig {
  const backend = settings.string('storage.backend');
  const source = settings.string('storage.db_url');
  if (backend === 'memory') return { backend };
  if (backend === 'rethinkdb') throw configFaults.UNSUPPORTED({ what: 'the storage backend rethinkdb' });
  if (backend !== 'sqlite3' && backend !== 'postgres' && backend !== 'mysql')
    throw invalid(`${backend} is not a supported storage backend`);
  if (source === '') throw invalid(`must provide a non-empty database source for ${backend}`);
  return { backend, source: backend === 'sqlite3' ? resolve(source) : source };
}

/** The reference's limit: one year. */
const MAX_AGE_LIMIT = 31_536_000;

function readAge(text: string, fallback: number): number {
  if (text === '') return fallback;
  const seconds = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= 0 && seconds <= MAX_AGE_LIMIT)) throw invalid(`must specify a cache-control max-age between 0 and ${MAX_AGE_LIMIT}`);
  return seconds;
}

function readTls(file: (path: string) => string): TlsFiles | undefined {
  const [cert, key, clientCa] = [file('server.tls_cert_file'), file('server.tls_key_file'), file('server.client_ca_file')];
  if (cert === '' && key === '' && clientCa === '') return undefined;
  if (cert === '' || key === '') throw invalid('either include both a cert and key file, or no TLS information at all to disable TLS');
  return { cert, key, ...(clientCa === '' ? {} : { clientCa }) };
}

function readAuth(settings: Settings): TokenAuthConfig | undefined {
  const type = settings.string('auth.type');
  // anything but "token" meant no authentication in the reference: a server that was to be protected must not be open by a typo
  if (type === '') return undefined;
  if (type !== 'token')
    throw invalid(
      `auth.type ${JSON.stringify(type)} is not supported: use "token", or leave the section out for a server open to everyone`,
    );
  const options = settings.object('auth.options');
  if (options === undefined) throw invalid('auth.options must be a map[string]interface{}');
  const required = (name: string): string => {
    const value = options.get(name) ?? '';
    if (value === '') throw invalid(`token auth requires a valid option string: ${JSON.stringify(name)}`);
    return value;
  };
  return {
    realm: required('realm'),
    issuer: required('issuer'),
    service: required('service'),
    rootCertBundle: required('rootcertbundle'),
    autoRedirect: options.get('autoredirect') === 'true',
  };
}

/** What a server without any configuration does: SQLite and local keys in one directory, plain HTTP on loopback. Another address may be asked for. */
export function defaultServerConfig(database: string, environment: Environment): ServerConfig {
  const address = environment.get('NOTARY_SERVER_SERVER_HTTP_ADDR') ?? '';
  return {
    listen: address === '' ? { host: '127.0.0.1', port: 4443 } : parseListenAddress(address, ''),
    trust: {
      type: 'local',
      passphraseVariable: PASSPHRASE_VARIABLE,
      ...optional('passphraseFile', environment.get(`${PASSPHRASE_VARIABLE}_FILE`) ?? ''),
    },
    storage: { backend: 'sqlite3', source: database },
    logLevel: 'error',
    cacheAges: { current: 300, consistent: 2_592_000 },
    gunPrefixes: [],
    warnings: [],
  };
}
