// SPDX-License-Identifier: Apache-2.0
/** Paths of the reference's router: which operation, on which collection, under which rights. */
import { MAX_GUN_LENGTH } from '../limits.ts';

export type Operation =
  | 'Ping'
  | 'UpdateTUF'
  | 'GetRoleByHash'
  | 'GetRoleByVersion'
  | 'GetRole'
  | 'GetKey'
  | 'RotateKey'
  | 'DeleteTUF'
  | 'Changefeed'
  | 'Health'
  | 'Ready'
  | 'Metrics'
  | 'NotFound';

/** What a request asks for. `gun` is empty where the path names no collection. */
export interface Route {
  readonly operation: Operation;
  readonly gun: string;
  readonly role: string;
  readonly checksum?: string;
  readonly version?: string;
}

const ROLE = 'root|targets(?:/[^/\\s]+)*|snapshot|timestamp';
const BY_HASH = new RegExp(`^(${ROLE})\\.([a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})\\.json$`);
const BY_VERSION = new RegExp(`^([0-9]+)\\.(${ROLE})\\.json$`);
const CURRENT = new RegExp(`^(${ROLE})\\.json$`);
const KEY = /^(snapshot|timestamp)\.key$/;
const TRUST = '/_trust/';

/** Methods that the reference's last route answers with 404; any other is 405. */
const KNOWN_METHODS = new Set(['GET', 'POST', 'PUT', 'HEAD', 'DELETE']);

const plain = (operation: Operation, gun = '', role = ''): Route => ({ operation, gun, role });

/** The route of a decoded, clean path; `undefined` if the method is none the server knows. */
export function matchRoute(method: string, path: string): Route | undefined {
  const route = matchFixed(method, path) ?? matchCollection(method, path);
  if (route !== undefined) return route;
  return KNOWN_METHODS.has(method) ? plain('NotFound') : undefined;
}

function matchFixed(method: string, path: string): Route | undefined {
  if (method !== 'GET') return undefined;
  switch (path) {
    case '/v2/':
      return plain('Ping');
    case '/v2/_trust/changefeed':
      return plain('Changefeed');
    case '/_notary_server/health':
      return plain('Health');
    case '/_notary_server/ready':
      return plain('Ready');
    case '/metrics':
      return plain('Metrics');
    default:
      return undefined;
  }
}

/** A name may itself hold `/_trust/tuf/`: as in the reference, the longest name that leaves a known rest wins. */
function matchCollection(method: string, path: string): Route | undefined {
  if (!path.startsWith('/v2/')) return undefined;
  for (let at = path.lastIndexOf(TRUST); at > '/v2/'.length - 1; at = at === 0 ? -1 : path.lastIndexOf(TRUST, at - 1)) {
    const gun = path.slice('/v2/'.length, at);
    if (gun === '' || gun.includes('*')) continue;
    const route = matchRest(method, gun, path.slice(at + TRUST.length));
    if (route !== undefined) return route;
  }
  return undefined;
}

function matchRest(method: string, gun: string, rest: string): Route | undefined {
  if (rest === 'tuf/') {
    if (method === 'POST') return plain('UpdateTUF', gun);
    return method === 'DELETE' ? plain('DeleteTUF', gun) : undefined;
  }
  if (rest === 'changefeed') return method === 'GET' ? plain('Changefeed', gun) : undefined;
  if (!rest.startsWith('tuf/')) return undefined;
  const name = rest.slice('tuf/'.length);
  const key = KEY.exec(name);
  if (key !== null) {
    if (method === 'GET') return plain('GetKey', gun, key[1]);
    return method === 'POST' ? plain('RotateKey', gun, key[1]) : undefined;
  }
  if (method !== 'GET') return undefined;
  const hash = BY_HASH.exec(name);
  if (hash !== null) return { operation: 'GetRoleByHash', gun, role: hash[1] as string, checksum: hash[2] as string };
  const version = BY_VERSION.exec(name);
  if (version !== null) return { operation: 'GetRoleByVersion', gun, role: version[2] as string, version: version[1] as string };
  const current = CURRENT.exec(name);
  return current === null ? undefined : plain('GetRole', gun, current[1]);
}

/** Rights that an operation needs, in the reference's order. */
export function requiredActions(operation: Operation): readonly string[] {
  switch (operation) {
    case 'UpdateTUF':
    case 'GetKey':
      return ['push', 'pull'];
    case 'GetRoleByHash':
    case 'GetRoleByVersion':
    case 'GetRole':
      return ['pull'];
    case 'Changefeed':
      return ['pull'];
    default:
      return ['*'];
  }
}

/** Can the database hold this name, and a client make a path of it: not too long, no control characters, no lone surrogates? */
export function isStorableGun(gun: string): boolean {
  if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(gun)) return false;
  return [...gun].length <= MAX_GUN_LENGTH;
}

/** Go's `path.Clean` with a leading and, where there was one, a trailing slash: what the reference redirects to. */
export function cleanPath(path: string): string {
  if (path.startsWith('/') && !path.includes('//') && !path.includes('/.')) return path; // nearly all of them
  const out: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') out.pop();
    else out.push(segment);
  }
  const clean = `/${out.join('/')}`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}
