// SPDX-License-Identifier: Apache-2.0
/**
 * PostgreSQL data sources as lib/pq reads them: a `postgres://` URL or `key=value` words, `sslmode` defaulting to `require`
 * (encrypted, certificate unchecked), `verify-ca` and `verify-full` with `sslrootcert`.
 */
import type { ConnectionOptions } from 'node:tls';
import type { Environment } from '@notary/base';
import { sqlFaults } from './faults.ts';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly applicationName: string;
  readonly ssl: false | ConnectionOptions;
}

type ReadText = (path: string) => Promise<string>;

const SETTINGS: readonly (readonly [string, string])[] = [
  ['host', 'PGHOST'],
  ['port', 'PGPORT'],
  ['user', 'PGUSER'],
  ['password', 'PGPASSWORD'],
  ['dbname', 'PGDATABASE'],
  ['sslmode', 'PGSSLMODE'],
  ['sslcert', 'PGSSLCERT'],
  ['sslkey', 'PGSSLKEY'],
  ['sslrootcert', 'PGSSLROOTCERT'],
  ['application_name', 'PGAPPNAME'],
];

/** Parses a data source; files it names are read by `readText`. */
export async function parsePostgresSource(source: string, environment: Environment, readText: ReadText): Promise<PostgresOptions> {
  const given = /^postgres(ql)?:\/\//.test(source) ? fromUrl(source) : fromWords(source);
  for (const [key, variable] of SETTINGS) {
    const value = environment.get(variable);
    if (!given.has(key) && value !== undefined && value !== '') given.set(key, value);
  }
  const port = Number(given.get('port') ?? '5432');
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw invalid('the port is not a number from 1 to 65535');
  const host = given.get('host') ?? 'localhost';
  return {
    host,
    port,
    ...optional('user', given.get('user')),
    ...optional('password', given.get('password')),
    ...optional('database', given.get('dbname')),
    applicationName: given.get('application_name') ?? 'notary',
    ssl: host.startsWith('/') ? false : await tlsOptions(given, host, readText),
  };
}

const invalid = (reason: string) => sqlFaults.SOURCE_INVALID({ dialect: 'PostgreSQL', reason });
const optional = (key: string, value: string | undefined) => (value === undefined || value === '' ? {} : { [key]: value });

function fromUrl(source: string): Map<string, string> {
  let url: URL;
  try {
    url = new URL(source);
  } catch {
    throw invalid('not a URL'); // without the cause: it would quote the password
  }
  const out = new Map<string, string>();
  const set = (key: string, value: string) => value !== '' && out.set(key, decodeURIComponent(value));
  set('host', url.hostname.replace(/^\[(.*)\]$/, '$1'));
  set('port', url.port);
  set('user', url.username);
  set('password', url.password);
  set('dbname', url.pathname.replace(/^\//, ''));
  for (const [key, value] of url.searchParams) out.set(key, value);
  return out;
}

/** `key=value` words; values may be quoted with `'`, a backslash escapes the next character. */
function fromWords(source: string): Map<string, string> {
  const out = new Map<string, string>();
  const word = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gy;
  let end = 0;
  for (let m = word.exec(source); m !== null; m = word.exec(source)) {
    out.set(m[1] as string, (m[2] ?? m[3] ?? '').replace(/\\(.)/g, '$1'));
    end = word.lastIndex;
  }
  if (source.slice(end).trim() !== '') throw invalid('expected postgres://… or words of the form key=value');
  return out;
}

async function tlsOptions(given: ReadonlyMap<string, string>, host: string, readText: ReadText): Promise<false | ConnectionOptions> {
  const mode = given.get('sslmode') ?? 'require';
  if (mode === 'disable') return false;
  if (mode !== 'require' && mode !== 'verify-ca' && mode !== 'verify-full') {
    throw invalid(
      `unsupported sslmode ${JSON.stringify(mode)}; only "require" (default), "verify-full", "verify-ca", and "disable" supported`,
    );
  }
  const file = async (key: string): Promise<string | undefined> => {
    const path = given.get(key);
    return path === undefined || path === '' ? undefined : await readText(path);
  };
  const [ca, cert, key] = [await file('sslrootcert'), await file('sslcert'), await file('sslkey')];
  // lib/pq: `require` with a root certificate behaves as `verify-ca`
  const checked = mode !== 'require' || ca !== undefined;
  return {
    rejectUnauthorized: checked,
    ...(checked && mode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}),
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
