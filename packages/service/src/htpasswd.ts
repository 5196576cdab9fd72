// SPDX-License-Identifier: Apache-2.0
/**
 * Users and bcrypt hashes in Apache's htpasswd form. Only bcrypt is accepted, as in Distribution: the other schemes of the format
 * (crypt, MD5, SHA-1, plain) are refused when the file is read, with their line.
 */
import type { Clock, Random } from '@notary/base';
import { faults } from './faults.ts';
import {
  MAX_BCRYPT_COST,
  MAX_HTPASSWD_BYTES,
  MAX_PASSWORD_BYTES,
  MAX_PASSWORD_CHECKS,
  MAX_PASSWORD_QUEUE,
  MAX_REMEMBERED,
  REMEMBER_MS,
  REMEMBER_WRONG_MS,
} from './limits.ts';
import { createCredentialMemory } from './memory.ts';

/** Checks one password against one bcrypt hash, off the event loop. Adapter: `@notary/service/bcrypt`. */
export interface PasswordCheck {
  verify(password: string, hash: string): Promise<boolean>;
}

/** Who may come in with a password. */
export interface PasswordUsers {
  /** True if the pair is right. Faults: `SERVICE_PASSWORD_CHECKS_BUSY`. */
  verify(user: string, password: string): Promise<boolean> | boolean;
  /** Takes a new file; what was remembered is forgotten. */
  reload(text: string): void;
}

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** A hash of no password, at the usual cost: makes an unknown user take as long as a known one. */
const NOBODY = '$2y$10$abcdefghijklmnopqrstuuOEYSbHHj5VAFcVDBWcBpy4jhlNL9DyS';

/** User to hash. Faults: `SERVICE_HTPASSWD_INVALID` with the line. */
export function parseHtpasswd(text: string): ReadonlyMap<string, string> {
  if (text.length > MAX_HTPASSWD_BYTES) throw faults.HTPASSWD_INVALID({ line: 0, reason: `larger than ${MAX_HTPASSWD_BYTES} bytes` });
  const users = new Map<string, string>();
  text.split('\n').forEach((raw, i) => {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '' || line.startsWith('#')) return;
    const colon = line.indexOf(':');
    if (colon <= 0) throw faults.HTPASSWD_INVALID({ line: i + 1, reason: 'no user name' });
    const match = BCRYPT.exec(line.slice(colon + 1));
    if (match === null) throw faults.HTPASSWD_INVALID({ line: i + 1, reason: 'not a bcrypt hash' });
    const cost = Number(match[1]);
    if (cost < 4 || cost > MAX_BCRYPT_COST)
      throw faults.HTPASSWD_INVALID({ line: i + 1, reason: `bcrypt cost ${cost} is not between 4 and ${MAX_BCRYPT_COST}` });
    users.set(line.slice(0, colon), line.slice(colon + 1));
  });
  return users;
}

/** At most `width` tasks at a time, at most `queue` waiting; more is `SERVICE_PASSWORD_CHECKS_BUSY`. */
function createGate(width: number, queue: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= width) {
      if (waiting.length >= queue) throw faults.PASSWORD_CHECKS_BUSY({ retryAfterSeconds: 1 });
      await new Promise<void>((resume) => waiting.push(resume));
    } else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next !== undefined) next();
      else running--;
    }
  };
}

/** A password file, and for how long a password that was right is remembered. */
export interface HtpasswdOptions {
  /** The file's text. */
  readonly text: string;
  readonly check: PasswordCheck;
  readonly clock: Clock;
  readonly random: Random;
  readonly rememberMs?: number;
}

/** Users of an htpasswd file. A pair is checked once and remembered for a bounded time; equal pairs arriving together are checked once. Faults: `SERVICE_HTPASSWD_INVALID`; `SERVICE_PASSWORD_CHECKS_BUSY` when asked. */
export function createHtpasswd(options: HtpasswdOptions): PasswordUsers {
  let users = parseHtpasswd(options.text);
  const { clock, check, rememberMs = REMEMBER_MS } = options;
  const memory = createCredentialMemory<boolean>({ clock, random: options.random, max: MAX_REMEMBERED });
  const flying = new Map<string, Promise<boolean>>();
  const gate = createGate(MAX_PASSWORD_CHECKS, MAX_PASSWORD_QUEUE);
  const look = async (user: string, password: string, pair: string): Promise<boolean> => {
    const known = users;
    const hash = known.get(user);
    const matches = await gate(() => check.verify(password, hash ?? NOBODY));
    const right = matches && hash !== undefined;
    if (known === users) memory.set(pair, right, clock.now().getTime() + (right ? rememberMs : Math.min(rememberMs, REMEMBER_WRONG_MS)));
    return right;
  };
  return {
    verify(user, password) {
      // bcrypt would silently ignore what follows byte 72, and stops at a zero byte.
      if (password.length > MAX_PASSWORD_BYTES || new TextEncoder().encode(password).length > MAX_PASSWORD_BYTES || password.includes('\0'))
        return false;
      const pair = `${user.length}:${user}:${password}`;
      const remembered = memory.get(pair);
      if (remembered !== undefined) return remembered;
      const inFlight = flying.get(pair);
      if (inFlight !== undefined) return inFlight;
      const checking = look(user, password, pair).finally(() => flying.delete(pair));
      flying.set(pair, checking);
      return checking;
    },
    reload(text) {
      users = parseHtpasswd(text);
      memory.clear();
    },
  };
}
