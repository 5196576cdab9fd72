// SPDX-License-Identifier: Apache-2.0
/**
 * The paths of the API, taken apart from the right: the last segments say what is meant, whatever is before them is the name. By hand,
 * because a repository name holds slashes and this runs for every request.
 */
import { faults } from './faults.ts';
import { MAX_URL_LENGTH } from './limits.ts';

export type RouteKind = 'ping' | 'catalog' | 'manifest' | 'blob' | 'uploads' | 'upload' | 'tags' | 'referrers';

/** Name and reference are still raw text here; each operation parses what it uses. */
export interface Route {
  readonly kind: RouteKind;
  readonly name: string;
  /** Tag or digest, digest, or id of an upload; empty where there is none. */
  readonly reference: string;
  /** Without the question mark; empty if there is none. */
  readonly query: string;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const route = (kind: RouteKind, name: string, reference: string, query: string): Route => ({
  kind,
  name,
  reference: decode(reference),
  query,
});

/** The route of an absolute URL, `undefined` if no operation has such a path. Faults: `REGISTRY_URL_TOO_LONG`. */
export function parseRoute(url: string): Route | undefined {
  if (url.length > MAX_URL_LENGTH) throw faults.URL_TOO_LONG();
  const pathAt = url.indexOf('/', url.indexOf('//') + 2);
  const queryAt = url.indexOf('?', pathAt);
  const path = queryAt < 0 ? url.slice(pathAt) : url.slice(pathAt, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
  if (!path.startsWith('/v2/')) return path === '/v2' ? route('ping', '', '', query) : undefined;
  if (path.length === 4) return route('ping', '', '', query);
  if (path === '/v2/_catalog') return route('catalog', '', '', query);
  const last = path.lastIndexOf('/');
  const before = path.lastIndexOf('/', last - 1);
  if (before < 4) return undefined;
  const reference = path.slice(last + 1);
  const name = path.slice(4, before);
  switch (path.slice(before + 1, last)) {
    case 'manifests':
      return route('manifest', name, reference, query);
    case 'blobs':
      return reference === 'uploads' ? route('uploads', name, '', query) : route('blob', name, reference, query);
    case 'uploads': {
      if (!name.endsWith('/blobs')) return undefined;
      const repository = name.slice(0, -6);
      return reference === '' ? route('uploads', repository, '', query) : route('upload', repository, reference, query);
    }
    case 'tags':
      return reference === 'list' ? route('tags', name, '', query) : undefined;
    case 'referrers':
      return route('referrers', name, reference, query);
    default:
      return undefined;
  }
}
