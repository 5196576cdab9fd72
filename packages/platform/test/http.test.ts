// SPDX-License-Identifier: Apache-2.0
/** The HTTP client against servers that misbehave, against TLS, and through proxies. */
import { lookup } from 'node:dns/promises';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { fromUtf8, type Http, type RunningListener, toUtf8 } from '@notary/base';
import { createPlatform, type HttpClientOptions } from '@notary/platform';
import { createTestCa, type TestCa, type TestIdentity } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const newFolder = temporaryFolders('notary-tls-');
const platform = createPlatform();
const bounds = { maxBytes: 100_000, timeoutMs: 2_000 };
const cleanUps: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

/** A server that gets a socket and does as it likes. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

/** Calls back with each whole request head on a connection. */
const onHead = (socket: Socket, handle: (head: string) => void): void => {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (let at = text.indexOf('\r\n\r\n'); at >= 0; at = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, at);
      text = text.slice(at + 4);
      handle(head);
    }
  });
};

const answering = (answer: string, then: (socket: Socket) => void = () => undefined): Promise<number> =>
  rawServer((socket) =>
    onHead(socket, () => {
      socket.write(answer, 'latin1');
      then(socket);
    }),
  );

const get = (http: Http, url: string, more: object = {}) => http.send({ method: 'GET', url, ...bounds, ...more });
const textOf = async (http: Http, url: string): Promise<string> => fromUtf8(await (await get(http, url)).bytes());

describe('errors in the words of Go', () => {
  it('says that nobody listens', async () => {
    await expect(get(platform.http(), 'http://127.0.0.1:1/v2/')).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      message: 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      facts: { errno: 'ECONNREFUSED' },
    });
  });

  it('names the address that was tried, where a name was given', async () => {
    const { address } = await lookup('localhost', { verbatim: true });
    const shown = address.includes(':') ? `[${address}]` : address;
    const message = `Get "http://localhost:1/v2/": dial tcp ${shown}:1: connect: connection refused`;
    await expect(get(platform.http(), 'http://localhost:1/v2/')).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE', message });
  });

  it('says that a name is unknown', async () => {
    const failing = get(platform.http(), 'http://registry.invalid/');
    await expect(failing).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
    await expect(failing).rejects.toThrow(/dial tcp: lookup registry\.invalid: /);
  });

  it('keeps credentials and presigned values out of messages', async () => {
    const http = platform.http();
    await expect(get(http, 'http://127.0.0.1:1/x?a=1&X-Amz-Signature=abcdef')).rejects.toThrow(/a=redacted&X-Amz-Signature=redacted"/);
    await expect(get(http, 'http://user:pass@127.0.0.1:1/')).rejects.toMatchObject({
      code: 'HTTP_REQUEST_INVALID',
      facts: { url: 'http://127.0.0.1:1/' },
    });
  });

  it('refuses what is no request', async () => {
    const http = platform.http();
    const invalid = { code: 'HTTP_REQUEST_INVALID' };
    await expect(get(http, 'not a url')).rejects.toMatchObject(invalid);
    await expect(get(http, 'file:///etc/passwd')).rejects.toMatchObject(invalid);
    await expect(get(http, 'http://127.0.0.1:1/', { headers: { 'x-a': 'b\r\nx-c: d' } })).rejects.toMatchObject(invalid);
    await expect(get(http, 'http://127.0.0.1:1/', { headers: { 'x a': 'b' } })).rejects.toMatchObject(invalid);
    await expect(http.send({ method: 'GET /x HTTP/1.1\r\n', url: 'http://127.0.0.1:1/', ...bounds })).rejects.toMatchObject(invalid);
  });
});

describe('servers that misbehave', () => {
  it('takes no body for whole that broke off', async () => {
    const port = await answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', (s) => s.end());
    await expect(textOf(platform.http(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
    const chunked = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', (s) => s.end());
    await expect(textOf(platform.http(), `http://127.0.0.1:${chunked}/`)).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
  });

  it('reports a connection that ends without an answer', async () => {
    const port = await rawServer((socket) => socket.once('data', () => socket.destroy()));
    await expect(get(platform.http(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
    const garbage = await rawServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    await expect(get(platform.http(), `http://127.0.0.1:${garbage}/`)).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
  });

  it('bounds headers', async () => {
    const port = await answering(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(4_000_000)}\r\nContent-Length: 0\r\n\r\n`);
    await expect(get(platform.http(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
  });

  it('waits for a body that comes slowly, not for one that stops', async () => {
    const slow = await answering('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', (s) => {
      let sent = 0;
      const timer = setInterval(() => {
        s.write('x');
        if (++sent === 5) clearInterval(timer);
      }, 400);
    });
    const answer = await get(platform.http(), `http://127.0.0.1:${slow}/`, { timeoutMs: 1_500 });
    let text = '';
    for await (const chunk of answer.stream()) text += fromUtf8(chunk);
    expect(text).toBe('xxxxx');
    const stopped = await answering('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nxx');
    const other = await get(platform.http(), `http://127.0.0.1:${stopped}/`, { timeoutMs: 600 });
    await expect(other.bytes()).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
  });

  it('waits for a long upload that moves on', async () => {
    const port = await rawServer((socket) => {
      let total = 0;
      socket.on('data', (chunk) => {
        total += chunk.length;
        if (total > 6) socket.end('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
      });
      socket.pause();
      setTimeout(() => socket.resume(), 10);
    });
    async function* slowly(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 6; i++) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield toUtf8('y');
      }
    }
    const sent = platform
      .http()
      .send({ method: 'PUT', url: `http://127.0.0.1:${port}/`, body: slowly(), bodyLength: 6, maxBytes: 10, timeoutMs: 1_300 });
    expect((await sent).status).toBe(201);
  });

  it('uses a connection again, also after a challenge whose body nobody read', async () => {
    let connections = 0;
    const port = await rawServer((socket) => {
      connections++;
      onHead(socket, () => socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nnope'));
    });
    const http = platform.http();
    await (await get(http, `http://127.0.0.1:${port}/1`)).cancel();
    await (await get(http, `http://127.0.0.1:${port}/2`)).bytes();
    await (await get(http, `http://127.0.0.1:${port}/3`)).bytes();
    expect(connections).toBe(1);
  });

  it('survives that an idle connection was closed meanwhile', async () => {
    const port = await rawServer((socket) =>
      onHead(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        setTimeout(() => socket.destroy(), 20);
      }),
    );
    const http = platform.http();
    for (let i = 0; i < 4; i++) {
      expect(await textOf(http, `http://127.0.0.1:${port}/`)).toBe('ok');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

/** What whoever runs the tests set, for the programs of his own. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'REQUEST_METHOD'].flatMap((name) => [name, name.toLowerCase()]);
const outer = new Map<string, string | undefined>();
beforeAll(() => {
  for (const name of PROXIES) {
    outer.set(name, process.env[name]);
    delete process.env[name];
  }
});
afterAll(() => {
  for (const [name, value] of outer) if (value !== undefined) process.env[name] = value;
});

/** Sets variables of the process for one test. */
async function withVariables<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = new Map(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

describe('TLS', () => {
  let ca: TestCa;
  let other: TestCa;
  let served: TestIdentity;
  let folder: string;
  const running: RunningListener[] = [];
  const serve = async (identity: TestIdentity, clientCa?: string): Promise<RunningListener> => {
    const tls = { cert: identity.chainPem, key: identity.keyPem, ...(clientCa === undefined ? {} : { clientCa }) };
    const server = await platform.listener.listen(() => new Response('secret'), { host: '127.0.0.1', port: 0, tls });
    running.push(server);
    return server;
  };
  const trusting = (more: HttpClientOptions['tls'] = {}): Http => platform.http({ tls: { ca: [ca.rootPem], ...more } });

  beforeAll(async () => {
    [ca, other] = await Promise.all([createTestCa(), createTestCa({ subject: { CN: 'Another Root' } })]);
    served = await ca.server(['localhost', '127.0.0.1']);
    folder = newFolder();
  });
  afterEach(() => Promise.all(running.splice(0).map((r) => r.stop(0))).then(() => undefined));

  it('trusts the authority it is given, by name and by address', async () => {
    const { port } = await serve(served);
    expect(await textOf(trusting(), `https://localhost:${port}/`)).toBe('secret');
    expect(await textOf(trusting(), `https://127.0.0.1:${port}/`)).toBe('secret');
    expect(await textOf(trusting({ replaceSystemRoots: true }), `https://localhost:${port}/`)).toBe('secret');
  });

  it('trusts nobody else', async () => {
    const { port } = await serve(served);
    const unknown = { code: 'HTTP_TLS_FAILED', category: 'untrusted' };
    for (const http of [
      platform.http(),
      platform.http({ tls: { ca: [other.rootPem] } }),
      platform.http({ tls: { ca: [], replaceSystemRoots: true } }),
    ]) {
      const failing = get(http, `https://localhost:${port}/`);
      await expect(failing).rejects.toMatchObject(unknown);
      await expect(failing).rejects.toThrow('tls: failed to verify certificate: x509: certificate signed by unknown authority');
    }
  });

  it('does not let the environment switch verification off', async () => {
    const { port } = await serve(served);
    await withVariables({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, async () => {
      await expect(get(platform.http(), `https://localhost:${port}/`)).rejects.toMatchObject({ code: 'HTTP_TLS_FAILED' });
    });
    expect(await textOf(platform.http({ tls: { unsafeSkipVerify: true } }), `https://localhost:${port}/`)).toBe('secret');
  });

  it('refuses another name, an expired certificate, and the wrong purpose', async () => {
    const elsewhere = await serve(await ca.server(['registry.example']));
    await expect(get(trusting(), `https://localhost:${elsewhere.port}/`)).rejects.toThrow(/x509: certificate is (not )?valid for/);
    expect(await textOf(trusting({ serverName: 'registry.example' }), `https://localhost:${elsewhere.port}/`)).toBe('secret');
    const old = await serve(await ca.server(['localhost'], { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }));
    await expect(get(trusting(), `https://localhost:${old.port}/`)).rejects.toThrow('x509: certificate has expired or is not yet valid');
  });

  it('says what mends it: no authority helps against another name, an end, or a beginning to come', async () => {
    const remedyOf = async (certificate: Parameters<typeof serve>[0]): Promise<unknown> => {
      const { port } = await serve(certificate);
      return get(trusting(), `https://localhost:${port}/`).then(
        () => 'nothing was wrong',
        (e) => e.remedy?.text,
      );
    };
    expect(await remedyOf(await ca.server(['registry.example']))).toMatch(/a name that its certificate has$/);
    const dates = (from: string, to: string) => ca.server(['localhost'], { notBefore: new Date(from), notAfter: new Date(to) });
    expect(await remedyOf(await dates('2020-01-01', '2021-01-01'))).toMatch(/^the operator of the server must renew its certificate/);
    expect(await remedyOf(await dates('2090-01-01', '2091-01-01'))).toBe('check the clock of this machine');
    expect(await remedyOf(await other.server(['localhost']))).toMatch(/^add the certificate authority of the server/);
  });

  it('reads SSL_CERT_FILE and SSL_CERT_DIR, several blocks and odd text included', async () => {
    const { port } = await serve(served);
    const file = join(folder, 'bundle.pem');
    writeFileSync(file, `# roots\n${other.rootPem}\nnot a block\n${ca.rootPem}`);
    await withVariables({ SSL_CERT_FILE: file }, async () =>
      expect(await textOf(platform.http(), `https://localhost:${port}/`)).toBe('secret'),
    );
    await withVariables({ SSL_CERT_FILE: join(folder, 'none') }, async () => {
      await expect(get(platform.http(), `https://localhost:${port}/`)).rejects.toMatchObject({ code: 'HTTP_TLS_FAILED' });
    });
    await withVariables({ SSL_CERT_DIR: `${join(folder, 'none')}:${folder}` }, async () =>
      expect(await textOf(platform.http(), `https://localhost:${port}/`)).toBe('secret'),
    );
  });

  it('adds its own authority to those of SSL_CERT_FILE', async () => {
    const { port } = await serve(served);
    const file = join(folder, 'other.pem');
    writeFileSync(file, other.rootPem);
    await withVariables({ SSL_CERT_FILE: file }, async () => expect(await textOf(trusting(), `https://localhost:${port}/`)).toBe('secret'));
  });

  it('shows a client certificate where one is asked for', async () => {
    const { port } = await serve(served, ca.rootPem);
    const client = await ca.client();
    expect(await textOf(trusting({ cert: client.chainPem, key: client.keyPem }), `https://localhost:${port}/`)).toBe('secret');
    const stranger = await other.client();
    for (const http of [trusting(), trusting({ cert: stranger.chainPem, key: stranger.keyPem })]) {
      await expect(get(http, `https://localhost:${port}/`).then((r) => r.bytes())).rejects.toMatchObject({
        code: expect.stringMatching(/^HTTP_(TLS_FAILED|UNREACHABLE)$/),
      });
    }
  });

  it('tells a server that speaks plain HTTP', async () => {
    const plain = await platform.listener.listen(() => new Response('x'), { host: '127.0.0.1', port: 0 });
    running.push(plain);
    await expect(get(trusting(), `https://localhost:${plain.port}/`)).rejects.toMatchObject({
      code: 'HTTP_TLS_FAILED',
      message: `Get "https://localhost:${plain.port}/": http: server gave HTTP response to HTTPS client`,
      remedy: { text: 'check the port: what answers there does not speak TLS' },
    });
  });

  it('takes new certificates without losing a request', async () => {
    const server = await serve(served);
    const fresh = await other.server(['localhost']);
    expect(await textOf(trusting(), `https://localhost:${server.port}/`)).toBe('secret');
    await server.reloadTls?.({ cert: fresh.chainPem, key: fresh.keyPem });
    const trustsOther = platform.http({ tls: { ca: [other.rootPem] } });
    expect(await textOf(trustsOther, `https://localhost:${server.port}/`)).toBe('secret');
    await expect(server.reloadTls?.({ cert: 'not a certificate', key: fresh.keyPem })).rejects.toMatchObject({
      code: 'LISTEN_TLS_INVALID',
    });
    expect(await textOf(platform.http({ tls: { ca: [other.rootPem] } }), `https://localhost:${server.port}/`)).toBe('secret');
  });

  it('refuses a certificate without its key', async () => {
    const key = (await other.server(['localhost'])).keyPem;
    const listening = platform.listener.listen(() => new Response(''), { host: '127.0.0.1', port: 0, tls: { cert: served.chainPem, key } });
    await expect(listening).rejects.toMatchObject({ code: 'LISTEN_TLS_INVALID', remedy: { text: expect.stringContaining('leaf first') } });
  });
});

describe('proxies', () => {
  /** A proxy that takes CONNECT to `target` and plain requests itself, and keeps the heads it saw. */
  async function proxy(target = 0): Promise<{ port: number; heads: string[] }> {
    const heads: string[] = [];
    const port = await rawServer((socket) => {
      socket.once('data', (chunk) => {
        const head = chunk.toString('latin1');
        heads.push(head);
        if (!head.startsWith('CONNECT')) {
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nproxied');
          return;
        }
        if (head.includes('refuse.example')) {
          socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
          return;
        }
        const onward = connect(target, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
        onward.on('error', () => socket.destroy());
      });
    });
    return { port, heads };
  }

  it('sends plain requests in absolute form, with credentials', async () => {
    const { port, heads } = await proxy();
    await withVariables({ HTTP_PROXY: `http://us%40er:p%3Aw@127.0.0.1:${port}` }, async () => {
      expect(await textOf(platform.http(), 'http://registry.example/v2/?n=1')).toBe('proxied');
    });
    expect(heads[0]).toMatch(/^GET http:\/\/registry\.example\/v2\/\?n=1 HTTP\/1\.1\r\n/);
    expect(heads[0]).toMatch(/\r\nhost: registry\.example\r\n/i);
    expect(heads[0]).toMatch(new RegExp(`\\r\\nproxy-authorization: Basic ${btoa('us@er:p:w')}\\r\\n`, 'i'));
  });

  it('tunnels TLS, and shows the proxy nothing of it', async () => {
    const ca = await createTestCa();
    const identity = await ca.server(['registry.example']);
    const server = await platform.listener.listen((request) => new Response(request.headers.get('authorization')), {
      host: '127.0.0.1',
      port: 0,
      tls: { cert: identity.chainPem, key: identity.keyPem },
    });
    cleanUps.push(() => server.stop(0));
    const { port, heads } = await proxy(server.port);
    await withVariables({ https_proxy: `http://user:word@127.0.0.1:${port}` }, async () => {
      const http = platform.http({ tls: { ca: [ca.rootPem] } });
      const answer = await get(http, 'https://registry.example/v2/', { headers: { authorization: 'Bearer t' } });
      expect(fromUtf8(await answer.bytes())).toBe('Bearer t');
      await expect(get(http, 'https://refuse.example/')).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
      await expect(get(platform.http(), 'https://registry.example/')).rejects.toMatchObject({ code: 'HTTP_TLS_FAILED' });
    });
    expect(heads[0]).toMatch(/^CONNECT registry\.example:443 HTTP\/1\.1\r\n/);
    expect(heads[0]).toMatch(/\r\nproxy-authorization: Basic dXNlcjp3b3Jk\r\n/i);
    expect(heads.join('')).not.toContain('Bearer');
  });

  it('goes directly to the loopback and to what NO_PROXY names', async () => {
    const { port, heads } = await proxy();
    const direct = await platform.listener.listen(() => new Response('direct'), { host: '127.0.0.1', port: 0 });
    cleanUps.push(() => direct.stop(0));
    const variables = {
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      http_proxy: `http://127.0.0.1:${port}`,
      ALL_PROXY: `http://127.0.0.1:${port}`,
    };
    await withVariables(variables, async () => {
      expect(await textOf(platform.http(), `http://127.0.0.1:${direct.port}/`)).toBe('direct');
      expect(await textOf(platform.http(), `http://localhost:${direct.port}/`)).toBe('direct');
      expect(process.env.HTTP_PROXY).toBe(`http://127.0.0.1:${port}`);
      await withVariables({ NO_PROXY: 'other.example,.invalid' }, async () => {
        await expect(get(platform.http(), 'http://registry.invalid/')).rejects.toThrow(/lookup registry\.invalid/);
      });
      await expect(get(platform.http({ proxy: 'none' }), 'http://registry.invalid/')).rejects.toThrow(/lookup registry\.invalid/);
    });
    expect(heads).toEqual([]);
  });

  it('fails when the proxy does, and when it cannot be read', async () => {
    await withVariables({ HTTP_PROXY: 'http://127.0.0.1:1' }, async () => {
      await expect(get(platform.http(), 'http://registry.example/')).rejects.toThrow(
        'Get "http://registry.example/": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
      );
    });
    await withVariables({ HTTP_PROXY: 'ftp://user:secret@proxy' }, async () => {
      const failing = get(platform.http(), 'http://registry.example/');
      await expect(failing).rejects.toMatchObject({ code: 'HTTP_REQUEST_INVALID' });
      await expect(failing).rejects.not.toThrow(/secret/);
    });
    await withVariables({ HTTP_PROXY: 'http://127.0.0.1:1', REQUEST_METHOD: 'GET' }, async () => {
      await expect(get(platform.http(), 'http://registry.example/')).rejects.toThrow('refusing to use HTTP_PROXY value in CGI environment');
    });
  });
});
