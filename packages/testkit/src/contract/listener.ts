// SPDX-License-Identifier: Apache-2.0
/** What a listener must do, looked at from a plain socket: no client library stands between the test and the bytes. */
import { connect, type Socket } from 'node:net';
import { type Handler, type Listener, type ListenOptions, type RunningListener, toUtf8 } from '@notary/base';
import { afterEach, describe, expect, it } from 'vitest';

const HOST = 'Host: server.example\r\n';

export interface RawAnswer {
  readonly text: string;
  readonly closed: boolean;
}

/** Is there an answer, whole, after what only announces one? One without a length ends with its connection. */
function isAnswered(text: string, toHead: boolean): boolean {
  const end = text.indexOf('\r\n\r\n') + 4;
  if (end < 4) return false;
  const [head, rest] = [text.slice(0, end), text.slice(end)];
  if (head.startsWith('HTTP/1.1 1')) return isAnswered(rest, toHead);
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
  if (toHead || length !== undefined) return toHead || rest.length >= Number(length);
  return /(^|\r\n)0\r\n\r\n$/.test(rest);
}

/** For what must not come after the end of an answer. */
const SURPLUS_MS = 60;

/**
 * Writes the parts with a pause between them, for a pattern when what came back matches it, and collects until there is an answer or, if
 * told so, until the other side closes. `waitMs` bounds the silence: only an answer that never comes takes that long.
 */
export function rawExchange(
  port: number,
  parts: readonly (string | RegExp)[],
  options: { waitMs?: number; pauseMs?: number; until?: 'answered' | 'closed' } = {},
): Promise<RawAnswer> {
  const { waitMs = 20_000, pauseMs = 40, until = 'answered' } = options;
  const toHead = String(parts[0]).startsWith('HEAD ');
  return new Promise((resolve) => {
    let text = '';
    let closed = false;
    let written = false;
    let heard: () => void = () => undefined;
    const socket = connect(port, '127.0.0.1');
    let timer: ReturnType<typeof setTimeout>;
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      heard();
      resolve({ text, closed });
    };
    const wait = (): void => {
      clearTimeout(timer);
      if (!closed) timer = setTimeout(done, written && until === 'answered' && isAnswered(text, toHead) ? SURPLUS_MS : waitMs);
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      heard();
      wait();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      closed = true;
      done();
    });
    const write = async (part: string | RegExp): Promise<void> => {
      if (typeof part === 'string') {
        socket.write(part, 'latin1');
        await new Promise((r) => setTimeout(r, pauseMs));
        return;
      }
      while (!closed && !part.test(text))
        await new Promise<void>((r) => {
          heard = r;
        });
    };
    wait();
    void (async () => {
      for (const part of parts) if (!closed) await write(part);
      written = true;
      wait();
    })();
  });
}

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\n${HOST}${more}\r\n`;
const header = (answer: RawAnswer, name: string): string | undefined => new RegExp(`^${name}: (.*)\r$`, 'im').exec(answer.text)?.[1];
const status = (answer: RawAnswer): number => Number(/(?:^|\r\n\r\n)HTTP\/1\.1 ([2-5]\d\d)/.exec(answer.text)?.[1] ?? 0);
const bodyOf = (answer: RawAnswer): string => answer.text.slice(answer.text.lastIndexOf('\r\n\r\n') + 4);

/** A handler, and when it was called first. */
function slowHandler(answer: () => Promise<Response>): { handler: Handler; begun: Promise<void> } {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const handler: Handler = () => {
    begin();
    return answer();
  };
  return { handler, begun };
}

export function listenerContract(name: string, make: () => Listener): void {
  describe(`Listener: ${name}`, () => {
    const running: RunningListener[] = [];
    const start = async (handler: Handler, options: Partial<ListenOptions> = {}): Promise<RunningListener> => {
      const started = await make().listen(handler, { host: '127.0.0.1', port: 0, ...options });
      running.push(started);
      return started;
    };
    afterEach(async () => {
      await Promise.all(running.splice(0).map((r) => r.stop(0)));
    });

    it('says where it listens and who asks', async () => {
      const server = await start((request, connection) => new Response(`${request.url} ${connection.remoteAddress}`));
      expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
      const answer = await rawExchange(server.port, [get('/a/b?c=d%20e')]);
      expect(bodyOf(answer)).toBe('http://server.example/a/b?c=d%20e 127.0.0.1');
    });

    it('listens on every address without a host, and names them as a URL does', async () => {
      const server = await start(() => new Response('here'), { host: '' });
      expect(server.url).toBe(`http://[::]:${server.port}`);
      expect(bodyOf(await rawExchange(server.port, [get('/')]))).toBe('here');
    });

    it('refuses a port that is taken', async () => {
      const first = await start(() => new Response('1'));
      await expect(make().listen(() => new Response('2'), { host: '127.0.0.1', port: first.port })).rejects.toMatchObject({
        code: 'LISTEN_ADDRESS_IN_USE',
      });
    });

    it('keeps status, headers and several cookies', async () => {
      const server = await start(() => {
        const headers = new Headers({ 'X-Test': 'yes', 'Docker-Content-Digest': 'sha256:00' });
        headers.append('set-cookie', 'a=1');
        headers.append('set-cookie', 'b=2');
        return new Response('made', { status: 201, headers });
      });
      const answer = await rawExchange(server.port, [get('/')]);
      expect([status(answer), header(answer, 'x-test'), header(answer, 'docker-content-digest'), bodyOf(answer)]).toEqual([
        201,
        'yes',
        'sha256:00',
        'made',
      ]);
      expect(answer.text.match(/^set-cookie: /gim)).toHaveLength(2);
      expect(header(answer, 'content-length')).toBe('4');
    });

    it('answers HEAD with the length and no body', async () => {
      const server = await start((request) => {
        const body = new URL(request.url).pathname === '/stream' ? new ReadableStream({ start: (c) => c.close() }) : null;
        return new Response(body, { headers: { 'content-length': '1234' } });
      });
      for (const path of ['/', '/stream']) {
        const answer = await rawExchange(server.port, [`HEAD ${path} HTTP/1.1\r\n${HOST}\r\n`]);
        expect([status(answer), header(answer, 'content-length'), header(answer, 'transfer-encoding'), bodyOf(answer)]).toEqual([
          200,
          '1234',
          undefined,
          '',
        ]);
      }
    });

    it('streams both ways', async () => {
      const server = await start((request) => {
        const out = new TransformStream<Uint8Array, Uint8Array>({
          transform: (chunk, c) => c.enqueue(toUtf8(`[${new TextDecoder().decode(chunk)}]`)),
        });
        return new Response(request.body?.pipeThrough(out) ?? null);
      });
      const request = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
      const answer = await rawExchange(server.port, [request, '2\r\nab\r\n', '2\r\ncd\r\n', '0\r\n\r\n']);
      expect(answer.text).toContain('[ab');
      expect(answer.text).toContain('cd]');
    });

    it('gives leave to send, then takes the body', async () => {
      const server = await start(async (request) => new Response(`got ${await request.text()}`));
      const head = `POST / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`;
      const answer = await rawExchange(server.port, [head, /100 Continue\r\n\r\n/, 'abc']);
      expect(answer.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
      expect(bodyOf(answer)).toBe('got abc');
    });

    it('refuses bodies beyond the bound, announced or not', async () => {
      const server = await start(async (request) => new Response(`got ${(await request.text()).length}`), { maxRequestBytes: 10 });
      const announced = await rawExchange(server.port, [`POST / HTTP/1.1\r\n${HOST}Content-Length: 11\r\n\r\n01234567890`], {
        until: 'closed',
      });
      expect([status(announced), announced.closed]).toEqual([413, true]);
      const chunked = [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`, '6\r\n012345\r\n', '6\r\n012345\r\n'];
      expect(status(await rawExchange(server.port, chunked))).toBe(413);
      const within = await rawExchange(server.port, [`POST / HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n0123456789`]);
      expect(bodyOf(within)).toBe('got 10');
    });

    it('answers on the same connection again, also after a body nobody read', async () => {
      const server = await start((request) => new Response(new URL(request.url).pathname));
      const post = `POST /one HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`;
      const answer = await rawExchange(server.port, [post, get('/two')]);
      expect(answer.text).toContain('/one');
    });

    it('says nothing of a handler that breaks', async () => {
      const server = await start(() => {
        throw new Error('the secret is 42');
      });
      const answer = await rawExchange(server.port, [get('/')]);
      expect(status(answer)).toBe(500);
      expect(answer.text).not.toContain('secret');
      expect(answer.text.length).toBeLessThan(500);
    });

    it('breaks the connection when a body breaks, so that nobody takes it for whole', async () => {
      const server = await start(() => {
        const body = new ReadableStream({
          async start(c) {
            c.enqueue(toUtf8('half'));
            await new Promise((r) => setTimeout(r, 30));
            c.error(new Error('disk'));
          },
        });
        return new Response(body);
      });
      const answer = await rawExchange(server.port, [get('/')], { until: 'closed' });
      expect(answer.text).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(answer.closed).toBe(true);
    });

    it('refuses requests that are none', async () => {
      const server = await start(() => new Response('ok'));
      expect(status(await rawExchange(server.port, ['GET / HTTP/1.1\r\nHost: a b/c?d\r\n\r\n']))).toBe(400);
      expect(status(await rawExchange(server.port, [get('/', `X: ${'a'.repeat(40_000)}\r\n`)]))).toBe(431);
      const twice = `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
      expect(status(await rawExchange(server.port, [twice]))).toBe(400);
    });

    it('drops uploads that fall silent, and idle connections', async () => {
      const server = await start(async (request) => new Response(`got ${(await request.text()).length}`), { idleTimeoutMs: 2_000 });
      const dripping = [`POST / HTTP/1.1\r\n${HOST}Content-Length: 8\r\n\r\n`, ...'abcdefgh'];
      const [slow, idle, drip] = await Promise.all([
        rawExchange(server.port, [`POST / HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nab`], { until: 'closed' }),
        rawExchange(server.port, [get('/')], { until: 'closed' }),
        rawExchange(server.port, dripping, { pauseMs: 400 }),
      ]);
      expect([status(slow), slow.closed]).toEqual([408, true]);
      expect([status(idle), idle.closed]).toEqual([200, true]);
      expect(bodyOf(drip)).toBe('got 8');
    });

    it('lets a slow reader have all of a large answer', async () => {
      const size = 6_000_000;
      const server = await start(() => new Response(new Uint8Array(size), { headers: { 'content-length': String(size) } }), {
        idleTimeoutMs: 1_000,
      });
      const received = await new Promise<number>((resolve) => {
        let total = 0;
        const guard = setTimeout(() => socket.destroy(), 25_000);
        const socket = connect(server.port, '127.0.0.1');
        socket.write(get('/'));
        socket.on('data', (chunk) => {
          total += chunk.length;
          socket.pause();
          setTimeout(() => socket.resume(), 25);
        });
        socket.on('error', () => undefined);
        socket.on('close', () => {
          clearTimeout(guard);
          resolve(total);
        });
      });
      expect(received).toBeGreaterThan(size);
    });

    it('tells the handler when the client has gone', async () => {
      let client: Socket | undefined;
      const left = new Promise<void>((resolve) => {
        void start(async (request) => {
          const gone = new Promise<void>((aborted) => request.signal.addEventListener('abort', () => aborted()));
          client?.destroy();
          await gone;
          resolve();
          return new Response('late');
        }).then(({ port }) => {
          client = connect(port, '127.0.0.1', () => client?.write(get('/')));
        });
      });
      await left;
    });

    it('finishes what is under way when it stops', async () => {
      const { handler, begun } = slowHandler(async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return new Response('finished');
      });
      const server = await start(handler);
      const underWay = rawExchange(server.port, [get('/')]);
      await begun;
      await server.stop(20_000);
      expect(bodyOf(await underWay)).toBe('finished');
      expect((await rawExchange(server.port, [get('/')])).text).toBe('');
    });

    it('does not wait for ever when it stops', async () => {
      const { handler, begun } = slowHandler(() => new Promise<Response>(() => undefined));
      const server = await start(handler);
      const underWay = rawExchange(server.port, [get('/')]);
      await begun;
      await server.stop(150);
      expect((await underWay).closed).toBe(true);
    });
  });
}
