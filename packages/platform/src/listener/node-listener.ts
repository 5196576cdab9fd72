// SPDX-License-Identifier: Apache-2.0
/** The Listener port over `node:http` and `node:https`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handler, Listener, ListenOptions, RunningListener } from '@notary/base';
import { HEADER_BYTES, HEADERS_TIMEOUT_MS, IDLE_TIMEOUT_MS, REQUEST_BODY_BYTES } from '../limits.ts';
import { sendResponse } from './node-answer.ts';
import { brokenHandler, type ListenTls, listenerUrl, listenFault, refusal, watchedBody } from './shared.ts';

interface State {
  readonly handler: Handler;
  readonly scheme: 'http' | 'https';
  readonly idleMs: number;
  readonly maxBytes: number;
}

/** What happened to a request body while the handler read it: decides the answer whatever the handler made of the error. */
interface BodyFate {
  status: 0 | 408 | 413;
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  const raw = message.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] as string, raw[i + 1] as string);
  return headers;
}

function bodyOf(message: IncomingMessage, state: State, fate: BodyFate, beforeFirst: () => void): ReadableStream<Uint8Array> {
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let asked = false;
  let total = 0;
  const next = (): Promise<IteratorResult<Uint8Array, unknown>> => {
    if (!asked) beforeFirst();
    asked = true;
    return chunks.next();
  };
  return watchedBody(next, state.idleMs, {
    stalled: () => {
      fate.status = 408;
    },
    count: (bytes) => {
      total += bytes;
      if (total <= state.maxBytes) return undefined;
      fate.status = 413;
      return new Error(`the request body is larger than ${state.maxBytes} bytes`);
    },
  });
}

function requestUrl(message: IncomingMessage, state: State): string | undefined {
  const target = message.url ?? '/';
  const text = target.startsWith('/') ? `${state.scheme}://${message.headers.host ?? ''}${target}` : target;
  return /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}

/** Answers before any handler sees the request, or undefined. */
function early(message: IncomingMessage, state: State): Response | undefined {
  if (/^(CONNECT|TRACE|TRACK)$/i.test(message.method ?? '')) return refusal(405, 'method not allowed');
  if (requestUrl(message, state) === undefined) return refusal(400, 'invalid Host header');
  if (Number(message.headers['content-length'] ?? 0) > state.maxBytes) return refusal(413, 'the request body is too large');
  return undefined;
}

async function handle(message: IncomingMessage, reply: ServerResponse, state: State, beforeFirst: () => void): Promise<void> {
  const gone = new AbortController();
  reply.once('close', () => gone.abort());
  const fate: BodyFate = { status: 0 };
  let response = early(message, state);
  if (response === undefined) {
    const method = message.method ?? 'GET';
    const bodiless =
      method === 'GET' ||
      method === 'HEAD' ||
      (!message.headers['transfer-encoding'] && Number(message.headers['content-length'] ?? 0) === 0);
    const init = {
      method,
      headers: headersOf(message),
      signal: gone.signal,
      duplex: 'half',
      body: bodiless ? null : bodyOf(message, state, fate, beforeFirst),
    };
    try {
      const request = new Request(requestUrl(message, state) as string, init as RequestInit);
      response = await state.handler(request, { remoteAddress: message.socket.remoteAddress ?? '' });
    } catch {
      response = brokenHandler();
    }
  }
  if (fate.status === 408) response = refusal(408, 'the request body stalled');
  if (fate.status === 413) response = refusal(413, 'the request body is too large');
  // What is left of a body nobody wants is not read to its end: the connection goes with it.
  if (!message.complete) reply.shouldKeepAlive = false;
  await sendResponse(message, reply, response);
}

function start(server: Server, state: State): void {
  const onError = (message: IncomingMessage, reply: ServerResponse, beforeFirst: () => void): void => {
    handle(message, reply, state, beforeFirst).catch(() => reply.destroy());
  };
  server.on('request', (message, reply) => onError(message, reply, () => undefined));
  // The client waits for leave to send its body: it gets it when the handler first reads.
  server.on('checkContinue', (message, reply) => onError(message, reply, () => reply.writeContinue()));
  server.on('clientError', (e: NodeJS.ErrnoException, socket) => {
    if (socket.writable && e.code !== 'ECONNRESET') {
      const line = e.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
      socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    } else socket.destroy();
  });
  server.keepAliveTimeout = state.idleMs;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  // Bodies have their own watch: a bound on the whole would cut long uploads.
  server.requestTimeout = 0;
}

function secureOptions(tls: ListenTls): { cert: string; key: string; ca?: string; requestCert?: boolean; rejectUnauthorized?: boolean } {
  return {
    cert: tls.cert,
    key: tls.key,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}

async function stopWithin(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

/** A listener for Node. */
export function createNodeListener(): Listener {
  return {
    async listen(handler, options: ListenOptions): Promise<RunningListener> {
      const { tls } = options;
      const state: State = {
        handler,
        scheme: tls === undefined ? 'http' : 'https',
        idleMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
        maxBytes: options.maxRequestBytes ?? REQUEST_BODY_BYTES,
      };
      const common = { maxHeaderSize: HEADER_BYTES, connectionsCheckingInterval: 1_000 };
      let server: Server & { setSecureContext?(o: object): void };
      try {
        server =
          tls === undefined
            ? (await import('node:http')).createServer(common)
            : (await import('node:https')).createServer({ ...common, ...secureOptions(tls) });
        start(server, state);
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen({ port: options.port, ...(options.host === '' ? {} : { host: options.host }) }, resolve);
        });
      } catch (e) {
        throw listenFault(options.host, options.port, e);
      }
      const { port } = server.address() as AddressInfo;
      return {
        port,
        url: listenerUrl(tls !== undefined, options.host || '::', port),
        ...(tls === undefined
          ? {}
          : {
              reloadTls: async (next: ListenTls) => {
                try {
                  server.setSecureContext?.(secureOptions(next));
                } catch (e) {
                  throw listenFault(options.host, port, e);
                }
              },
            }),
        stop: (graceMs) => stopWithin(server, graceMs),
      };
    },
  };
}
