// SPDX-License-Identifier: Apache-2.0
/** Getting a bearer token (distribution "token" and "oauth" specifications) from the server that a challenge names. */
import { type Clock, type Http, isFault, printableUrl, Secret, toBase64, toUtf8 } from '@notary/base';
import { isJsonObject, type JsonObject, parseJsonStrict } from '@notary/base/json';
import { parseUrl, targetProblem } from './addresses.ts';
import type { Credential } from './credential.ts';
import { authFaults } from './faults.ts';
import { DEFAULT_TOKEN_SECONDS, MAX_TOKEN_LENGTH, MAX_TOKEN_RESPONSE_BYTES, MAX_TOKEN_SECONDS, TOKEN_TIMEOUT_MS } from './limits.ts';
import { sendFollowing } from './redirect.ts';
import { parseRegistryErrors, statusReason } from './registry-error.ts';

/** A bearer token with what it is good for. */
export interface BearerToken {
  readonly token: Secret<string>;
  /** The scopes it was asked for; the server may have granted less. */
  readonly scopes: readonly string[];
  readonly service: string;
  readonly expiresAt: Date;
}

export interface TokenRequest {
  readonly http: Http;
  readonly clock: Clock;
  readonly clientId: string;
  readonly userAgent: string | undefined;
  /** The request that was challenged, for messages and for the judgement of the realm. */
  readonly method: string;
  readonly url: string;
  readonly realm: string;
  readonly service: string;
  readonly scopes: readonly string[];
  readonly credential: Credential;
  /** POST even with user name and password (`grant_type=password`). */
  readonly preferOauth?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks for a token: POST for a refresh token, falling back to GET where the server answers 404 or 405; GET otherwise.
 * Faults: `AUTH_REALM_REFUSED`, `AUTH_TOKEN_REFUSED`, `AUTH_TOKEN_INVALID`, those of the Http port.
 */
export async function fetchToken(request: TokenRequest): Promise<BearerToken> {
  const realm = checkRealm(request);
  const { credential } = request;
  const wantsPost = credential.refreshToken !== undefined || (request.preferOauth === true && credential.username !== undefined);
  if (wantsPost) {
    const answer = await post(request, realm);
    if (answer !== undefined) return answer;
  }
  return get(request, realm);
}

/** The realm as a URL that may see credentials of this registry. */
function checkRealm(request: TokenRequest): URL {
  const realm = parseUrl(request.realm);
  const problem = realm === undefined ? 'it is not a URL' : targetProblem(realm, new URL(request.url));
  if (realm === undefined || problem !== undefined)
    throw authFaults.REALM_REFUSED({
      method: request.method,
      url: printableUrl(request.url),
      realm: printableUrl(request.realm),
      problem: problem ?? '',
    });
  realm.hash = '';
  return realm;
}

async function get(request: TokenRequest, realm: URL): Promise<BearerToken> {
  const url = new URL(realm);
  if (request.service !== '') url.searchParams.set('service', request.service);
  for (const scope of request.scopes) url.searchParams.append('scope', scope);
  // As the Go tools ask, and name it in messages.
  url.searchParams.sort();
  const headers: Record<string, string> = { accept: 'application/json' };
  const { username = '', password, refreshToken } = request.credential;
  const secret = password?.reveal() ?? refreshToken?.reveal() ?? '';
  if (username !== '' || secret !== '') headers['authorization'] = basicAuthorization(username, secret);
  return readToken(request, await exchange(request, 'GET', url, headers));
}

/** `undefined` if the server knows no POST. A redirect is not followed: the body holds the secret. */
async function post(request: TokenRequest, url: URL): Promise<BearerToken | undefined> {
  const { username, password, refreshToken } = request.credential;
  const form = new URLSearchParams();
  if (refreshToken !== undefined) {
    form.set('grant_type', 'refresh_token');
    form.set('refresh_token', refreshToken.reveal());
  } else {
    if (username === undefined || password === undefined)
      throw authFaults.CREDENTIAL_INCOMPLETE({ method: request.method, url: printableUrl(request.url), scheme: 'bearer' });
    form.set('grant_type', 'password');
    form.set('username', username);
    form.set('password', password.reveal());
  }
  form.set('service', request.service);
  form.set('client_id', request.clientId);
  if (request.scopes.length > 0) form.set('scope', request.scopes.join(' '));
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await exchange(request, 'POST', url, headers, toUtf8(form.toString()));
  return answer.status === 404 || answer.status === 405 ? undefined : readToken(request, answer);
}

interface TokenAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly body: Uint8Array;
}

async function exchange(
  request: TokenRequest,
  method: string,
  url: URL,
  headers: Record<string, string>,
  body?: Uint8Array,
): Promise<TokenAnswer> {
  if (request.userAgent !== undefined) headers['user-agent'] = request.userAgent;
  const sent = {
    method,
    url: url.href,
    headers,
    maxBytes: MAX_TOKEN_RESPONSE_BYTES,
    timeoutMs: TOKEN_TIMEOUT_MS,
    ...(body === undefined ? {} : { body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  const response = body === undefined ? (await sendFollowing(request.http, sent)).response : await request.http.send(sent);
  return { method, url: url.href, status: response.status, body: await response.bytes() };
}

function readToken(request: TokenRequest, answer: TokenAnswer): BearerToken {
  const where = {
    method: request.method,
    url: printableUrl(request.url),
    tokenMethod: answer.method,
    tokenUrl: printableUrl(answer.url),
  };
  if (answer.status !== 200) {
    const errors = parseRegistryErrors(answer.body);
    throw authFaults.TOKEN_REFUSED({ ...where, status: answer.status, reason: statusReason(answer.status, errors), errors });
  }
  let json: unknown;
  try {
    json = parseJsonStrict(answer.body, { duplicates: 'last', maxBytes: MAX_TOKEN_RESPONSE_BYTES });
  } catch (cause) {
    throw authFaults.TOKEN_INVALID(
      { ...where, problem: `failed to decode response: ${isFault(cause) ? cause.message : 'not JSON'}` },
      { cause },
    );
  }
  const object = isJsonObject(json as JsonObject) ? (json as JsonObject) : {};
  const token = text(object['access_token']) ?? text(object['token']);
  if (token === undefined) throw authFaults.TOKEN_INVALID({ ...where, problem: 'empty token returned' });
  // RFC 6750 2.1: a token with other characters cannot stand in a header.
  if (token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token))
    throw authFaults.TOKEN_INVALID({ ...where, problem: 'the token cannot be sent in a header' });
  return { token: new Secret(token), scopes: request.scopes, service: request.service, expiresAt: expiryOf(object, request.clock.now()) };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** `issued_at` plus `expires_in`, never later than that many seconds from now: the server's clock may be ahead. */
function expiryOf(object: JsonObject, now: Date): Date {
  const stated = object['expires_in'];
  const seconds = typeof stated === 'number' && stated > 0 ? Math.min(stated, MAX_TOKEN_SECONDS) : DEFAULT_TOKEN_SECONDS;
  const issued = text(object['issued_at']);
  const issuedAt = issued !== undefined && /^\d{4}-\d\d-\d\dT/.test(issued) ? Date.parse(issued) : Number.NaN;
  // A clock more than a day behind ours says nothing about this token.
  const start =
    Number.isNaN(issuedAt) || issuedAt > now.getTime() || issuedAt < now.getTime() - MAX_TOKEN_SECONDS * 1000 ? now.getTime() : issuedAt;
  return new Date(start + seconds * 1000);
}

/** `Basic` with user name and password in UTF-8 (RFC 7617). */
export const basicAuthorization = (username: string, password: string): string => `Basic ${toBase64(toUtf8(`${username}:${password}`))}`;
