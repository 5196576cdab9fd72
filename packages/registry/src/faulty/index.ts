// SPDX-License-Identifier: Apache-2.0
/**
 * A registry that misbehaves the way real ones do, around one that behaves: for tests of clients. Every switch names a behaviour seen
 * in the field; all are off at first and may be changed between requests.
 */
import type { Handler } from '@notary/base';

/** One request as it came, for assertions. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** What is done wrong from now on; nothing where a member is absent. */
export interface Misbehaviour {
  /** The next so many requests are answered 429, with this `Retry-After` (seconds or an HTTP date) if given. */
  tooManyRequests?: { times: number; readonly retryAfter?: string };
  /** The next so many requests are answered with this status and an empty body. */
  failing?: { times: number; readonly status: number };
  /**
   * No Referrers API, in the ways registries say so: a bare 404, 404 MANIFEST_UNKNOWN, 200 with a page of a portal, 405. Pushes with a
   * subject are then not answered by `OCI-Subject` either.
   */
  noReferrers?: 'not-found' | 'manifest-unknown' | 'html' | 'not-allowed';
  /** The API works, but a proxy on the way loses `OCI-Subject`. */
  loseSubject?: boolean;
  /** Ignores the artifact type filter and does not claim to have applied it. */
  ignoreFilters?: boolean;
  /** Answers blob reads with 307 to the same path at this origin. */
  redirectBlobsTo?: string;
  /** Content type of manifests. */
  manifestType?: string;
  /** Sends no `Docker-Content-Digest`. */
  hideDigest?: boolean;
  /** Sends this `Docker-Content-Digest`. */
  wrongDigest?: string;
  /** Answers ranges with the whole. */
  ignoreRanges?: boolean;
  /** Ignores If-Match and If-None-Match of pushes. */
  ignoreConditions?: boolean;
  /** Bodies of successful GETs end after so many bytes, with an error. */
  cutAfterBytes?: number;
  /** One byte of each manifest and blob body is another. */
  corruptBodies?: boolean;
  /** Makes upload locations absolute at this origin. */
  uploadOrigin?: string;
  /** Adds a Warning header to every answer. */
  warning?: string;
}

/** A registry that misbehaves as told, and remembers who asked for what. */
export interface FaultyRegistry {
  readonly handle: Handler;
  /** Change it at will. */
  readonly misbehave: Misbehaviour;
  readonly seen: SeenRequest[];
}

/** Requests kept for assertions. */
const MAX_SEEN = 10_000;

const errorBody = (code: string): string => JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] });
const JSON_TYPE = { 'content-type': 'application/json' };

function withoutReferrers(how: NonNullable<Misbehaviour['noReferrers']>): Response {
  if (how === 'html') return new Response('<html>portal</html>', { status: 200, headers: { 'content-type': 'text/html' } });
  if (how === 'not-allowed') return new Response(errorBody('UNSUPPORTED'), { status: 405, headers: JSON_TYPE });
  return how === 'not-found'
    ? new Response('404 page not found\n', { status: 404 })
    : new Response(errorBody('MANIFEST_UNKNOWN'), { status: 404, headers: JSON_TYPE });
}

/** Takes one of a number of times. */
function takeTurn(turns: { times: number } | undefined): boolean {
  if (turns === undefined || turns.times <= 0) return false;
  turns.times--;
  return true;
}

/** What is answered instead of asking the registry. */
function instead(request: Request, url: URL, m: Misbehaviour): Response | undefined {
  if (takeTurn(m.tooManyRequests)) {
    const after = m.tooManyRequests?.retryAfter;
    return new Response(errorBody('TOOMANYREQUESTS'), {
      status: 429,
      headers: { ...JSON_TYPE, ...(after === undefined ? {} : { 'retry-after': after }) },
    });
  }
  if (takeTurn(m.failing)) return new Response(null, { status: m.failing?.status ?? 500 });
  if (m.noReferrers !== undefined && url.pathname.includes('/referrers/')) return withoutReferrers(m.noReferrers);
  const read = request.method === 'GET' || request.method === 'HEAD';
  if (m.redirectBlobsTo !== undefined && read && /\/blobs\/[^/]+$/.test(url.pathname)) {
    return new Response(null, { status: 307, headers: { location: `${m.redirectBlobsTo}${url.pathname}${url.search}` } });
  }
  return undefined;
}

/** The request the registry gets. */
function altered(request: Request, url: URL, m: Misbehaviour): Request {
  const drop: string[] = [];
  if (m.ignoreRanges) drop.push('range');
  if (m.ignoreConditions && request.method === 'PUT') drop.push('if-match', 'if-none-match');
  const filtered = m.ignoreFilters === true && url.searchParams.has('artifactType');
  if (drop.length === 0 && !filtered) return request;
  const headers = new Headers(request.headers);
  for (const name of drop) headers.delete(name);
  const target = new URL(url);
  if (filtered) target.searchParams.delete('artifactType');
  const body = request.body === null ? {} : { body: request.body, duplex: 'half' };
  return new Request(target, { method: request.method, headers, ...body } as RequestInit);
}

async function damagedBody(response: Response, m: Misbehaviour): Promise<BodyInit | null> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (m.corruptBodies && bytes.length > 0) {
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 1;
  }
  const cut = m.cutAfterBytes;
  if (cut === undefined || cut >= bytes.length) return bytes;
  let sent = false;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) controller.error(new Error('the connection was reset'));
      else controller.enqueue(bytes.subarray(0, cut));
      sent = true;
    },
  });
}

/** The answer the client gets. */
async function distorted(request: Request, url: URL, response: Response, m: Misbehaviour): Promise<Response> {
  const headers = new Headers(response.headers);
  if (m.loseSubject || m.noReferrers !== undefined) headers.delete('oci-subject');
  if (m.hideDigest) headers.delete('docker-content-digest');
  if (m.wrongDigest !== undefined && headers.has('docker-content-digest')) headers.set('docker-content-digest', m.wrongDigest);
  if (m.warning !== undefined) headers.set('warning', `299 - "${m.warning}"`);
  const location = headers.get('location');
  if (m.uploadOrigin !== undefined && location?.includes('/blobs/uploads/'))
    headers.set('location', new URL(location, m.uploadOrigin).href);
  const content = response.ok && request.method === 'GET' && /\/(?:manifests|blobs)\//.test(url.pathname);
  if (m.manifestType !== undefined && response.ok && url.pathname.includes('/manifests/')) headers.set('content-type', m.manifestType);
  const damaged = content && (m.corruptBodies === true || m.cutAfterBytes !== undefined);
  return new Response(damaged ? await damagedBody(response, m) : response.body, { status: response.status, headers });
}

/** Puts the switches around a registry's handler. */
export function createFaultyRegistry(handle: Handler, misbehave: Misbehaviour = {}): FaultyRegistry {
  const seen: SeenRequest[] = [];
  return {
    misbehave,
    seen,
    async handle(request, connection) {
      const url = new URL(request.url);
      if (seen.length < MAX_SEEN) seen.push({ method: request.method, path: url.pathname + url.search, headers: new Map(request.headers) });
      const early = instead(request, url, misbehave);
      if (early !== undefined) return early;
      return distorted(request, url, await handle(altered(request, url, misbehave), connection), misbehave);
    },
  };
}
