// SPDX-License-Identifier: Apache-2.0
/**
 * Bearer tokens of the Docker registry v2 scheme: checked against trusted keys, named by `kid`, by an embedded `jwk` or by an `x5c`
 * chain, then against issuer, audience and time; their `access` claim says what they grant.
 */
import type { Clock, Random } from '@notary/base';
import { fromBase64, isFault } from '@notary/base';
import type { Access, AccessControl, AccessDecision, Identity } from '../access.ts';
import { quoteHeader } from '../access.ts';
import { faults } from '../faults.ts';
import { MAX_REMEMBERED, MAX_TOKEN_ACCESS, MAX_TOKEN_CHAIN, TOKEN_LEEWAY_SECONDS } from '../limits.ts';
import { createCredentialMemory } from '../memory.ts';
import { isObject, type JsonObject, parseToken, type UnverifiedToken } from './jwt.ts';
import { type TokenKey, tokenKeyFromJwk, tokenKeyFromSpki } from './keys.ts';

/** Verifies a certificate chain (DER, leaf first) to a trusted root at an instant and returns the leaf's key info; throws otherwise. */
export type ChainCheck = (chain: readonly Uint8Array[], at: Date) => Promise<Uint8Array>;

/** What a token must say, and the keys that may have signed it. */
export interface TokenTrust {
  /** Expected `iss`. */
  readonly issuer: string;
  /** Expected member of `aud`: the `service` of the challenge. */
  readonly service: string;
  readonly keys: readonly TokenKey[];
  /** Without it tokens that carry `x5c` are refused, unless their key is trusted by name. */
  readonly checkChain?: ChainCheck;
}

/** What a verified token says. Only {@link verifyToken} makes one. */
export class VerifiedToken {
  readonly #grants: ReadonlyMap<string, ReadonlySet<string>>;
  readonly subject: string;
  readonly expiresAt: Date;
  private constructor(subject: string, expiresAt: Date, grants: ReadonlyMap<string, ReadonlySet<string>>) {
    this.subject = subject;
    this.expiresAt = expiresAt;
    this.#grants = grants;
  }
  /** Action `*` grants every action on its resource, as in Distribution and Notary. */
  can(type: string, name: string, action: string): boolean {
    const actions = this.#grants.get(`${type}:${name}`);
    return actions !== undefined && (actions.has(action) || actions.has('*'));
  }
  /** Checks everything and makes the proof. Faults: `SERVICE_TOKEN_MALFORMED`, `_UNTRUSTED`, `_EXPIRED`. */
  static async verify(text: string, trust: TokenTrust, at: Date): Promise<VerifiedToken> {
    const token = parseToken(text);
    const algorithm = token.header['alg'];
    if (typeof algorithm !== 'string') throw faults.TOKEN_MALFORMED({ reason: 'it names no algorithm' });
    const key = await findKey(token, trust, at);
    if (!(await key.verify(algorithm, token.signed, token.signature))) throw faults.TOKEN_UNTRUSTED({ reason: 'its signature is wrong' });
    const expiresAt = checkClaims(token.claims, trust, at);
    const subject = token.claims['sub'];
    return new VerifiedToken(typeof subject === 'string' ? subject : '', expiresAt, grantsOf(token.claims));
  }
}

/** See {@link VerifiedToken.verify}. */
export const verifyToken = (text: string, trust: TokenTrust, at: Date): Promise<VerifiedToken> => VerifiedToken.verify(text, trust, at);

function byId(keys: readonly TokenKey[], ids: readonly unknown[]): TokenKey | undefined {
  return keys.find((k) => k.ids.some((id) => ids.includes(id)));
}

async function fromChain(value: unknown, trust: TokenTrust, at: Date): Promise<TokenKey> {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_TOKEN_CHAIN)
    throw faults.TOKEN_MALFORMED({ reason: 'its x5c is not a list of certificates' });
  if (trust.checkChain === undefined) throw faults.TOKEN_UNTRUSTED({ reason: 'no root certificates are configured for x5c' });
  let chain: Uint8Array[];
  try {
    chain = value.map((v) => fromBase64(String(v)));
  } catch (cause) {
    throw faults.TOKEN_MALFORMED({ reason: 'its x5c is not base64' }, { cause });
  }
  let spki: Uint8Array;
  try {
    spki = await trust.checkChain(chain, at);
  } catch (cause) {
    throw faults.TOKEN_UNTRUSTED({ reason: 'its certificate chain leads to no trusted root' }, { cause });
  }
  return tokenKeyFromSpki(spki);
}

/** Distribution's order: x5c, then jwk (with its own x5c, or trusted by name), then kid. */
async function findKey(token: UnverifiedToken, trust: TokenTrust, at: Date): Promise<TokenKey> {
  const { header } = token;
  if (header['x5c'] !== undefined) return fromChain(header['x5c'], trust, at);
  const jwk = header['jwk'];
  if (isObject(jwk)) {
    if (jwk['x5c'] !== undefined) return fromChain(jwk['x5c'], trust, at);
    const embedded = await tokenKeyFromJwk(jwk);
    // A name the sender chose proves nothing: only what is computed from the key itself is compared.
    const computed = embedded.ids.slice(-2);
    const known = byId(trust.keys, computed);
    if (known !== undefined) return known;
    throw faults.TOKEN_UNTRUSTED({ reason: 'its embedded key is not a trusted one' });
  }
  const only = trust.keys[0];
  // A token without any name of a key can only mean the one key there is.
  const known = header['kid'] === undefined ? (trust.keys.length === 1 ? only : undefined) : byId(trust.keys, [header['kid']]);
  if (known === undefined) throw faults.TOKEN_UNTRUSTED({ reason: 'no trusted key has its kid' });
  return known;
}

const seconds = (v: unknown): number | undefined => (typeof v === 'number' && Number.isFinite(v) ? v : undefined);

function checkClaims(claims: JsonObject, trust: TokenTrust, at: Date): Date {
  if (claims['iss'] !== trust.issuer) throw faults.TOKEN_UNTRUSTED({ reason: 'another issuer' });
  const audience = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  if (!audience.includes(trust.service)) throw faults.TOKEN_UNTRUSTED({ reason: 'meant for another service' });
  const now = at.getTime() / 1000;
  const expires = seconds(claims['exp']);
  if (expires === undefined) throw faults.TOKEN_MALFORMED({ reason: 'it has no expiry' });
  if (now >= expires + TOKEN_LEEWAY_SECONDS)
    throw faults.TOKEN_EXPIRED({ expiredAt: new Date(Math.max(0, Math.min(expires, 8.64e12)) * 1000).toISOString() });
  const notBefore = claims['nbf'] === undefined ? now : seconds(claims['nbf']);
  if (notBefore === undefined || now + TOKEN_LEEWAY_SECONDS < notBefore) throw faults.TOKEN_UNTRUSTED({ reason: 'not valid yet' });
  return new Date(Math.min(expires, 8.64e12) * 1000);
}

function grantsOf(claims: JsonObject): ReadonlyMap<string, ReadonlySet<string>> {
  const grants = new Map<string, Set<string>>();
  const access = claims['access'] ?? [];
  if (!Array.isArray(access) || access.length > MAX_TOKEN_ACCESS)
    throw faults.TOKEN_MALFORMED({ reason: 'its access is not a short list' });
  for (const entry of access) {
    if (!isObject(entry) || typeof entry['type'] !== 'string' || typeof entry['name'] !== 'string' || !Array.isArray(entry['actions'])) {
      throw faults.TOKEN_MALFORMED({ reason: 'an entry of its access is malformed' });
    }
    const key = `${entry['type']}:${entry['name']}`;
    const set = grants.get(key) ?? new Set<string>();
    for (const action of entry['actions']) if (typeof action === 'string') set.add(action);
    grants.set(key, set);
  }
  return grants;
}

/** Which tokens are taken, and where clients get them. */
export interface BearerAccessOptions {
  /** Read for each check, so that a reload can bring new keys. */
  readonly trust: () => TokenTrust;
  /** Where clients get tokens. */
  readonly realm: string;
  /** Would a token with this be issued to the subject? Default: no, for who knows what a foreign issuer does. */
  readonly obtainable?: (subject: string, wanted: Access) => boolean;
  readonly clock: Clock;
  readonly random: Random;
}

/** Scopes of a challenge: `type:name:action,action` joined by spaces. */
export const encodeScopes = (wanted: readonly Access[]): string =>
  wanted.map((w) => `${w.type}:${w.name}:${w.actions.join(',')}`).join(' ');

/** Bearer authentication. A verified token is remembered until it expires, at most a minute beyond a change of keys. */
export function createBearerAccess(options: BearerAccessOptions): AccessControl {
  const { clock } = options;
  const memory = createCredentialMemory<VerifiedToken>({ clock, random: options.random, max: MAX_REMEMBERED });
  const refuse = (wanted: readonly Access[], reason: string, error?: 'invalid_token' | 'insufficient_scope'): AccessDecision => {
    const scope = wanted.length === 0 ? '' : `,scope=${quoteHeader(encodeScopes(wanted))}`;
    const challenge = `Bearer realm=${quoteHeader(options.realm)},service=${quoteHeader(options.trust().service)}${scope}${error === undefined ? '' : `,error="${error}"`}`;
    return { allowed: false, status: 401, reason, challenge };
  };
  const grants = (token: VerifiedToken, { type, name, actions }: Access): boolean => actions.every((a) => token.can(type, name, a));
  const decide = (token: VerifiedToken, wanted: readonly Access[], useful: readonly Access[]): AccessDecision => {
    const identity: Identity = { user: token.subject, can: (type, name, action) => token.can(type, name, action) };
    const obtainable = (u: Access): boolean => options.obtainable?.(token.subject, u) === true;
    if (wanted.every((w) => grants(token, w)) && useful.every((u) => grants(token, u) || !obtainable(u)))
      return { allowed: true, identity };
    return refuse([...wanted, ...useful], 'the token does not grant this', 'insufficient_scope');
  };
  const check = async (text: string, wanted: readonly Access[], useful: readonly Access[]): Promise<AccessDecision> => {
    const at = clock.now();
    try {
      const token = await verifyToken(text, options.trust(), at);
      memory.set(text, token, Math.min(token.expiresAt.getTime() + TOKEN_LEEWAY_SECONDS * 1000, at.getTime() + 60_000));
      return decide(token, wanted, useful);
    } catch (e) {
      if (isFault(e, 'SERVICE_TOKEN_MALFORMED', 'SERVICE_TOKEN_UNTRUSTED', 'SERVICE_TOKEN_EXPIRED', 'SERVICE_TOKEN_KEY_INVALID'))
        return refuse([...wanted, ...useful], e.message, 'invalid_token');
      throw e;
    }
  };
  return {
    check(authorization, wanted, useful = []) {
      const all = useful.length === 0 ? wanted : [...wanted, ...useful];
      if (authorization === null) return refuse(all, 'authentication required');
      if (!/^bearer /i.test(authorization)) return refuse(all, 'this server takes Bearer tokens');
      const text = authorization.slice(7).trim();
      const known = memory.get(text);
      return known === undefined ? check(text, wanted, useful) : decide(known, wanted, useful);
    },
  };
}
