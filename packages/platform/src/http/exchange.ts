// SPDX-License-Identifier: Apache-2.0
/** The part of a request that is the same on both runtimes: checks before it is sent, and the wait for its headers. */
import {
  type Environment,
  type Http,
  type HttpRequest,
  type HttpResponse,
  httpFaults,
  printableUrl,
  type TlsClientOptions,
} from '@notary/base';
import { requestFacts } from './fault.ts';
import { proxyFor } from './proxy.ts';
import type { Roots } from './roots.ts';

/** How a client connects. */
export interface HttpClientOptions {
  readonly tls?: TlsClientOptions;
  /** `environment` follows HTTP_PROXY, HTTPS_PROXY and NO_PROXY by Go's rules; `none` always connects directly. */
  readonly proxy?: 'environment' | 'none';
  /** Sent where a request names none. */
  readonly userAgent?: string;
}

export interface Target {
  readonly url: URL;
  readonly proxy: URL | undefined;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Refuses what cannot be written as one HTTP request, and finds its proxy. */
function checkRequest(request: HttpRequest, environment: Environment, options: HttpClientOptions): Target {
  const refuse = (reason: string): Error => httpFaults.REQUEST_INVALID({ method: request.method, url: printableUrl(request.url), reason });
  let url: URL;
  try {
    url = new URL(request.url);
  } catch {
    throw refuse('the URL is not valid');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, 50))}`);
  if (url.username !== '' || url.password !== '') throw refuse('a URL must not carry credentials');
  if (!TOKEN.test(request.method)) throw refuse('the method is not a token');
  if (!(request.maxBytes >= 0) || !(request.timeoutMs > 0)) throw refuse('maxBytes and timeoutMs need a bound');
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    // Control characters are what a header must not hold (RFC 9110 5.5).
    if (!TOKEN.test(name) || /[\x00-\x08\x0a-\x1f\x7f]/.test(value))
      throw refuse(`the header ${JSON.stringify(name.slice(0, 50))} is not valid`);
  }
  if (options.proxy === 'none') return { url, proxy: undefined };
  try {
    return { url, proxy: proxyFor(url, environment) };
  } catch (e) {
    throw refuse((e as Error).message);
  }
}

/** A wait that ends with the headers: each sign of progress starts it anew. */
export class HeaderWait {
  readonly #request: HttpRequest;
  readonly #controller = new AbortController();
  readonly #onAbort: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(request: HttpRequest) {
    this.#request = request;
    this.#onAbort = () => {
      this.#controller.abort(httpFaults.ABORTED(requestFacts(request, 'context canceled'), { cause: request.signal?.reason }));
    };
    if (request.signal?.aborted) this.#onAbort();
    else request.signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.progress();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  progress(): void {
    clearTimeout(this.#timer);
    const { timeoutMs } = this.#request;
    const detail = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    this.#timer = setTimeout(
      () => this.#controller.abort(httpFaults.TIMEOUT({ ...requestFacts(this.#request, detail), timeoutMs })),
      timeoutMs,
    );
  }

  /** Headers are here: the body has its own watch. */
  headersArrived(): void {
    clearTimeout(this.#timer);
  }

  /** The exchange is over. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }

  /** Ends the exchange's connection. */
  stop(): void {
    this.finish();
    this.#controller.abort();
  }
}

/** An unknown authority may be known to the certificate directories; a body that was a stream cannot be sent again. */
function mayTryDeeper(e: unknown, request: HttpRequest, roots: Roots): boolean {
  const { code, facts } = e as { code?: string; facts?: { detail?: string } };
  const unknown = code === 'HTTP_TLS_FAILED' && facts?.detail?.includes('unknown authority') === true;
  return unknown && roots.canDeepen && (request.body === undefined || request.body instanceof Uint8Array);
}

/** A client over one runtime's `exchange`: checks each request, and looks for its server's authority once more where that may help. */
export function sending(
  options: HttpClientOptions,
  environment: Environment,
  roots: Roots,
  exchange: (request: HttpRequest, target: Target) => Promise<HttpResponse>,
): Http {
  return {
    async send(request) {
      const target = checkRequest(request, environment, options);
      try {
        return await exchange(request, target);
      } catch (e) {
        if (!mayTryDeeper(e, request, roots)) throw e;
        roots.depth = 'directories';
        return exchange(request, target);
      }
    },
  };
}
