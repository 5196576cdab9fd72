// SPDX-License-Identifier: Apache-2.0
/**
 * Who may do what: one question asked by every server here, answered by Basic (htpasswd) or Bearer (Docker registry v2 token) checks.
 */
import { fromBase64, fromUtf8 } from '@notary/base';
import { faults } from './faults.ts';
import type { PasswordUsers } from './htpasswd.ts';
import { MAX_AUTHORIZATION_BYTES } from './limits.ts';

/** One thing and what is wanted of it, e.g. `repository`, `app/web`, `['pull','push']`. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** An admitted caller. */
export interface Identity {
  /** User name, or the token's subject; empty for an anonymous token. */
  readonly user: string;
  /** May this caller do one more thing? For optional rights, such as reading the source of a mount. */
  can(type: string, name: string, action: string): boolean;
}

/** Who it is, or how to answer. */
export type AccessDecision =
  | { readonly allowed: true; readonly identity: Identity }
  | {
      readonly allowed: false;
      /** 401: come back with (other) credentials. 403: these credentials will never do. */
      readonly status: 401 | 403;
      readonly reason: string;
      /** Value for `WWW-Authenticate`, on 401. */
      readonly challenge?: string;
    };

/** Decides about a request from its `Authorization` header. Synchronous when the answer is remembered. */
export interface AccessControl {
  /**
   * `useful` is what the request could use without needing it, such as reading the source of a mount: challenges name it too, and who
   * lacks it may be sent for a token with it where they would get one.
   */
  check(authorization: string | null, wanted: readonly Access[], useful?: readonly Access[]): AccessDecision | Promise<AccessDecision>;
}

/** `user:password` of a Basic header; `undefined` for another scheme. Faults: `SERVICE_CREDENTIAL_INVALID`. */
export function parseBasic(authorization: string): { user: string; password: string } | undefined {
  if (authorization.length > MAX_AUTHORIZATION_BYTES) throw faults.CREDENTIAL_INVALID({ reason: 'too long' });
  if (!/^basic /i.test(authorization)) return undefined;
  let text: string;
  try {
    text = fromUtf8(fromBase64(authorization.slice(6).trim()));
  } catch (cause) {
    throw faults.CREDENTIAL_INVALID({ reason: 'not base64 of UTF-8 text' }, { cause });
  }
  const colon = text.indexOf(':');
  if (colon < 0) throw faults.CREDENTIAL_INVALID({ reason: 'no colon between user and password' });
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** A quoted-string of RFC 9110 5.6.4. Control characters are dropped: nothing here needs them. */
export const quoteHeader = (text: string): string => `"${text.replace(/[\u0000-\u001f\u007f]/g, '').replace(/["\\]/g, '\\$&')}"`;

/** What an authenticated user may do beyond the wanted access; default: everything. */
export type UserRights = (user: string, type: string, name: string, action: string) => boolean;

/** Users with passwords, and what they may do. */
export interface BasicAccessOptions {
  readonly users: PasswordUsers;
  readonly realm: string;
  readonly rights?: UserRights;
  /** Actions of anyone, e.g. `['pull']`; default none. */
  readonly anonymousActions?: readonly string[];
}

/** Basic authentication over a user file. */
export function createBasicAccess(options: BasicAccessOptions): AccessControl {
  const challenge = `Basic realm=${quoteHeader(options.realm)}, charset="UTF-8"`;
  const rights = options.rights ?? (() => true);
  const anonymous = new Set(options.anonymousActions ?? []);
  const refuse = (reason: string): AccessDecision => ({ allowed: false, status: 401, reason, challenge });
  const admit = (user: string, wanted: readonly Access[]): AccessDecision => {
    const can = (type: string, name: string, action: string): boolean => rights(user, type, name, action);
    if (wanted.every((w) => w.actions.every((a) => can(w.type, w.name, a)))) return { allowed: true, identity: { user, can } };
    return { allowed: false, status: 403, reason: `${user} may not do this` };
  };
  return {
    check(authorization, wanted) {
      if (authorization === null) {
        const open = anonymous.size > 0 && wanted.length > 0 && wanted.every((w) => w.actions.every((a) => anonymous.has(a)));
        return open
          ? { allowed: true, identity: { user: '', can: (_t, _n, action) => anonymous.has(action) } }
          : refuse('authentication required');
      }
      const basic = parseBasic(authorization);
      if (basic === undefined) return refuse('this server takes Basic credentials');
      const right = options.users.verify(basic.user, basic.password);
      const decide = (ok: boolean): AccessDecision => (ok ? admit(basic.user, wanted) : refuse('user name or password is wrong'));
      return typeof right === 'boolean' ? decide(right) : right.then(decide);
    },
  };
}
