// SPDX-License-Identifier: Apache-2.0
/**
 * A small token server for the same scheme: GET with Basic credentials, POST with a form (OAuth 2 password and refresh grants). Meant
 * for one machine, where a separate token server would be a burden; what a user may do is one function.
 */
import type { Clock, Handler, Random } from '@notary/base';
import { isFault, toBase64Url, toHex, toUtf8 } from '@notary/base';
import { type Access, parseBasic, quoteHeader } from '../access.ts';
import { faults } from '../faults.ts';
import type { PasswordUsers } from '../htpasswd.ts';
import { retryAfterOf } from '../http-faults.ts';
import { MAX_TOKEN_FORM_BYTES, MAX_TOKEN_SCOPES, TOKEN_FORM_TIMEOUT_MS } from '../limits.ts';
import { type TokenKey, tokenKeyFromSpki } from './keys.ts';
import { verifyToken } from './verifier.ts';

/** Actions granted of those asked; `user` is undefined for anonymous requests. */
export type Granting = (user: string | undefined, wanted: Access) => readonly string[];

/** A key that signs tokens: ECDSA P-256. */
export interface TokenSigner {
  readonly key: TokenKey;
  sign(signed: Uint8Array): Promise<Uint8Array>;
  /** PKCS#8 (DER), to keep it. */
  pkcs8(): Promise<Uint8Array>;
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

async function signerOf(privateKey: CryptoKey): Promise<TokenSigner> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', privateKey);
  const publicKey = await crypto.subtle.importKey('jwk', { kty, crv, x, y } as JsonWebKey, ES256, true, ['verify']);
  const key = await tokenKeyFromSpki(new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)));
  return {
    key,
    sign: async (signed) =>
      new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new Uint8Array(signed))),
    pkcs8: async () => new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)),
  };
}

/** A new P-256 key. */
export async function generateTokenSigner(): Promise<TokenSigner> {
  const pair = await crypto.subtle.generateKey(ES256, true, ['sign', 'verify']);
  return signerOf(pair.privateKey);
}

const SIGNING_KEY_REMEDY = { text: 'make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`' };

/** A kept P-256 key. Faults: `SERVICE_TOKEN_KEY_INVALID`. */
export async function importTokenSigner(pkcs8: Uint8Array): Promise<TokenSigner> {
  try {
    return await signerOf(await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ES256, true, ['sign']));
  } catch (cause) {
    throw faults.TOKEN_KEY_INVALID({ reason: 'a signing key must be PKCS#8 on P-256' }, { cause, remedy: SIGNING_KEY_REMEDY });
  }
}

/** Who issues tokens to whom, for what, and for how long. */
export interface TokenIssuerOptions {
  readonly issuer: string;
  readonly service: string;
  readonly signer: TokenSigner;
  readonly users: PasswordUsers;
  readonly grant: Granting;
  readonly clock: Clock;
  readonly random: Random;
  /** Life of an access token, default 300 s; at least 60, which clients assume. */
  readonly lifetimeSeconds?: number;
  /** Life of a refresh token, default 30 days. */
  readonly refreshLifetimeSeconds?: number;
}

/** Splits `type:name:actions` from both ends: a name may hold a colon (a host's port). Unparsable scopes are ignored, as by Distribution. */
export function parseScopes(values: readonly string[]): Access[] {
  const scopes = values.flatMap((v) => v.split(' ')).filter((s) => s !== '');
  if (scopes.length > MAX_TOKEN_SCOPES) throw faults.TOKEN_MALFORMED({ reason: `more than ${MAX_TOKEN_SCOPES} scopes` });
  const out: Access[] = [];
  for (const scope of scopes) {
    const first = scope.indexOf(':');
    const last = scope.lastIndexOf(':');
    if (first <= 0 || last <= first) continue;
    const actions = scope
      .slice(last + 1)
      .split(',')
      .filter((a) => a !== '');
    out.push({ type: scope.slice(0, first), name: scope.slice(first + 1, last), actions });
  }
  return out;
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers } });

async function collectForm(request: Request): Promise<URLSearchParams> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_TOKEN_FORM_BYTES) throw faults.TOKEN_MALFORMED({ reason: 'the form is too large' });
    parts.push(chunk);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return new URLSearchParams(new TextDecoder().decode(all));
}

/** A form is a few hundred bytes: who does not send it in time is cut off, whether or not the listener watches bodies. */
async function readForm(request: Request, clock: Clock): Promise<URLSearchParams> {
  const abort = new AbortController();
  const late = clock.sleep(TOKEN_FORM_TIMEOUT_MS, abort.signal).then((): never => {
    throw faults.TOKEN_MALFORMED({ reason: 'the form did not arrive in time' });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([collectForm(request), late]);
  } finally {
    abort.abort();
  }
}

/** The handler of a token endpoint. Asking for more than is granted is no error: the token simply grants less. */
export function createTokenIssuer(options: TokenIssuerOptions): Handler {
  const { issuer, service, signer, users, clock } = options;
  const lifetime = Math.max(60, options.lifetimeSeconds ?? 300);
  const refreshAudience = `${service}#refresh`;

  const encode = async (claims: Record<string, unknown>): Promise<string> => {
    const header = { typ: 'JWT', alg: 'ES256', kid: signer.key.ids[0] };
    const signed = `${toBase64Url(toUtf8(JSON.stringify(header)))}.${toBase64Url(toUtf8(JSON.stringify(claims)))}`;
    return `${signed}.${toBase64Url(await signer.sign(toUtf8(signed)))}`;
  };
  const claimsFor = (user: string | undefined, aud: string, now: number, life: number) => ({
    iss: issuer,
    sub: user ?? '',
    aud,
    exp: now + life,
    nbf: now - 10,
    iat: now,
    jti: toHex(options.random.bytes(16)),
  });
  const answer = async (user: string | undefined, scopes: readonly Access[], refresh: boolean): Promise<Response> => {
    const at = clock.now();
    const now = Math.floor(at.getTime() / 1000);
    const access = scopes.map((s) => ({ type: s.type, name: s.name, actions: options.grant(user, s) })).filter((s) => s.actions.length > 0);
    const token = await encode({ ...claimsFor(user, service, now, lifetime), access });
    const life = options.refreshLifetimeSeconds ?? 30 * 24 * 3600;
    const refreshToken = refresh && user !== undefined ? { refresh_token: await encode(claimsFor(user, refreshAudience, now, life)) } : {};
    return json({ token, access_token: token, expires_in: lifetime, issued_at: at.toISOString(), ...refreshToken });
  };
  const refuse = (): Response =>
    json({ errors: [{ code: 'UNAUTHORIZED', message: 'user name or password is wrong' }] }, 401, {
      'www-authenticate': `Basic realm=${quoteHeader(service)}`,
    });

  const get = async (request: Request): Promise<Response> => {
    const query = new URL(request.url).searchParams;
    if (query.has('service') && query.get('service') !== service)
      return json({ errors: [{ code: 'DENIED', message: 'another service' }] }, 400);
    const authorization = request.headers.get('authorization');
    const basic = authorization === null ? undefined : parseBasic(authorization);
    if (authorization !== null && (basic === undefined || !(await users.verify(basic.user, basic.password)))) return refuse();
    return answer(basic?.user, parseScopes(query.getAll('scope')), query.get('offline_token') === 'true');
  };
  const post = async (request: Request): Promise<Response> => {
    const form = await readForm(request, clock);
    const scopes = parseScopes(form.getAll('scope'));
    const offline = form.get('access_type') === 'offline';
    if (form.get('service') !== service) return json({ error: 'invalid_request' }, 400);
    if (form.get('grant_type') === 'password') {
      const user = form.get('username') ?? '';
      if (!(await users.verify(user, form.get('password') ?? ''))) return json({ error: 'invalid_grant' }, 401);
      return answer(user, scopes, offline);
    }
    if (form.get('grant_type') !== 'refresh_token') return json({ error: 'unsupported_grant_type' }, 400);
    try {
      const held = await verifyToken(
        form.get('refresh_token') ?? '',
        { issuer, service: refreshAudience, keys: [signer.key] },
        clock.now(),
      );
      return await answer(held.subject, scopes, offline);
    } catch (e) {
      if (isFault(e)) return json({ error: 'invalid_grant' }, 401);
      throw e;
    }
  };
  return async (request) => {
    try {
      if (request.method === 'GET') return await get(request);
      if (request.method === 'POST') return await post(request);
      return json({ errors: [{ code: 'UNSUPPORTED', message: 'GET or POST' }] }, 405, { allow: 'GET, POST' });
    } catch (e) {
      if (!isFault(e)) throw e;
      const after = retryAfterOf(e);
      return json(
        { errors: [{ code: 'UNAUTHORIZED', message: e.message }] },
        after === undefined ? 400 : 429,
        after === undefined ? {} : { 'retry-after': String(after) },
      );
    }
  };
}
