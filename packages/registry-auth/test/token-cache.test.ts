// SPDX-License-Identifier: Apache-2.0
import { fromUtf8, Secret, toUtf8 } from '@notary/base';
import { createFakeClock, createFixedRandom, createLoopbackHttp, createMemoryFiles } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { anonymous, createRegistryClient, repositoryScope, staticCredentials, typedCredential } from '../src/index.ts';
import { createFileTokenCache } from '../src/token-cache/index.ts';

const PULL = repositoryScope('a', 'pull');
const alice = typedCredential('alice', 'pw');

function setUp() {
  const files = createMemoryFiles();
  const clock = createFakeClock('2026-01-15T12:00:00Z');
  const cache = createFileTokenCache({ files, clock, random: createFixedRandom(), directory: '/cache/tokens' });
  const token = (text: string, scopes = [PULL], seconds = 300) => ({
    token: new Secret(text),
    scopes,
    service: 'svc',
    expiresAt: new Date(clock.now().getTime() + seconds * 1000),
  });
  const load = async (registry = 'r.example', credential = alice) =>
    (await cache.load(registry, async () => credential)).map((t) => t.token.reveal());
  const path = async () => `/cache/tokens/${(await files.list('/cache/tokens'))?.[0]?.name}`;
  return { files, clock, cache, token, load, path };
}

describe('tokens on disk', () => {
  it('keeps them private, by registry, service, scopes and credential', async () => {
    const { files, cache, token, load, path } = setUp();
    await cache.save('r.example', alice, token('t1'));
    await cache.save('r.example', alice, token('t2', [repositoryScope('b', 'pull')]));
    await cache.save('r.example', alice, token('t3'));
    expect(await load()).toEqual(['t3', 't2']);
    expect(await load('R.EXAMPLE')).toEqual(['t3', 't2']);
    expect(await load('other.example')).toEqual([]);
    expect((await files.stat(await path()))?.mode).toBe(0o600);
    expect((await files.stat('/cache/tokens'))?.mode).toBe(0o700);
    expect(await path()).toMatch(/^\/cache\/tokens\/[0-9a-f]{64}\.json$/);
  });

  it('gives them to nobody else', async () => {
    const { cache, token, load } = setUp();
    await cache.save('r.example', alice, token('t1'));
    expect(await load('r.example', typedCredential('bob', 'pw'))).toEqual([]);
    expect(await load('r.example', typedCredential('alice', 'new password'))).toEqual([]);
    expect(await load('r.example', anonymous)).toEqual([]);
    expect(await load('r.example', typedCredential('', 'pw'))).toEqual([]);
  });

  it('writes nothing from which the password could be confirmed', async () => {
    const { files, cache, token, path } = setUp();
    await cache.save('r.example', alice, token('t1'));
    const text = fromUtf8((await files.read(await path(), 100_000)) ?? new Uint8Array());
    const [entry] = (JSON.parse(text) as { tokens: { owner: string }[] }).tokens;
    expect(text).not.toContain('pw');
    expect(entry?.owner.split('.')[1]).toHaveLength(4);
  });

  it('nor from several entries together', async () => {
    const { files, cache, token, path } = setUp();
    for (const name of ['a', 'b', 'c']) await cache.save('r.example', alice, token(name, [repositoryScope(name, 'pull')]));
    const text = fromUtf8((await files.read(await path(), 100_000)) ?? new Uint8Array());
    const { tokens } = JSON.parse(text) as { tokens: { owner: string; salt: string }[] };
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens.map((t) => t.owner + t.salt)).size).toBe(1);
  });

  it('does not look for a credential when nothing is kept', async () => {
    const { cache } = setUp();
    let asked = 0;
    await cache.load('r.example', async () => {
      asked++;
      return alice;
    });
    expect(asked).toBe(0);
  });

  it('honours expiry', async () => {
    const { cache, clock, token, load } = setUp();
    await cache.save('r.example', alice, token('t1', [PULL], 60));
    clock.set('2026-01-15T12:00:54Z');
    expect(await load()).toEqual(['t1']);
    clock.set('2026-01-15T12:00:55Z');
    expect(await load()).toEqual([]);
    clock.set('2025-01-01T00:00:00Z');
    expect(await load()).toEqual([]);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"version":2,"tokens":[]}',
    '{"version":1,"tokens":{}}',
    '{"version":1,"tokens":[null,1,{"token":3}]}',
    '{"version":1,"version":1}',
    '\xff',
  ])('takes the damaged file %j for an empty one', async (text) => {
    const { files, cache, token, load, path } = setUp();
    await cache.save('r.example', alice, token('t1'));
    await files.writeAtomic(await path(), toUtf8(text), { mode: 0o600 });
    expect(await load()).toEqual([]);
    await cache.save('r.example', alice, token('t2'));
    expect(await load()).toEqual(['t2']);
  });

  it('is silent about a disk that cannot be written', async () => {
    const { files, clock, token } = setUp();
    const broken = {
      ...files,
      writeAtomic: () => Promise.reject(new Error('full')),
      makeDirectory: () => Promise.reject(new Error('read-only')),
    };
    const cache = createFileTokenCache({ files: broken, clock, random: createFixedRandom(), directory: '/cache' });
    await expect(cache.save('r.example', alice, token('t'))).resolves.toBeUndefined();
  });

  it('forgets a registry', async () => {
    const { cache, token, load } = setUp();
    await cache.save('r.example', alice, token('t1'));
    await cache.forget('r.example');
    expect(await load()).toEqual([]);
  });

  it('lets a second process go without a challenge, and recover from a token that was revoked', async () => {
    const { clock, cache } = setUp();
    let valid = 't1';
    const http = createLoopbackHttp();
    const handler = (request: Request) => {
      if (new URL(request.url).pathname === '/token') return Response.json({ token: valid, expires_in: 300 });
      return request.headers.get('authorization') === `Bearer ${valid}`
        ? new Response('yes')
        : new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer realm="https://r.example/token",service="svc"' } });
    };
    http.route('https://r.example', handler);
    const run = async () => {
      const before = http.sent.length;
      const client = createRegistryClient({
        registry: 'r.example',
        baseUrl: 'https://r.example',
        http,
        clock,
        random: createFixedRandom(),
        credentials: staticCredentials('r.example', alice),
        tokenCache: cache,
      });
      const response = await client.send({ method: 'GET', url: 'https://r.example/v2/a/manifests/1', scopes: [PULL], maxBytes: 100 });
      return [response.status, http.sent.length - before];
    };
    expect(await run()).toEqual([200, 3]);
    expect(await run()).toEqual([200, 1]);
    // The same name over plain http, or another port, gets nothing.
    expect(await cache.load('http://r.example', async () => alice)).toEqual([]);
    valid = 't2';
    expect(await run()).toEqual([200, 3]);
    expect(await run()).toEqual([200, 1]);
  });
});
