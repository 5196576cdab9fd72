// SPDX-License-Identifier: Apache-2.0
/** The signer's configuration: the reference's keys, overrides, rules and texts. Pure: files it names are read by the executable. */
import { defineFaults, type Environment, Secret } from '@notary/base';
import type { Settings } from '@notary/service/settings';
import { checkAlias } from '../vault/vault.ts';

/** The faults with codes `SIGNER_CONFIG_…`. */
export const signerConfigFaults = defineFaults('SIGNER_CONFIG', {
  INVALID: { category: 'usage', say: (f: { problem: string }) => f.problem },
  NO_MUTUAL_TLS: {
    category: 'usage',
    say: () => 'without server.client_ca_file anybody who reaches this signer can sign with its keys',
    remedy:
      'set server.client_ca_file to the certificate authority of the server’s client certificate ("notary-server gen-certs" makes all of them)',
  },
});

/** Where keys are kept, and the alias of the passphrase that new ones are encrypted with. */
export type SignerStorage =
  | { readonly backend: 'memory' }
  | { readonly backend: 'sqlite3' | 'postgres' | 'mysql'; readonly source: string; readonly defaultAlias: string };

/** The configuration, checked. */
export interface SignerConfig {
  /** `host:port`. */
  readonly address: string;
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  readonly storage: SignerStorage;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly warnings: readonly string[];
}

const KNOWN = [
  'server.grpc_addr',
  'server.tls_cert_file',
  'server.tls_key_file',
  'server.client_ca_file',
  'storage.backend',
  'storage.db_url',
  'storage.default_alias',
  'default_alias',
  'logging.level',
  'reporting.bugsnag',
];

const BACKENDS = ['mysql', 'postgres', 'sqlite3', 'memory'];
const invalid = (problem: string) => signerConfigFaults.INVALID({ problem });

/** How much protection the operator asked to do without, by a word on the command line. */
export type TlsWaiver = 'none' | 'anonymous-clients' | 'plaintext';

/** Checks in the reference's order. Faults: `SIGNER_CONFIG_INVALID`, `SIGNER_CONFIG_NO_MUTUAL_TLS`, `VAULT_ALIAS_INVALID`. */
export function readSignerConfig(settings: Settings, resolve: (name: string) => string, waiver: TlsWaiver): SignerConfig {
  const logLevel = parseLevel(settings.string('logging.level'));
  const tls = readTls(settings, resolve, waiver);
  const address = settings.string('server.grpc_addr');
  if (address === '') throw invalid('grpc listen address required for server');
  const warnings = settings.unknown(KNOWN).map((path) => `the configuration sets ${path}, which this signer does not know`);
  return { address: everyAddress(address), ...(tls ? { tls } : {}), storage: readStorage(settings, resolve), logLevel, warnings };
}

/** `:7899` means every address. */
const everyAddress = (address: string): string => (address.startsWith(':') ? `0.0.0.0${address}` : address);

function readTls(settings: Settings, resolve: (name: string) => string, waiver: TlsWaiver): SignerConfig['tls'] {
  const file = (path: string): string | undefined => {
    const name = settings.string(path);
    return name === '' ? undefined : resolve(name);
  };
  const [cert, key, clientCa] = [file('server.tls_cert_file'), file('server.tls_key_file'), file('server.client_ca_file')];
  if (cert === undefined && key === undefined && waiver === 'plaintext') return undefined;
  if (cert === undefined || key === undefined) {
    throw invalid('unable to set up TLS: both server.tls_cert_file and server.tls_key_file are required');
  }
  if (clientCa === undefined) {
    if (waiver === 'none') throw signerConfigFaults.NO_MUTUAL_TLS();
    return { cert, key };
  }
  return { cert, key, clientCa };
}

function readStorage(settings: Settings, resolve: (name: string) => string): SignerStorage {
  const backend = settings.string('storage.backend');
  if (!BACKENDS.includes(backend)) throw invalid(`${backend} is not an allowed backend, must be one of: [${BACKENDS.join(' ')}]`);
  if (backend === 'memory') return { backend };
  const source = settings.string('storage.db_url');
  if (source === '') throw invalid(`must provide a non-empty database source for ${backend}`);
  const alias = settings.string('storage.default_alias') || settings.string('default_alias');
  if (alias === '') throw invalid('must provide a default alias for the key DB');
  return {
    backend: backend as 'sqlite3' | 'postgres' | 'mysql',
    source: backend === 'sqlite3' ? resolve(source) : source,
    defaultAlias: checkAlias(alias),
  };
}

function parseLevel(text: string): SignerConfig['logLevel'] {
  const levels: Readonly<Record<string, SignerConfig['logLevel']>> = {
    '': 'error',
    panic: 'error',
    fatal: 'error',
    error: 'error',
    warn: 'warn',
    warning: 'warn',
    info: 'info',
    debug: 'debug',
    trace: 'debug',
  };
  const level = Object.hasOwn(levels, text.toLowerCase()) ? levels[text.toLowerCase()] : undefined;
  if (level === undefined) throw invalid(`not a valid logrus Level: ${JSON.stringify(text)}`);
  return level;
}

/** The passphrase of an alias: the variable `NOTARY_SIGNER_<ALIAS>`, in upper case. */
export function passphraseFromEnvironment(environment: Environment): (alias: string) => Secret<string> | undefined {
  return (alias) => {
    const value = environment.get(`NOTARY_SIGNER_${alias.toUpperCase()}`);
    return value === undefined || value === '' ? undefined : new Secret(value);
  };
}
