// SPDX-License-Identifier: Apache-2.0
import { fromUtf8, httpFaults, Secret, toUtf8 } from '@notary/base';
import { brokenResponse, createFakeClock, createFixedRandom, createLoopbackHttp, type LoopbackHttp } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import {
  type Credential,
  createRegistryClient,
  parseRetryAfter,
  parseWarnings,
  type RegistryClientOptions,
  repositoryScope,
  staticCredentials,
  typedCredential,
} from '../src/index.ts';

const BASE = 'https://registry.example';
const AUTH = 'https://auth.example';
const PULL = repositoryScope('team/app', 'pull');
const CHALLENGE = `Bearer realm="${AUTH}/token",service="svc",scope="${PULL}"`;

interface World {
  readonly http: LoopbackHttp;
  readonly clock: ReturnType<typeof createFakeClock>;
  client(options?: Partial<RegistryClientOptions>): ReturnType<typeof createRegistryClient>;
}

function world(
  registry: (request: Request) => Response | Promise<Response>,
  auth?: (request: Request) => Response | Promise<Response>,
): World {
  const http = createLoopbackHttp({ [BASE]: registry, ...(auth === undefined ? {} : { [AUTH]: auth }) });
  const clock = createFakeClock('2026-01-15T12:00:00Z', { sleeps: 'skip' });
  return {
    http,
    clock,
    client: (options = {}) =>
      createRegistryClient({
        registry: 'registry.example',
        baseUrl: BASE,
        http,
        clock,
        random: createFixedRandom(),
        userAgent: 'test/1',
        ...options,
      }),
  };
}

const get = (scopes: readonly string[] = [PULL]) => ({
  method: 'GET' as const,
  url: `${BASE}/v2/team/app/manifests/v1`,
  maxBytes: 1000,
  scopes,
  repository: 'team/app',
});
const unauthorized = (challenge = CHALLENGE) => new Response('no', { status: 401, headers: { 'www-authenticate': challenge } });
const needs = (token: string) => (request: Request) =>
  request.headers.get('authorization') === `Bearer ${token}` ? new Response('yes') : unauthorized();
const credentials = (credential: Credential) => staticCredentials('registry.example', credential);
const alice = credentials(typedCredential('alice', 'pw'));
const basicAlice = `Basic ${btoa('alice:pw')}`;
const lines = (http: LoopbackHttp) =>
  http.sent.map((r) => `${r.method} ${r.url.replace(BASE, '').replace(AUTH, 'AUTH')} ${r.headers['authorization'] ?? '-'}`);

describe('authentication on demand', () => {
  it('sends nothing but the request to an open registry', async () => {
    const w = world(() => new Response('yes'));
    let asked = 0;
    const response = await w
      .client({
        credentials: {
          credential: async () => {
            asked++;
            return {};
          },
        },
      })
      .send(get());
    expect(fromUtf8(await response.bytes())).toBe('yes');
    expect(w.http.sent).toHaveLength(1);
    expect(w.http.sent[0]?.headers['user-agent']).toBe('test/1');
    expect(asked).toBe(0);
  });

  it('gets an anonymous token with scope and service, asked for as the Go tools ask', async () => {
    const w = world(needs('t1'), () => Response.json({ token: 't1', expires_in: 300 }));
    const client = w.client();
    expect((await client.send(get())).status).toBe(200);
    expect((await client.send(get())).status).toBe(200);
    expect(lines(w.http)).toEqual([
      'GET /v2/team/app/manifests/v1 -',
      'GET AUTH/token?scope=repository%3Ateam%2Fapp%3Apull&service=svc -',
      'GET /v2/team/app/manifests/v1 Bearer t1',
      'GET /v2/team/app/manifests/v1 Bearer t1',
    ]);
  });

  it('sends user name and password to the token server only', async () => {
    const w = world(needs('t1'), () => Response.json({ access_token: 't1' }));
    await w.client({ credentials: alice }).send(get());
    expect(w.http.sent[1]?.headers['authorization']).toBe(basicAlice);
    expect(w.http.sent[2]?.headers['authorization']).toBe('Bearer t1');
  });

  it('asks once for requests that are challenged at the same time', async () => {
    const w = world(needs('t1'), async () => {
      await Promise.resolve();
      return Response.json({ token: 't1' });
    });
    const client = w.client();
    const all = await Promise.all([client.send(get()), client.send(get()), client.send(get())]);
    expect(all.map((r) => r.status)).toEqual([200, 200, 200]);
    expect(w.http.sent.filter((r) => r.url.startsWith(AUTH))).toHaveLength(1);
  });

  it('merges the scope it needs with the challenged one', async () => {
    const w = world(needs('t1'), () => Response.json({ token: 't1' }));
    await w.client().send(get([repositoryScope('team/app', 'pull', 'push'), repositoryScope('other', 'pull')]));
    expect(new URL(w.http.sent[1]?.url ?? '').searchParams.getAll('scope')).toEqual([
      'repository:team/app:pull,push',
      'repository:other:pull',
    ]);
  });

  it('renews a token that has expired, and one that is refused, once', async () => {
    let issued = 0;
    const w = world(
      (request) => (request.headers.get('authorization') === `Bearer t${issued}` ? new Response('yes') : unauthorized()),
      () => Response.json({ token: `t${++issued}`, expires_in: 60 }),
    );
    const client = w.client();
    await client.send(get());
    w.clock.set('2026-01-15T12:00:50Z');
    expect((await client.send(get())).status).toBe(200);
    expect(issued).toBe(1);
    w.clock.set('2026-01-15T12:00:56Z');
    expect((await client.send(get())).status).toBe(200);
    expect(issued).toBe(2);
    issued = 5;
    expect((await client.send(get())).status).toBe(200);
    expect(issued).toBe(6);
  });

  it('does not loop when the token grants too little', async () => {
    const w = world(
      () => unauthorized(),
      () => Response.json({ token: 't' }),
    );
    expect((await w.client().send(get())).status).toBe(401);
    expect(w.http.sent).toHaveLength(3);
  });

  it('answers Basic, and keeps doing so', async () => {
    const w = world((request) =>
      request.headers.get('authorization') === basicAlice ? new Response('yes') : unauthorized('Basic realm="x"'),
    );
    const client = w.client({ credentials: alice });
    await client.send(get());
    await client.send(get());
    expect(w.http.sent.map((r) => r.headers['authorization'])).toEqual([undefined, basicAlice, basicAlice]);
  });

  it('hands a refused Basic credential back as 401', async () => {
    const w = world(() => unauthorized('Basic realm="x"'));
    const client = w.client({ credentials: alice });
    expect((await client.send(get())).status).toBe(401);
    expect((await client.send(get())).status).toBe(401);
    expect(w.http.sent).toHaveLength(3);
  });

  it('says in the words of the reference that there is no credential', async () => {
    const w = world(() => unauthorized('Basic realm="x"'));
    await expect(w.client().send(get())).rejects.toMatchObject({
      code: 'AUTH_CREDENTIAL_NOT_FOUND',
      message: `GET "${BASE}/v2/team/app/manifests/v1": basic credential not found`,
    });
    await expect(w.client({ credentials: credentials({ username: 'alice' }) }).send(get())).rejects.toMatchObject({
      code: 'AUTH_CREDENTIAL_INCOMPLETE',
      message: `GET "${BASE}/v2/team/app/manifests/v1": missing username or password for basic auth`,
    });
  });

  it('uses a ready bearer token as it is', async () => {
    const w = world(needs('ready'));
    await w.client({ credentials: credentials({ accessToken: new Secret('ready') }) }).send(get());
    expect(lines(w.http)).toEqual(['GET /v2/team/app/manifests/v1 -', 'GET /v2/team/app/manifests/v1 Bearer ready']);
  });

  it('posts a refresh token, and falls back to GET where the server knows no POST', async () => {
    for (const status of [200, 404, 405]) {
      const w = world(needs('t1'), (request) =>
        request.method === 'POST' && status !== 200 ? new Response('', { status }) : Response.json({ access_token: 't1' }),
      );
      await w.client({ credentials: credentials(typedCredential('', 'refresh')) }).send(get());
      const post = w.http.sent[1];
      expect(post?.method).toBe('POST');
      expect(Object.fromEntries(new URLSearchParams(fromUtf8(post?.body ?? new Uint8Array())))).toEqual({
        grant_type: 'refresh_token',
        refresh_token: 'refresh',
        service: 'svc',
        client_id: 'notation',
        scope: PULL,
      });
      if (status !== 200) expect(w.http.sent[2]?.headers['authorization']).toBe(`Basic ${btoa(':refresh')}`);
    }
  });

  it('posts user name and password where that is preferred', async () => {
    const w = world(needs('t1'), () => Response.json({ access_token: 't1' }));
    await w.client({ credentials: alice, preferOauth: true }).send(get());
    expect(new URLSearchParams(fromUtf8(w.http.sent[1]?.body ?? new Uint8Array())).get('grant_type')).toBe('password');
  });

  it('reports a refusal of the token server in the words of the reference, without secrets', async () => {
    const w = world(needs('t1'), () =>
      Response.json({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }, { status: 401 }),
    );
    const failure = await w
      .client({ credentials: alice })
      .send(get())
      .catch((e: unknown) => e);
    expect(failure).toMatchObject({
      code: 'AUTH_TOKEN_REFUSED',
      message: `GET "${BASE}/v2/team/app/manifests/v1": GET "${AUTH}/token?scope=repository%3Ateam%2Fapp%3Apull&service=svc": response status code 401: unauthorized: authentication required`,
    });
    expect(JSON.stringify(failure)).not.toContain('pw');
  });

  it.each([
    ['empty', '{}', 'empty token returned'],
    ['not JSON', '<html>', 'failed to decode response'],
    ['a token that would end the header', JSON.stringify({ token: 'a\r\nx: y' }), 'cannot be sent'],
  ])('refuses a token answer that is %s', async (_name, body, words) => {
    const w = world(needs('t1'), () => new Response(body));
    const failure = (await w
      .client()
      .send(get())
      .catch((e: unknown) => e)) as Error & { code: string };
    expect(failure.code).toBe('AUTH_TOKEN_INVALID');
    expect(failure.message).toContain(words);
  });

  it('bounds the answer of the token server', async () => {
    const w = world(needs('t1'), () => new Response('x'.repeat(200_000)));
    await expect(w.client().send(get())).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' });
  });

  it.each([
    ['plain http', 'http://auth.example/token'],
    ['a private address', 'https://169.254.169.254/token'],
    ['this machine', 'https://localhost/token'],
    ['a user name', 'https://a:b@auth.example/token'],
    ['no URL', 'token'],
  ])('does not take credentials to a realm that is %s', async (_name, realm) => {
    const w = world(
      () => unauthorized(`Bearer realm="${realm}"`),
      () => Response.json({ token: 't' }),
    );
    await expect(w.client({ credentials: alice }).send(get())).rejects.toMatchObject({ code: 'AUTH_REALM_REFUSED' });
    expect(w.http.sent).toHaveLength(1);
  });

  it('knows the life of a token from issued_at and expires_in, and trusts neither too far', async () => {
    const cases: [object, number][] = [
      [{ token: 't', expires_in: 300 }, 294],
      [{ token: 't', expires_in: 300, issued_at: '2026-01-15T11:58:00Z' }, 174],
      [{ token: 't', expires_in: 300, issued_at: '2027-01-15T12:00:00Z' }, 294],
      [{ token: 't' }, 54],
      [{ token: 't', expires_in: -5 }, 54],
      [{ token: 't', expires_in: 1e12 }, 24 * 3600 - 6],
    ];
    for (const [answer, seconds] of cases) {
      let issued = 0;
      const w = world(needs('t'), () => {
        issued++;
        return Response.json(answer);
      });
      const client = w.client();
      await client.send(get());
      w.clock.set(new Date(Date.parse('2026-01-15T12:00:00Z') + seconds * 1000));
      await client.send(get());
      expect([answer, issued]).toEqual([answer, 1]);
      w.clock.set(new Date(Date.parse('2026-01-15T12:00:00Z') + (seconds + 2) * 1000));
      await client.send(get());
      expect([answer, issued]).toEqual([answer, 2]);
    }
  });

  it('does not send credentials to another host than its own', async () => {
    const w = world(needs('t1'), () => Response.json({ token: 't1' }));
    w.http.route('https://cdn.example', () => unauthorized());
    const client = w.client({ credentials: alice });
    await client.send(get());
    expect((await client.send({ ...get(), url: 'https://cdn.example/x' })).status).toBe(401);
    expect(w.http.sent.at(-1)?.headers['authorization']).toBeUndefined();
  });
});

describe('redirects', () => {
  const redirect = (location: string, status = 307) => new Response(null, { status, headers: { location } });

  it('follows them and drops what the other host must not see', async () => {
    const w = world(() => redirect('https://cdn.example/blob?sig=1'));
    w.http.route('https://cdn.example', () => new Response('blob'));
    const client = w.client();
    const response = await client.send({
      ...get(),
      headers: { authorization: 'Basic x', cookie: 'c', 'docker-upload-uuid': 'u', accept: 'a/b' },
    });
    expect(response.url).toBe('https://cdn.example/blob?sig=1');
    expect(w.http.sent[1]?.headers).toEqual({ accept: 'a/b', 'user-agent': 'test/1' });
  });

  it('[GHSA-vh4v-2xq2-g5cg] counts a port as another host', async () => {
    const w = world(() => redirect('https://registry.example:8443/x'));
    w.http.route('https://registry.example:8443', () => new Response('x'));
    await w.client().send({ ...get(), headers: { authorization: 'Basic x' } });
    expect(w.http.sent[1]?.headers['authorization']).toBeUndefined();
  });

  it('keeps the credential on the same host', async () => {
    const w = world((request) => (request.url.endsWith('/v1') ? redirect('/moved', 301) : new Response('x')));
    await w.client().send({ ...get(), headers: { authorization: 'Basic x' } });
    expect(w.http.sent[1]).toMatchObject({ url: `${BASE}/moved`, headers: { authorization: 'Basic x' } });
  });

  it.each([
    ['to http', 'http://registry.example/x'],
    ['to a private address', 'https://192.168.0.1/x'],
    ['to metadata', 'http://169.254.169.254/latest/meta-data'],
    ['to a file', 'file:///etc/passwd'],
    ['to no URL', 'https://[x'],
  ])('refuses one %s', async (_name, location) => {
    const w = world(() => redirect(location));
    await expect(w.client().send(get())).rejects.toMatchObject({ code: 'AUTH_REDIRECT_REFUSED' });
    expect(w.http.sent).toHaveLength(1);
  });

  it('refuses circles', async () => {
    const w = world(() => redirect(`${BASE}/v2/`));
    await expect(w.client().send(get())).rejects.toMatchObject({ code: 'AUTH_REDIRECT_REFUSED' });
    expect(w.http.sent).toHaveLength(11);
  });

  it('[GHSA-vh4v-2xq2-g5cg] does not answer the challenge of the host it was sent to', async () => {
    const w = world(
      () => redirect('https://cdn.example/x'),
      () => Response.json({ token: 't' }),
    );
    w.http.route('https://cdn.example', () => unauthorized());
    expect((await w.client({ credentials: alice }).send(get())).status).toBe(401);
    expect(w.http.sent).toHaveLength(2);
  });

  it('sends a body again only for 307 and 308', async () => {
    const w = world((request) =>
      request.url.endsWith('/a') ? redirect('/b', 308) : request.url.endsWith('/c') ? redirect('/d', 302) : new Response('x'),
    );
    const put = { ...get(), method: 'PUT' as const, body: toUtf8('body') };
    await w.client().send({ ...put, url: `${BASE}/a` });
    expect(w.http.sent.map((r) => [r.url, fromUtf8(r.body)])).toEqual([
      [`${BASE}/a`, 'body'],
      [`${BASE}/b`, 'body'],
    ]);
    expect((await w.client().send({ ...put, url: `${BASE}/c` })).status).toBe(302);
  });

  it('[GHSA-xc97-9f2f-9hrx] does not follow with a refresh token in the body', async () => {
    const w = world(needs('t'), () => redirect('https://evil.example/x'));
    await expect(w.client({ credentials: credentials(typedCredential('', 'refresh')) }).send(get())).rejects.toMatchObject({
      code: 'AUTH_TOKEN_REFUSED',
    });
    expect(w.http.sent).toHaveLength(2);
  });
});

describe('retries', () => {
  const failing = (times: number, answer: () => Response) => {
    let left = times;
    return world(() => (left-- > 0 ? answer() : new Response('yes')));
  };

  it.each([408, 429, 500, 502, 503, 504])('tries %s again', async (status) => {
    const w = failing(2, () => new Response('', { status }));
    expect((await w.client().send(get())).status).toBe(200);
    expect(w.http.sent).toHaveLength(3);
  });

  it.each([400, 403, 404, 405, 413, 416])('does not try %s again', async (status) => {
    const w = failing(2, () => new Response('', { status }));
    expect((await w.client().send(get())).status).toBe(status);
    expect(w.http.sent).toHaveLength(1);
  });

  it('waits as long as Retry-After says, in seconds or as a date', async () => {
    for (const field of ['7', 'Thu, 15 Jan 2026 12:00:07 GMT']) {
      const w = failing(1, () => new Response('', { status: 429, headers: { 'retry-after': field } }));
      expect((await w.client().send(get())).status).toBe(200);
      expect(w.clock.now()).toEqual(new Date('2026-01-15T12:00:07Z'));
    }
  });

  it('does not wait beyond the deadline', async () => {
    const w = failing(1, () => new Response('', { status: 429, headers: { 'retry-after': '3600' } }));
    expect((await w.client().send(get())).status).toBe(429);
    expect(w.http.sent).toHaveLength(1);
  });

  it('gives up after five tries', async () => {
    const w = failing(99, () => new Response('', { status: 503 }));
    expect((await w.client().send(get())).status).toBe(503);
    expect(w.http.sent).toHaveLength(5);
  });

  it('repeats an unsafe request only for 429', async () => {
    const post = { ...get(), method: 'POST' as const, body: toUtf8('x') };
    const limited = failing(1, () => new Response('', { status: 429 }));
    expect((await limited.client().send(post)).status).toBe(200);
    const broken = failing(1, () => new Response('', { status: 500 }));
    expect((await broken.client().send(post)).status).toBe(500);
    expect(
      (
        await failing(1, () => new Response('', { status: 500 }))
          .client()
          .send({ ...post, repeatable: true })
      ).status,
    ).toBe(200);
  });

  it('tries a lost connection three times', async () => {
    const w = world(() => {
      throw httpFaults.UNREACHABLE({ method: 'GET', url: 'x', detail: 'reset', errno: 'ECONNRESET' });
    });
    await expect(w.client().send(get())).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
    expect(w.http.sent).toHaveLength(3);
  });

  it('tries again when the connection breaks in the body', async () => {
    let answers = 0;
    const w = world(() => (++answers === 1 ? brokenResponse(toUtf8('ye'), 3) : new Response('yes')));
    expect(fromUtf8(await w.client().exchange(get(), (response) => response.bytes()))).toBe('yes');
  });

  it('reads Retry-After strictly', () => {
    const now = new Date('2026-01-15T12:00:00Z');
    expect(parseRetryAfter(undefined, now)).toBeUndefined();
    expect(parseRetryAfter(' 3 ', now)).toBe(3000);
    expect(parseRetryAfter('-3', now)).toBeUndefined();
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter('Thu, 15 Jan 2026 11:00:00 GMT', now)).toBe(0);
  });
});

describe('warnings', () => {
  it('passes each text on once, unquoted and printable', async () => {
    const texts: string[] = [];
    const w = world(() => new Response('x', { headers: { warning: '299 - "old \\"registry\\"", 299 - "b", 199 - "no"' } }));
    const client = w.client({ onWarning: (text) => texts.push(text) });
    await client.send(get());
    await client.send(get());
    expect(texts).toEqual(['old "registry"', 'b']);
    expect(parseWarnings(['299 - "\u001b[2Jx"'])).toEqual(['\ufffd[2Jx']);
    expect(parseWarnings([`299 - "${'x'.repeat(5000)}"`])).toEqual([]);
  });
});
