// SPDX-License-Identifier: Apache-2.0
import { concatBytes, fromUtf8, type Handler, type Http, toUtf8 } from '@notary/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface HttpUnderTest {
  readonly http: Http;
  /** Serves a handler and returns its origin. */
  readonly serve: (handler: Handler) => Promise<string>;
  readonly cleanUp: () => Promise<void>;
}

const bounds = { maxBytes: 100_000, timeoutMs: 5_000 };

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield toUtf8(text);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What the request looked like to the server, as JSON. */
const echo: Handler = async (request) => {
  const url = new URL(request.url);
  return Response.json({
    method: request.method,
    path: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
};

const sleepUntilGone = (request: Request): Promise<Response> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(new Response('late')), 10_000);
    request.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(new Response('gone'));
    });
  });

const drip = (): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(toUtf8('first'));
      },
    }),
  );

const pages: Readonly<Record<string, Handler>> = {
  '/echo': echo,
  '/redirect': () => new Response(null, { status: 307, headers: { location: '/echo' } }),
  '/teapot': () => new Response('short and stout', { status: 418, headers: { 'x-kind': 'teapot' } }),
  '/challenges': () => {
    const headers = new Headers([
      ['www-authenticate', 'Basic realm="a"'],
      ['www-authenticate', 'Bearer realm="b"'],
    ]);
    return new Response('no', { status: 401, headers });
  },
  '/large': () => new Response(new Uint8Array(200_000)),
  '/large-stream': () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(10_000));
        },
      }),
    ),
  '/head': (request) =>
    new Response(request.method === 'HEAD' ? null : 'x'.repeat(50), { headers: { 'content-length': '50', 'x-method': request.method } }),
  '/empty': () => new Response(null, { status: 204 }),
  '/silent': sleepUntilGone,
  '/drip': drip,
  '/gzip': () => new Response(Uint8Array.of(0x1f, 0x8b, 8, 0), { headers: { 'content-encoding': 'gzip' } }),
};

const site: Handler = (request, connection) => {
  const page = pages[new URL(request.url).pathname];
  return page === undefined ? new Response('none', { status: 404 }) : page(request, connection);
};

export function httpContract(name: string, make: () => Promise<HttpUnderTest>): void {
  describe(`Http: ${name}`, () => {
    let t: HttpUnderTest;
    let origin: string;
    const get = (path: string, more: object = {}) => t.http.send({ method: 'GET', url: origin + path, ...bounds, ...more });
    const json = async (answer: { bytes(): Promise<Uint8Array> }) => JSON.parse(fromUtf8(await answer.bytes()));
    beforeAll(async () => {
      t = await make();
      origin = await t.serve(site);
    });
    afterAll(() => t.cleanUp());

    it('sends the method, the path and the headers as given', async () => {
      const headers = { 'User-Agent': 'notation/test', Accept: 'application/a, application/b', 'X-Two': 'a  b' };
      const seen = await json(await get('/echo?a=1&b=%2F', { headers }));
      expect(seen).toMatchObject({ method: 'GET', path: '/echo?a=1&b=%2F', body: '' });
      expect(seen.headers).toMatchObject({ 'user-agent': 'notation/test', accept: 'application/a, application/b', 'x-two': 'a  b' });
      expect(seen.headers.host ?? new URL(origin).host).toBe(new URL(origin).host);
    });

    it('sends bodies: bytes, empty bytes, a stream of known length, a stream of none', async () => {
      const post = (body: Uint8Array | AsyncIterable<Uint8Array>, bodyLength?: number) =>
        t.http.send({ method: 'POST', url: `${origin}/echo`, body, ...(bodyLength === undefined ? {} : { bodyLength }), ...bounds });
      const bytes = await json(await post(toUtf8('hello')));
      expect(bytes).toMatchObject({ body: 'hello', headers: { 'content-length': '5' } });
      expect(await json(await post(new Uint8Array(0)))).toMatchObject({ body: '', headers: { 'content-length': '0' } });
      const known = await json(await post(chunks('ab', '', 'cd'), 4));
      expect(known).toMatchObject({ body: 'abcd', headers: { 'content-length': '4' } });
      expect(await json(await post(chunks('ab', 'cd')))).toMatchObject({ body: 'abcd' });
    });

    it('refuses a stream that is not as long as announced', async () => {
      const post = (bodyLength: number) =>
        t.http.send({ method: 'POST', url: `${origin}/echo`, body: chunks('ab', 'cd'), bodyLength, ...bounds });
      await expect(post(3)).rejects.toMatchObject({ code: 'HTTP_REQUEST_INVALID' });
      await expect(post(5)).rejects.toMatchObject({ code: 'HTTP_REQUEST_INVALID' });
    });

    it('resolves any status with its headers, and never follows a redirect', async () => {
      const teapot = await get('/teapot');
      expect(teapot.status).toBe(418);
      expect(teapot.header('X-Kind')).toBe('teapot');
      expect(teapot.headers.get('x-kind')).toBe('teapot');
      expect(fromUtf8(await teapot.bytes())).toBe('short and stout');
      const redirect = await get('/redirect');
      expect([redirect.status, redirect.header('location')]).toEqual([307, '/echo']);
      await redirect.cancel();
      expect((await get('/none')).status).toBe(404);
    });

    it('keeps every challenge', async () => {
      const answer = await get('/challenges');
      expect(answer.headerValues('WWW-Authenticate').join(', ')).toBe('Basic realm="a", Bearer realm="b"');
      expect(answer.header('www-authenticate')).toBe('Basic realm="a", Bearer realm="b"');
      expect(answer.headerValues('x-none')).toEqual([]);
      await answer.cancel();
    });

    it('has no body for HEAD and 204, whatever length is announced', async () => {
      const head = await t.http.send({ method: 'HEAD', url: `${origin}/head`, ...bounds, maxBytes: 0 });
      expect([head.header('content-length'), head.header('x-method')]).toEqual(['50', 'HEAD']);
      expect(await head.bytes()).toHaveLength(0);
      expect(await (await get('/empty')).bytes()).toHaveLength(0);
    });

    it('bounds bodies, announced or not, read whole or in chunks', async () => {
      for (const path of ['/large', '/large-stream']) {
        const whole = await get(path);
        expect(whole.status).toBe(200);
        await expect(whole.bytes()).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' });
        const streamed = (await get(path)).stream();
        const drain = async (): Promise<void> => {
          for await (const _ of streamed);
        };
        await expect(drain()).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' });
      }
      expect(await (await get('/large', { maxBytes: 200_000 })).bytes()).toHaveLength(200_000);
    });

    it('streams, and gives a body once', async () => {
      const answer = await get('/large', { maxBytes: 200_000 });
      const parts: Uint8Array[] = [];
      for await (const part of answer.stream()) parts.push(part);
      expect(concatBytes(...parts)).toHaveLength(200_000);
      await expect(answer.bytes()).rejects.toThrow('used already');
    });

    it('does not decode what it was not told to decode', async () => {
      expect(await (await get('/gzip')).bytes()).toEqual(Uint8Array.of(0x1f, 0x8b, 8, 0));
    });

    it('gives up on silence before the headers and within the body', async () => {
      await expect(get('/silent', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'HTTP_TIMEOUT', facts: { timeoutMs: 300 } });
      const answer = await get('/drip', { timeoutMs: 500 });
      await expect(answer.bytes()).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
    });

    it('stops when the caller does', async () => {
      await expect(get('/echo', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'HTTP_ABORTED' });
      const stop = new AbortController();
      const waiting = get('/silent', { signal: stop.signal });
      setTimeout(() => stop.abort(), 30);
      await expect(waiting).rejects.toMatchObject({ code: 'HTTP_ABORTED' });
      const later = new AbortController();
      const answer = await get('/drip', { signal: later.signal });
      setTimeout(() => later.abort(), 30);
      await expect(answer.bytes()).rejects.toMatchObject({ code: 'HTTP_ABORTED' });
    });

    it('ends as many requests as share a signal, and warns of nothing', async () => {
      const warnings: string[] = [];
      const warn = (warning: Error): void => void warnings.push(warning.name);
      process.on('warning', warn);
      const stop = new AbortController();
      const waiting = Array.from({ length: 12 }, () => get('/silent', { signal: stop.signal }).catch((e: unknown) => e));
      setTimeout(() => stop.abort(), 30);
      for (const ended of await Promise.all(waiting)) expect(ended).toMatchObject({ code: 'HTTP_ABORTED' });
      // Warnings are emitted in a turn of their own.
      await new Promise((resolve) => setImmediate(resolve));
      process.off('warning', warn);
      expect(warnings).toEqual([]);
    });

    it('wants bounds', async () => {
      await expect(get('/echo', { timeoutMs: 0 })).rejects.toMatchObject({ code: 'HTTP_REQUEST_INVALID' });
      await expect(get('/echo', { maxBytes: Number.NaN })).rejects.toMatchObject({ code: 'HTTP_REQUEST_INVALID' });
    });

    it('lets go of a body, also after it was used', async () => {
      const answer = await get('/large-stream');
      await answer.cancel();
      await answer.cancel();
      const read = await get('/teapot');
      await read.bytes();
      await read.cancel();
    });
  });
}
