// SPDX-License-Identifier: Apache-2.0
/**
 * MySQL and MariaDB data sources as go-sql-driver reads them: `[user[:password]@][protocol[(address)]]/dbname[?param=value]`.
 * Parameters in use: `tls` (`true`, `skip-verify`, `preferred`, `false`) and `timeout`; the rest concern the Go driver only.
 */
import { sqlFaults } from './faults.ts';

export interface MysqlOptions {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  readonly tls: 'off' | 'verify' | 'unverified';
}

const invalid = (reason: string) => sqlFaults.SOURCE_INVALID({ dialect: 'MySQL', reason });

/** Parses a data source. The password may hold any character: the last `@` before the last `/` ends it, as in the Go driver. */
export function parseMysqlSource(source: string): MysqlOptions {
  const slash = source.lastIndexOf('/');
  if (slash < 0) throw invalid("missing the slash separating the database name; expected 'user:password@tcp(host:port)/database'");
  const [name = '', query = ''] = splitOnce(source.slice(slash + 1), '?');
  const head = source.slice(0, slash);
  const at = head.lastIndexOf('@');
  const [user = '', password] = at < 0 ? [''] : splitOnce(head.slice(0, at), ':');
  return {
    ...address(head.slice(at + 1)),
    ...(user === '' ? {} : { user }),
    ...(password === undefined || password === '' ? {} : { password }),
    database: decodeURIComponent(name),
    tls: tlsMode(new URLSearchParams(query).get('tls')),
  };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function address(text: string): { host: string; port: number } | { socketPath: string } {
  const match = /^(?:([a-z0-9]*)(?:\((.*)\))?)?$/i.exec(text);
  if (match === null) throw invalid('the network address is not of the form protocol(address)');
  const protocol = match[1] === undefined || match[1] === '' ? 'tcp' : match[1];
  if (protocol === 'unix') return { socketPath: match[2] ?? '/tmp/mysql.sock' };
  if (protocol !== 'tcp') throw invalid(`unsupported network ${JSON.stringify(protocol)}`);
  const hostPort = match[2] ?? '127.0.0.1:3306';
  const parts = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(hostPort);
  const port = Number(parts?.[3] ?? '3306');
  if (parts === null || port < 1 || port > 65535) throw invalid('the address is not of the form host:port');
  return { host: parts[1] ?? (parts[2] === '' ? '127.0.0.1' : (parts[2] as string)), port };
}

function tlsMode(value: string | null): MysqlOptions['tls'] {
  if (value === null || value === 'false') return 'off';
  if (value === 'true') return 'verify';
  if (value === 'skip-verify' || value === 'preferred') return 'unverified';
  throw invalid(`unknown tls setting ${JSON.stringify(value)}; use true, false, skip-verify or preferred`);
}
