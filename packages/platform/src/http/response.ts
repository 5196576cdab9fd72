// SPDX-License-Identifier: Apache-2.0
/** One answer with its bounds: size while it streams, silence between chunks, one use of the body. */
import { type HttpRequest, type HttpResponse, httpFaults, joinBytes, printableUrl } from '@notary/base';
import { BODY_BYTES_PER_SECOND, BODY_GRACE_MS, SMALL_BODY_BYTES } from '../limits.ts';
import { networkFault, requestFacts } from './fault.ts';

/** What a runtime gives for a body. */
export interface BodySource {
  chunks(): AsyncIterator<Uint8Array>;
  /** The whole body in one call, where the runtime has a cheaper way than chunks. */
  all?(): Promise<Uint8Array>;
  /** Closes the connection or hands it back. Never throws. */
  cancel(): Promise<void>;
}

/** Header fields as the runtime holds them: most commands ask for one or two, so nothing is copied before it is asked for. Names come in lower case. */
export interface HeaderFields {
  values(name: string): readonly string[];
  /** Name and value of each, in order. */
  entries(): Iterable<readonly [string, string]>;
}

export interface ResponseParts {
  readonly request: HttpRequest;
  readonly status: number;
  readonly fields: HeaderFields;
  readonly body: BodySource;
  /** Called once when the body has ended in any way: timers and listeners go. */
  readonly finished: () => void;
}

const timeoutFault = (request: HttpRequest): Error =>
  httpFaults.TIMEOUT({
    ...requestFacts(request, 'context deadline exceeded (Client.Timeout or context cancellation while reading body)'),
    timeoutMs: request.timeoutMs,
  });

/**
 * How long a body has been waited for, against what came of it. A byte now and then is never silence: without this, a server could hold a
 * caller for years. Only waiting counts, not what the caller does between chunks.
 */
export interface Pace {
  readonly graceMs: number;
  readonly bytesPerSecond: number;
}

const LEAST_PACE: Pace = { graceMs: BODY_GRACE_MS, bytesPerSecond: BODY_BYTES_PER_SECOND };

const isTooSlow = (waitedMs: number, bytes: number, { graceMs, bytesPerSecond }: Pace): boolean =>
  waitedMs > graceMs + (bytes * 1000) / bytesPerSecond;

/** Rejects when `work` takes longer than the request allows for a silence, or the caller gives up. */
function withinSilence<T>(request: HttpRequest, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const aborted = (): void => reject(httpFaults.ABORTED(requestFacts(request, 'context canceled'), { cause: request.signal?.reason }));
    const timer = setTimeout(() => reject(timeoutFault(request)), request.timeoutMs);
    if (request.signal?.aborted) aborted();
    request.signal?.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', aborted);
    });
  });
}

function joined(fields: HeaderFields): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of fields.entries()) {
    const known = all.get(name);
    all.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return all;
}

/** Length that the server announced, undefined when chunked, absent or nonsense. */
function announcedLength(fields: HeaderFields): number | undefined {
  const [text] = fields.values('content-length');
  if (text === undefined || fields.values('transfer-encoding').length > 0) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

class BoundedResponse implements HttpResponse {
  readonly status: number;
  readonly #parts: ResponseParts;
  readonly #length: number | undefined;
  #headers: ReadonlyMap<string, string> | undefined;
  readonly #pace: Pace;
  #used = false;

  constructor(parts: ResponseParts, pace: Pace) {
    this.#pace = pace;
    this.status = parts.status;
    this.#parts = parts;
    this.#length = announcedLength(parts.fields);
  }

  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  headerValues(name: string): readonly string[] {
    return this.#parts.fields.values(name.toLowerCase());
  }

  get headers(): ReadonlyMap<string, string> {
    this.#headers ??= joined(this.#parts.fields);
    return this.#headers;
  }

  #take(): void {
    if (this.#used) throw new TypeError('the body of this response was used already');
    this.#used = true;
  }

  async #end(): Promise<void> {
    this.#parts.finished();
    await this.#parts.body.cancel();
  }

  #tooLarge(): Error {
    const { method, url, maxBytes } = this.#parts.request;
    return httpFaults.BODY_TOO_LARGE({ method, url: printableUrl(url), maxBytes });
  }

  /** An answer to HEAD announces a length and has no body. */
  get #hasBody(): boolean {
    return this.#parts.request.method !== 'HEAD' && this.status !== 204 && this.status !== 304;
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    this.#take();
    const { request, body } = this.#parts;
    try {
      if (this.#hasBody && (this.#length ?? 0) > request.maxBytes) throw this.#tooLarge();
      const chunks = body.chunks();
      let total = 0;
      let waitedMs = 0;
      for (;;) {
        const asked = performance.now();
        const next = await withinSilence(request, chunks.next());
        waitedMs += performance.now() - asked;
        if (next.done) break;
        total += next.value.length;
        if (total > request.maxBytes) throw this.#tooLarge();
        if (isTooSlow(waitedMs, total, this.#pace)) throw timeoutFault(request);
        yield next.value;
      }
      // A connection that closes early must not pass for the end of the body.
      if (this.#hasBody && this.#length !== undefined && total !== this.#length)
        throw httpFaults.UNREACHABLE({ ...requestFacts(request, 'unexpected EOF'), errno: '' });
    } catch (e) {
      throw networkFault(request, e);
    } finally {
      await this.#end();
    }
  }

  async bytes(): Promise<Uint8Array> {
    const { request, body } = this.#parts;
    if (body.all && this.#length !== undefined && this.#length <= Math.min(request.maxBytes, SMALL_BODY_BYTES))
      return this.#whole(body.all());
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream()) chunks.push(chunk);
    return chunks.length === 1 ? (chunks[0] as Uint8Array) : joinBytes(chunks);
  }

  async #whole(work: Promise<Uint8Array>): Promise<Uint8Array> {
    this.#take();
    const { request } = this.#parts;
    try {
      const bytes = await withinSilence(request, work);
      if (this.#hasBody && bytes.length !== this.#length)
        throw httpFaults.UNREACHABLE({ ...requestFacts(request, 'unexpected EOF'), errno: '' });
      this.#parts.finished();
      return bytes;
    } catch (e) {
      await this.#end();
      throw networkFault(request, e);
    }
  }

  async cancel(): Promise<void> {
    if (this.#used) return;
    const { body } = this.#parts;
    // Reading a short rest costs less than the connection that closing would lose.
    if (body.all && this.#length !== undefined && this.#length <= SMALL_BODY_BYTES) {
      await this.#whole(body.all()).catch(() => undefined);
      return;
    }
    this.#used = true;
    await this.#end();
  }
}

/** Wraps what the runtime received. */
export const createResponse = (parts: ResponseParts, pace: Pace = LEAST_PACE): HttpResponse => new BoundedResponse(parts, pace);
