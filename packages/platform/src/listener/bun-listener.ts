// SPDX-License-Identifier: Apache-2.0
/**
 * The Listener port over `Bun.serve`. What had to be measured:
 *
 * - Its idle timer starts with a request and is not moved by progress in either direction: slow uploads and downloads would be
 *   cut. So it is off for the server, request bodies have a watch of ours, and the timer is set when an answer is small
 *   enough to leave within it. Larger answers, which must announce their Content-Length, close their connection instead.
 * - Headers have a fixed bound of about 12 s, bodies the native bound of `maxRequestBodySize`.
 * - An answer to HEAD keeps its Content-Length only without a body.
 * - `reload` does not take new certificates: a second server on the same port (SO_REUSEPORT) takes over.
 */
import type { ConnectionInfo, Handler, Listener, ListenOptions, RunningListener } from '@notary/base';
import { IDLE_TIMEOUT_MS, REQUEST_BODY_BYTES, TIMED_ANSWER_BYTES } from '../limits.ts';
import type { BunRuntime, BunServer } from '../runtime.ts';
import { brokenHandler, type ListenTls, listenerUrl, listenFault, refusal, watchedBody } from './shared.ts';

const LONGEST_TIMER_S = 255;

interface State {
  readonly handler: Handler;
  readonly idleMs: number;
  readonly idleSeconds: number;
  readonly watchBodies: boolean;
  /** The origin, with its slash, of the last request whose URL was parsed: what begins like it needs no parsing. */
  origin: string;
}

/** Asked for its address only when somebody wants to know it: that costs as much as a fifth of a small answer. */
class Connection implements ConnectionInfo {
  answerIsSmall = false;
  readonly #request: Request;
  readonly #server: BunServer;

  constructor(request: Request, server: BunServer) {
    this.#request = request;
    this.#server = server;
  }

  get remoteAddress(): string {
    return this.#server.requestIP(this.#request)?.address ?? '';
  }
}

function hasBody(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  return request.headers.has('transfer-encoding') || Number(request.headers.get('content-length') ?? 0) > 0;
}

/** The same request with a body that ends in an error when the client falls silent. */
function watched(request: Request, silenceMs: number, stalled: () => void): Request {
  const reader = request.body?.getReader();
  if (reader === undefined) return request;
  const next = async (): Promise<IteratorResult<Uint8Array, unknown>> => (await reader.read()) as IteratorResult<Uint8Array, unknown>;
  const body = watchedBody(next, silenceMs, { stalled, cancelled: () => void reader.cancel().catch(() => undefined) });
  const init = { method: request.method, headers: request.headers, body, signal: request.signal, duplex: 'half' };
  return new Request(request.url, init as RequestInit);
}

/** Sets the connection's timer, or has the connection closed, by the size of the answer. */
function timed(server: BunServer, request: Request, response: Response, seconds: number): Response {
  const large = request.method !== 'HEAD' && Number(response.headers.get('content-length') ?? 0) > TIMED_ANSWER_BYTES;
  if (!large) {
    server.timeout(request, seconds);
    return response;
  }
  try {
    response.headers.set('connection', 'close');
    return response;
  } catch {
    // Headers of a response that came from elsewhere are immutable.
    const copy = new Response(response.body, response);
    copy.headers.set('connection', 'close');
    return copy;
  }
}

function forHead(request: Request, response: Response): Response {
  if (request.method !== 'HEAD' || !response.headers.has('content-length')) return response;
  return new Response(null, { status: response.status, headers: response.headers });
}

/** What goes out for a handler's answer. */
function finished(native: Request, server: BunServer, state: State, connection: Connection, response: Response): Response {
  if (!connection.answerIsSmall || native.method === 'HEAD') return timed(server, native, forHead(native, response), state.idleSeconds);
  server.timeout(native, state.idleSeconds);
  return response;
}

/** A Host header that makes no URL leaves the bare path. Whatever follows the slash after a good origin is part of a good URL. */
function makesUrl(url: string, state: State): boolean {
  if (state.origin !== '' && url.startsWith(state.origin)) return true;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return false;
  state.origin = url.slice(0, url.indexOf('/', url.indexOf('://') + 3) + 1);
  return true;
}

/** Answers at once where the handler does: a promise costs a turn of the loop and several objects. */
function answer(native: Request, server: BunServer, state: State): Response | Promise<Response> {
  if (!makesUrl(native.url, state)) return refusal(400, 'invalid Host header');
  const connection = new Connection(native, server);
  if (state.watchBodies && hasBody(native)) return answerWatched(native, server, state, connection);
  try {
    const response = state.handler(native, connection);
    if (!(response instanceof Promise)) return finished(native, server, state, connection, response);
    return response.then(
      (r) => finished(native, server, state, connection, r),
      () => finished(native, server, state, connection, brokenHandler()),
    );
  } catch {
    return finished(native, server, state, connection, brokenHandler());
  }
}

async function answerWatched(native: Request, server: BunServer, state: State, connection: Connection): Promise<Response> {
  let stalled = false;
  const request = watched(native, state.idleMs, () => {
    stalled = true;
  });
  let response: Response;
  try {
    response = await state.handler(request, connection);
  } catch {
    response = brokenHandler();
  }
  return finished(native, server, state, connection, stalled ? refusal(408, 'the request body stalled') : response);
}

function serveOptions(options: ListenOptions, tls: ListenTls | undefined, port: number, state: State): unknown {
  const host = options.host === '' ? '::' : options.host;
  return {
    hostname: host,
    port,
    development: false,
    idleTimeout: 0,
    maxRequestBodySize: options.maxRequestBytes ?? REQUEST_BODY_BYTES,
    fetch: (request: Request, server: BunServer) => answer(request, server, state),
    error: brokenHandler,
    // Without `development` Bun shares ports unless told otherwise.
    reusePort: tls !== undefined,
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
  };
}

function tlsOptions(tls: ListenTls): unknown {
  const client = tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true };
  return { cert: tls.cert, key: tls.key, ...client };
}

/** With SO_REUSEPORT a port that another server of ours holds would be shared in silence: a plain bind finds out first. */
function claimPort(bun: BunRuntime, options: ListenOptions): void {
  if (options.tls === undefined || options.port === 0) return;
  void bun
    .serve({ hostname: options.host === '' ? '::' : options.host, port: options.port, reusePort: false, fetch: brokenHandler })
    .stop(true);
}

async function stopWithin(server: BunServer, graceMs: number): Promise<void> {
  const stopped = server.stop();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, graceMs, 'late');
  });
  if ((await Promise.race([stopped, late])) === 'late') await server.stop(true);
  clearTimeout(timer);
}

/** A listener for Bun. */
export function createBunListener(bun: BunRuntime): Listener {
  return {
    async listen(handler, options): Promise<RunningListener> {
      const idleMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
      const idleSeconds = Math.min(LONGEST_TIMER_S, Math.max(1, Math.ceil(idleMs / 1000)));
      const state: State = { handler, idleMs, idleSeconds, watchBodies: options.bodyWatch !== 'handler', origin: '' };
      let server: BunServer;
      try {
        claimPort(bun, options);
        server = bun.serve(serveOptions(options, options.tls, options.port, state));
      } catch (e) {
        throw listenFault(options.host, options.port, e);
      }
      const { port } = server;
      const reload = async (tls: ListenTls): Promise<void> => {
        const old = server;
        try {
          server = bun.serve(serveOptions(options, tls, port, state));
        } catch (e) {
          throw listenFault(options.host, port, e);
        }
        // Requests under way end on the old one; it takes no new connections.
        void old.stop();
      };
      return {
        port,
        url: listenerUrl(options.tls !== undefined, options.host || '::', port),
        ...(options.tls === undefined ? {} : { reloadTls: reload }),
        stop: (graceMs) => stopWithin(server, graceMs),
      };
    },
  };
}
