// SPDX-License-Identifier: Apache-2.0
/** The Http port without a network: requests go to handlers in this process, with the bounds of the real client enforced. */
import { setMaxListeners } from 'node:events';
import { concatBytes, type Handler, type Http, type HttpRequest, type HttpResponse, httpFaults } from '@notary/base';

/** One request as it was sent, for assertions. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface LoopbackHttp extends Http {
  /** What was sent, in order. */
  readonly sent: SentRequest[];
  /** Adds or replaces the server of an origin, for example `https://registry.example`. */
  route(origin: string, handler: Handler): void;
  /** Nobody listens there any more. */
  unroute(origin: string): void;
}

/** A response may leave the framing wrong on purpose: the loopback fails as a real connection does. */
const BREAK_HEADER = 'x-loopback-break';

/** A response whose connection breaks after `body`, for tests of incomplete answers. */
export function brokenResponse(body: Uint8Array, announcedLength: number, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set('content-length', String(announcedLength));
  headers.set(BREAK_HEADER, 'yes');
  return new Response(body as BodyInit, { ...init, headers });
}

const facts = (request: HttpRequest, detail: string): { method: string; url: string; detail: string } => ({
  method: request.method,
  url: request.url,
  detail,
});

async function bodyOf(request: HttpRequest): Promise<Uint8Array> {
  const { body } = request;
  if (body === undefined) return new Uint8Array(0);
  if (body instanceof Uint8Array) return body.slice();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk.slice());
  const all = concatBytes(...chunks);
  if (request.bodyLength !== undefined && all.length !== request.bodyLength)
    throw httpFaults.REQUEST_INVALID({
      method: request.method,
      url: request.url,
      reason: `the body has ${all.length} bytes where ${request.bodyLength} were announced`,
    });
  return all;
}

/** Rejects with a fault when the wait is too long or the caller gives up. */
function bounded<T>(request: HttpRequest, work: Promise<T>, where: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const detail = `context deadline exceeded (Client.Timeout exceeded while ${where})`;
    const timer = setTimeout(
      () => reject(httpFaults.TIMEOUT({ ...facts(request, detail), timeoutMs: request.timeoutMs })),
      request.timeoutMs,
    );
    const aborted = (): void => reject(httpFaults.ABORTED(facts(request, 'context canceled'), { cause: request.signal?.reason }));
    if (request.signal?.aborted) aborted();
    request.signal?.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', aborted);
    });
  });
}

function createResponse(request: HttpRequest, response: Response): HttpResponse {
  const breaks = response.headers.has(BREAK_HEADER);
  response.headers.delete(BREAK_HEADER);
  const all = new Map<string, string[]>();
  for (const [name, value] of response.headers) all.set(name, [...(all.get(name) ?? []), value]);
  const announced = response.headers.get('content-length');
  const hasBody = request.method !== 'HEAD' && response.status !== 204 && response.status !== 304;
  const tooLarge = (): Error => httpFaults.BODY_TOO_LARGE({ method: request.method, url: request.url, maxBytes: request.maxBytes });
  let used = false;
  async function* stream(): AsyncGenerator<Uint8Array> {
    if (used) throw new TypeError('the body of this response was used already');
    used = true;
    if (!hasBody) return;
    if (announced !== null && Number(announced) > request.maxBytes) throw tooLarge();
    const reader = response.body?.getReader();
    let total = 0;
    try {
      for (;;) {
        const step = reader === undefined ? undefined : await bounded(request, reader.read(), 'reading body');
        if (step === undefined || step.done) break;
        total += step.value.length;
        if (total > request.maxBytes) throw tooLarge();
        yield step.value;
      }
      if (breaks || (announced !== null && Number(announced) !== total))
        throw httpFaults.UNREACHABLE({ ...facts(request, 'unexpected EOF'), errno: '' });
    } finally {
      await reader?.cancel().catch(() => undefined);
    }
  }
  return {
    status: response.status,
    header: (name) => all.get(name.toLowerCase())?.join(', '),
    headerValues: (name) => all.get(name.toLowerCase()) ?? [],
    headers: new Map(Array.from(all, ([name, values]) => [name, values.join(', ')])),
    stream,
    async bytes() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream()) chunks.push(chunk);
      return concatBytes(...chunks);
    },
    async cancel() {
      if (used) return;
      used = true;
      await response.body?.cancel().catch(() => undefined);
    },
  };
}

function webRequest(request: HttpRequest, body: Uint8Array, signal: AbortSignal): Request {
  const headers = new Headers(request.headers);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (body.length > 0 || request.body !== undefined) headers.set('content-length', String(body.length));
  const bodiless = request.method === 'GET' || request.method === 'HEAD';
  return new Request(request.url, { method: request.method, headers, signal, ...(bodiless ? {} : { body: body as BodyInit }) });
}

/** An HTTP client whose servers are handlers, by origin. An origin without one refuses connections. */
export function createLoopbackHttp(routes: Readonly<Record<string, Handler>> = {}): LoopbackHttp {
  const table = new Map(Object.entries(routes).map(([origin, handler]) => [new URL(origin).origin, handler]));
  const sent: SentRequest[] = [];
  return {
    sent,
    route: (origin, handler) => void table.set(new URL(origin).origin, handler),
    unroute: (origin) => void table.delete(new URL(origin).origin),
    async send(request) {
      if (!(request.maxBytes >= 0) || !(request.timeoutMs > 0))
        throw httpFaults.REQUEST_INVALID({ method: request.method, url: request.url, reason: 'maxBytes and timeoutMs need a bound' });
      if (request.signal !== undefined) setMaxListeners(0, request.signal); // as the real client does
      if (request.signal?.aborted) throw httpFaults.ABORTED(facts(request, 'context canceled'), { cause: request.signal.reason });
      const url = new URL(request.url);
      const body = await bodyOf(request);
      const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
      sent.push({ method: request.method, url: request.url, headers, body });
      const handler = table.get(url.origin);
      const address = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
      if (handler === undefined)
        throw httpFaults.UNREACHABLE({ ...facts(request, `dial tcp ${address}: connect: connection refused`), errno: 'ECONNREFUSED' });
      const gone = new AbortController();
      const answer = Promise.resolve(handler(webRequest(request, body, gone.signal), { remoteAddress: '127.0.0.1' }));
      try {
        // Through the constructor, so that headers of every response can be changed and its body is its own.
        const response = await bounded(request, answer, 'awaiting headers');
        return createResponse(request, new Response(response.body, { status: response.status, headers: response.headers }));
      } catch (e) {
        gone.abort();
        throw e;
      }
    },
  };
}

/** Answers requests in the order of a script, each checked against the request it expects. */
export function createScriptedHttp(
  script: readonly { readonly expect?: string; readonly answer: Response | (() => Response | Promise<Response>) }[],
): LoopbackHttp {
  let at = 0;
  const next: Handler = async (request) => {
    const step = script[at++];
    if (step === undefined) throw new Error(`no answer left in the script for ${request.method} ${request.url}`);
    const line = `${request.method} ${request.url}`;
    if (step.expect !== undefined && step.expect !== line) throw new Error(`expected ${step.expect}, got ${line}`);
    return typeof step.answer === 'function' ? step.answer() : step.answer;
  };
  const http = createLoopbackHttp();
  return {
    ...http,
    async send(request) {
      http.route(new URL(request.url).origin, next);
      return http.send(request);
    },
  };
}
