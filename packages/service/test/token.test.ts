// SPDX-License-Identifier: Apache-2.0
/** Tokens against jose, an implementation that is not ours. */
import {
  createBearerAccess,
  createTokenIssuer,
  generateTokenSigner,
  importTokenSigner,
  libtrustId,
  parseScopes,
  type TokenKey,
  type TokenTrust,
  tokenKeyFromJwk,
  tokenKeyFromSpki,
  tokenKeysFromJwks,
  verifyToken,
} from '@notary/service/token';
import { createFakeClock } from '@notary/testkit';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importPKCS8, importSPKI, type JWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { basic, systemRandom } from './support.ts';

const AT = new Date('2026-01-15T12:00:00Z');
const NOW = AT.getTime() / 1000;
const ACCESS = [{ type: 'repository', name: 'host:5000/app', actions: ['pull', 'push'] }];
const CLAIMS = { iss: 'issuer', aud: 'registry', sub: 'alice', exp: NOW + 300, nbf: NOW - 10, access: ACCESS };

async function keyPair(alg: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(alg.endsWith('S256') ? { modulusLength: 2048 } : {}),
  });
  return { privateKey, jwk: await exportJWK(publicKey), key: await tokenKeyFromJwk(await exportJWK(publicKey)) };
}
const trustIn = (...keys: TokenKey[]): TokenTrust => ({ issuer: 'issuer', service: 'registry', keys });
const sign = (key: CryptoKey, alg: string, claims: object = CLAIMS, header: object = {}): Promise<string> =>
  new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ alg, ...header }).sign(key);

describe('a token', () => {
  it.each(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'])('signed with %s is accepted', async (alg) => {
    const { privateKey, key } = await keyPair(alg);
    const token = await verifyToken(await sign(privateKey, alg), trustIn(key), AT);
    expect([
      token.subject,
      token.can('repository', 'host:5000/app', 'push'),
      token.can('repository', 'host:5000/app', 'delete'),
      token.can('repository', 'app', 'pull'),
    ]).toEqual(['alice', true, false, false]);
  });
  it('grants everything on a resource with *', async () => {
    const { privateKey, key } = await keyPair('ES256');
    const token = await verifyToken(
      await sign(privateKey, 'ES256', { ...CLAIMS, access: [{ type: 'repository', name: 'a', actions: ['*'] }] }),
      trustIn(key),
      AT,
    );
    expect([token.can('repository', 'a', 'delete'), token.can('registry', 'a', 'delete')]).toEqual([true, false]);
  });
  it('names its key by kid, thumbprint, libtrust fingerprint, or holds it; several keys and no name is refused', async () => {
    const { privateKey, jwk } = await keyPair('ES256');
    const other = (await keyPair('ES256')).key;
    const trusted = await tokenKeyFromJwk({ ...jwk, kid: 'mine' });
    const trust = trustIn(other, trusted);
    for (const header of [{ kid: 'mine' }, { kid: await calculateJwkThumbprint(jwk as JWK) }, { kid: trusted.ids[2] as string }, { jwk }]) {
      await expect(verifyToken(await sign(privateKey, 'ES256', CLAIMS, header), trust, AT)).resolves.toBeDefined();
    }
    await expect(verifyToken(await sign(privateKey, 'ES256'), trust, AT)).rejects.toMatchObject({ code: 'SERVICE_TOKEN_UNTRUSTED' });
  });
  it('[CVE-2025-24976] may not bring a key of its own, whatever it calls it', async () => {
    const mallory = await keyPair('ES256');
    const { jwk } = await keyPair('ES256');
    const trust = trustIn(await tokenKeyFromJwk({ ...jwk, kid: 'mine' }));
    for (const header of [{ jwk: mallory.jwk }, { jwk: { ...mallory.jwk, kid: 'mine' } }, { kid: 'mine' }, { x5c: ['AAAA'] }]) {
      await expect(verifyToken(await sign(mallory.privateKey, 'ES256', CLAIMS, header), trust, AT)).rejects.toMatchObject({
        code: 'SERVICE_TOKEN_UNTRUSTED',
      });
    }
  });
  it('with a chain is judged by the check of chains', async () => {
    const { privateKey, jwk } = await keyPair('ES256');
    const { createPublicKey } = await import('node:crypto');
    const spki = new Uint8Array(createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'der' }));
    const token = await sign(privateKey, 'ES256', CLAIMS, { x5c: ['TGVhZg==', 'Um9vdA=='] });
    const seen: string[] = [];
    const checkChain = async (chain: readonly Uint8Array[]) => {
      seen.push(...chain.map((c) => new TextDecoder().decode(c)));
      return spki;
    };
    await expect(verifyToken(token, { ...trustIn(), checkChain }, AT)).resolves.toBeDefined();
    expect(seen).toEqual(['Leaf', 'Root']);
    const refused = { ...trustIn(), checkChain: () => Promise.reject(new Error('no')) };
    await expect(verifyToken(token, refused, AT)).rejects.toMatchObject({ code: 'SERVICE_TOKEN_UNTRUSTED' });
  });
  it.each([
    ['another issuer', { iss: 'x' }, 'SERVICE_TOKEN_UNTRUSTED'],
    ['another service', { aud: ['a', 'b'] }, 'SERVICE_TOKEN_UNTRUSTED'],
    ['no audience', { aud: undefined }, 'SERVICE_TOKEN_UNTRUSTED'],
    ['an expiry in the past', { exp: NOW - 61 }, 'SERVICE_TOKEN_EXPIRED'],
    ['no expiry', { exp: undefined }, 'SERVICE_TOKEN_MALFORMED'],
    ['a start in the future', { nbf: NOW + 61 }, 'SERVICE_TOKEN_UNTRUSTED'],
    ['an access that is no list', { access: {} }, 'SERVICE_TOKEN_MALFORMED'],
    ['an access entry without a name', { access: [{ type: 'repository', actions: [] }] }, 'SERVICE_TOKEN_MALFORMED'],
    ['more access than anyone needs', { access: Array.from({ length: 300 }, () => ACCESS[0]) }, 'SERVICE_TOKEN_MALFORMED'],
  ])('with %s is refused', async (_, change, code) => {
    const { privateKey, key } = await keyPair('ES256');
    const { privateKey: same } = { privateKey };
    const claims = Object.fromEntries(Object.entries({ ...CLAIMS, ...change }).filter(([, v]) => v !== undefined));
    const raw = await rawSign(same, claims);
    await expect(verifyToken(raw, trustIn(key), AT)).rejects.toMatchObject({ code });
  });
  it('within the leeway of clocks passes', async () => {
    const { privateKey, key } = await keyPair('ES256');
    await expect(verifyToken(await sign(privateKey, 'ES256', { ...CLAIMS, exp: NOW - 59 }), trustIn(key), AT)).resolves.toBeDefined();
  });
  it('[TUF-01-JWT] [CVE-2025-30204] with any bit changed, no signature, another algorithm or the name none is refused', async () => {
    const { privateKey, jwk, key } = await keyPair('RS256');
    const token = await sign(privateKey, 'RS256');
    const [head = '', body = '', signature = ''] = token.split('.');
    const encode = (v: object): string => btoa(JSON.stringify(v)).replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_');
    const forged = [
      `${head}.${body}.`,
      `${head}.${encode({ ...CLAIMS, sub: 'root' })}.${signature}`,
      `${encode({ alg: 'none' })}.${body}.`,
      `${encode({ alg: 'HS256' })}.${body}.${signature}`,
      `${encode({ alg: 'RS512' })}.${body}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
    ];
    expect(jwk.kty).toBe('RSA');
    for (const f of forged) await expect(verifyToken(f, trustIn(key), AT)).rejects.toMatchObject({ code: 'SERVICE_TOKEN_UNTRUSTED' });
    for (const f of [
      '',
      'a.b',
      'a.b.c.d',
      `${head}.${body}.!`,
      `${encode({ alg: 'RS256', crit: ['exp'] })}.${body}.${signature}`,
      'x'.repeat(20_000),
    ]) {
      await expect(verifyToken(f, trustIn(key), AT)).rejects.toMatchObject({ code: 'SERVICE_TOKEN_MALFORMED' });
    }
  });
});

/** jose fills in or refuses some claims; this signs what it is given. */
async function rawSign(privateKey: CryptoKey, claims: object): Promise<string> {
  const part = (v: object): string => Buffer.from(JSON.stringify(v)).toString('base64url');
  const signed = `${part({ alg: 'ES256' })}.${part(claims)}`;
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new TextEncoder().encode(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

describe('keys of tokens', () => {
  it('are refused when they are weak or none', async () => {
    const { publicKey } = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    );
    await expect(tokenKeyFromJwk(await crypto.subtle.exportKey('jwk', publicKey))).rejects.toMatchObject({
      code: 'SERVICE_TOKEN_KEY_INVALID',
    });
    for (const jwk of [{}, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, null])
      await expect(tokenKeyFromJwk(jwk)).rejects.toMatchObject({ code: 'SERVICE_TOKEN_KEY_INVALID' });
    await expect(tokenKeyFromSpki(new Uint8Array(50))).rejects.toMatchObject({ code: 'SERVICE_TOKEN_KEY_INVALID' });
    await expect(tokenKeysFromJwks('{')).rejects.toMatchObject({ code: 'SERVICE_TOKEN_KEY_INVALID' });
  });
  it('have the libtrust form of twelve groups of four', () => {
    expect(libtrustId(new Uint8Array(10))).toMatch(/^(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}$/);
  });
});

describe('scopes', () => {
  it('split from both ends, and unparsable ones are left out', () => {
    expect(parseScopes(['repository:host:5000/a:pull,push repository:b:pull', 'rubbish', 'a:b', 'registry:catalog:*'])).toEqual([
      { type: 'repository', name: 'host:5000/a', actions: ['pull', 'push'] },
      { type: 'repository', name: 'b', actions: ['pull'] },
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ]);
    expect(() => parseScopes(Array.from({ length: 100 }, () => 'repository:a:pull'))).toThrow();
  });
});

describe('issuer and access together', () => {
  const setUp = async () => {
    const clock = createFakeClock(AT);
    const signer = await generateTokenSigner();
    const users = { verify: (u: string, p: string) => u === 'alice' && p === 'pw', reload: () => undefined };
    const grant = (user: string | undefined, w: { actions: readonly string[] }) =>
      user === undefined ? w.actions.filter((a) => a === 'pull') : w.actions;
    const issue = createTokenIssuer({ issuer: 'issuer', service: 'registry', signer, users, grant, clock, random: systemRandom });
    const access = createBearerAccess({
      trust: () => trustIn(signer.key),
      realm: 'https://auth.example/token',
      obtainable: (subject, { name }) => subject === 'alice' && name !== 'secret',
      clock,
      random: systemRandom,
    });
    const call = async (init: {
      path?: string;
      headers?: Record<string, string>;
      form?: Record<string, string>;
    }): Promise<{ status: number; body: Record<string, string> }> => {
      const body = init.form === undefined ? {} : { method: 'POST', body: new URLSearchParams(init.form).toString() };
      const response = await issue(new Request(`http://auth.test/token${init.path ?? ''}`, { headers: init.headers ?? {}, ...body }), {
        remoteAddress: '',
      });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };
    return { clock, signer, access, call };
  };
  const want = [{ type: 'repository', name: 'app', actions: ['pull', 'push'] }];

  it('the challenge leads to a token that is accepted until it expires', async () => {
    const { clock, access, call, signer } = await setUp();
    const refused = await access.check(null, want);
    expect(refused).toMatchObject({
      allowed: false,
      status: 401,
      challenge: 'Bearer realm="https://auth.example/token",service="registry",scope="repository:app:pull,push"',
    });
    const { body } = await call({
      path: '?service=registry&scope=repository:app:pull,push',
      headers: { authorization: basic('alice', 'pw') },
    });
    expect(body).toMatchObject({ token: body['access_token'], expires_in: 300 });
    const bearer = `Bearer ${body['token']}`;
    expect(await access.check(bearer, want)).toMatchObject({ allowed: true, identity: { user: 'alice' } });
    expect(access.check(bearer, want)).toMatchObject({ allowed: true });
    expect(await access.check(bearer, [{ type: 'repository', name: 'other', actions: ['pull'] }])).toMatchObject({
      allowed: false,
      challenge: expect.stringContaining('insufficient_scope'),
    });
    const key = await importSPKI(await spkiPem(signer), 'ES256');
    await expect(jwtVerify(body['token'] ?? '', key, { issuer: 'issuer', audience: 'registry', currentDate: AT })).resolves.toBeDefined();
    await clock.advance(361_000);
    expect(await access.check(bearer, want)).toMatchObject({ allowed: false, challenge: expect.stringContaining('invalid_token') });
  });
  it('what would be useful is named by challenges, and asked for only where a token with it would be issued', async () => {
    const { access, call } = await setUp();
    const read = (name: string) => [{ type: 'repository', name, actions: ['pull'] }];
    expect(await access.check(null, want, read('base'))).toMatchObject({
      challenge: 'Bearer realm="https://auth.example/token",service="registry",scope="repository:app:pull,push repository:base:pull"',
    });
    const tokenFor = async (scopes: string): Promise<string> => {
      const answer = await call({ path: `?service=registry&scope=${scopes}`, headers: { authorization: basic('alice', 'pw') } });
      return `Bearer ${answer.body['token']}`;
    };
    const narrow = await tokenFor('repository:app:pull,push');
    expect(await access.check(narrow, want)).toMatchObject({ allowed: true });
    expect(await access.check(narrow, want, read('base'))).toMatchObject({ allowed: false, status: 401 });
    expect(await access.check(narrow, want, read('secret'))).toMatchObject({ allowed: true });
    expect(await access.check(await tokenFor('repository:app:pull,push+repository:base:pull'), want, read('base'))).toMatchObject({
      allowed: true,
    });
  });
  it('anonymous and greedy requests get less, not an error', async () => {
    const { access, call } = await setUp();
    const { body } = await call({ path: '?service=registry&scope=repository:app:pull,push' });
    expect(await access.check(`Bearer ${body['token']}`, want)).toMatchObject({ allowed: false, status: 401 });
    expect(await access.check(`Bearer ${body['token']}`, [{ type: 'repository', name: 'app', actions: ['pull'] }])).toMatchObject({
      allowed: true,
    });
  });
  it('wrong passwords, services and grants are refused', async () => {
    const { call } = await setUp();
    expect((await call({ path: '?service=registry', headers: { authorization: basic('alice', 'x') } })).status).toBe(401);
    expect((await call({ path: '?service=other' })).status).toBe(400);
    expect((await call({ form: { service: 'registry', grant_type: 'password', username: 'alice', password: 'x' } })).status).toBe(401);
    expect((await call({ form: { service: 'registry', grant_type: 'magic' } })).status).toBe(400);
    expect((await call({ form: { service: 'registry', grant_type: 'refresh_token', refresh_token: 'x' } })).status).toBe(401);
    expect((await call({ form: { service: 'registry', padding: 'x'.repeat(40_000) } })).status).toBe(400);
  });
  it('a refresh token gets access tokens and is none itself', async () => {
    const { access, call } = await setUp();
    const { body } = await call({
      form: {
        service: 'registry',
        grant_type: 'password',
        username: 'alice',
        password: 'pw',
        access_type: 'offline',
        scope: 'repository:app:pull',
      },
    });
    const refreshed = await call({
      form: {
        service: 'registry',
        grant_type: 'refresh_token',
        refresh_token: body['refresh_token'] ?? '',
        scope: 'repository:app:pull,push',
      },
    });
    expect(await access.check(`Bearer ${refreshed.body['access_token']}`, want)).toMatchObject({
      allowed: true,
      identity: { user: 'alice' },
    });
    expect(await access.check(`Bearer ${body['refresh_token']}`, [])).toMatchObject({ allowed: false });
    expect(
      (await call({ form: { service: 'registry', grant_type: 'refresh_token', refresh_token: refreshed.body['access_token'] ?? '' } }))
        .status,
    ).toBe(401);
  });
  it('a signing key survives being kept', async () => {
    const signer = await generateTokenSigner();
    const again = await importTokenSigner(await signer.pkcs8());
    expect(again.key.ids).toEqual(signer.key.ids);
    await expect(importTokenSigner(new Uint8Array(10))).rejects.toMatchObject({
      code: 'SERVICE_TOKEN_KEY_INVALID',
      remedy: { text: expect.stringContaining('P-256') },
    });
    await importPKCS8(
      `-----BEGIN PRIVATE KEY-----\n${Buffer.from(await signer.pkcs8()).toString('base64')}\n-----END PRIVATE KEY-----`,
      'ES256',
    );
  });
});

async function spkiPem(signer: { pkcs8(): Promise<Uint8Array> }): Promise<string> {
  const { createPrivateKey, createPublicKey } = await import('node:crypto');
  const key = createPrivateKey({ key: Buffer.from(await signer.pkcs8()), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
