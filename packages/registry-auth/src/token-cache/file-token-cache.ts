// SPDX-License-Identifier: Apache-2.0
/**
 * Tokens on disk: one file (0600) for each origin, named by its hash, with one entry for each service, set of
 * scopes and credential. A file that is absent, damaged or of another version counts as empty.
 *
 * The service is in the entry and not in the name, because a process that starts does not know it before the first challenge,
 * and the point of the file is to need none. Whose token it is, is recorded as the hash of the user name with two bytes of a
 * salted hash of the secret: enough to notice a changed password, useless to someone who wants to guess it.
 */
import { type Clock, digestHex, digestOf, type Files, fromUtf8, type Random, Secret, toHex, toUtf8 } from '@notary/base';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import type { Credential } from '../credential.ts';
import { EXPIRY_MARGIN_MS, MAX_CACHE_FILE_BYTES, MAX_CACHED_TOKENS, MAX_SCOPES, MAX_TOKEN_LENGTH, MAX_TOKEN_SECONDS } from '../limits.ts';
import type { BearerToken } from '../token.ts';
import type { TokenCache } from '../token-store.ts';

/** Where tokens are kept. */
export interface FileTokenCacheOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  /** A private directory, made (0700) when the first token is kept. */
  readonly directory: string;
}

interface Entry {
  readonly service: string;
  readonly scopes: readonly string[];
  readonly owner: string;
  readonly salt: string;
  readonly token: string;
  readonly expiresAt: number;
}

/** A token cache in a directory. Faults of the files are swallowed: a cache miss costs one request, a failure would cost the command. */
export function createFileTokenCache(options: FileTokenCacheOptions): TokenCache {
  const { files, clock, random, directory } = options;
  const pathOf = (origin: string): string => `${directory}/${sha256(origin.toLowerCase())}.json`;
  const live = async (origin: string): Promise<Entry[]> => {
    const bytes = await files.read(pathOf(origin), MAX_CACHE_FILE_BYTES).catch(() => undefined);
    const now = clock.now().getTime();
    return bytes === undefined
      ? []
      : parseEntries(bytes).filter((e) => e.expiresAt > now + EXPIRY_MARGIN_MS && e.expiresAt < now + 2 * MAX_TOKEN_SECONDS * 1000);
  };
  return {
    async load(origin, credential) {
      const entries = await live(origin);
      if (entries.length === 0) return [];
      const owner = await credential();
      return entries.filter((e) => e.owner === ownerOf(owner, e.salt)).map(toToken);
    },
    async save(origin, credential, token) {
      try {
        const kept = await live(origin);
        // One salt for all entries of a file: two bytes under each of many salts would be enough to guess by.
        const entry = toEntry(token, credential, kept[0]?.salt ?? toHex(random.bytes(8)));
        const others = kept.filter(
          (e) => e.service !== entry.service || e.owner !== ownerOf(credential, e.salt) || e.scopes.join(' ') !== entry.scopes.join(' '),
        );
        const text = JSON.stringify({ version: 1, tokens: [entry, ...others].slice(0, MAX_CACHED_TOKENS) });
        await files.makeDirectory(directory, 0o700);
        await files.writeAtomic(pathOf(origin), toUtf8(text), { mode: 0o600, durable: false });
      } catch {
        // A full or read-only disk must not stop the command that the token is for.
      }
    },
    async forget(origin) {
      await files.remove(pathOf(origin)).catch(() => false);
    },
  };
}

/** Lower-case hexadecimal. */
const sha256 = (text: string): string => digestHex(digestOf(toUtf8(text)));

/** Who a token belongs to; see the head of this file. */
function ownerOf(credential: Credential, salt: string): string {
  const secret = credential.password?.reveal() ?? credential.refreshToken?.reveal() ?? '';
  const kind = credential.refreshToken !== undefined ? 'refresh' : credential.username === undefined ? 'anonymous' : 'password';
  const user = sha256(`${kind}\0${credential.username ?? ''}`);
  return `${user}.${sha256(`${salt}\0${secret}`).slice(0, 4)}`;
}

function toEntry(token: BearerToken, credential: Credential, salt: string): Entry {
  const { service, scopes, expiresAt } = token;
  return { service, scopes, owner: ownerOf(credential, salt), salt, token: token.token.reveal(), expiresAt: expiresAt.getTime() };
}

const toToken = (e: Entry): BearerToken => ({
  token: new Secret(e.token),
  scopes: e.scopes,
  service: e.service,
  expiresAt: new Date(e.expiresAt),
});

/** The entries of a cache file; none if the file is damaged in any way. */
export function parseEntries(bytes: Uint8Array): Entry[] {
  let json: JsonValue;
  try {
    json = parseJsonStrict(fromUtf8(bytes), { maxBytes: MAX_CACHE_FILE_BYTES });
  } catch {
    return [];
  }
  if (!isJsonObject(json) || json['version'] !== 1 || !Array.isArray(json['tokens'])) return [];
  return json['tokens'].slice(0, MAX_CACHED_TOKENS).filter(isJsonObject).flatMap(parseEntry);
}

function parseEntry(json: JsonObject): Entry[] {
  const { service, scopes, owner, salt, token, expiresAt } = json;
  if (typeof service !== 'string' || typeof owner !== 'string' || typeof salt !== 'string' || typeof token !== 'string') return [];
  if (typeof expiresAt !== 'number' || !Array.isArray(scopes) || scopes.length > MAX_SCOPES || !scopes.every((s) => typeof s === 'string'))
    return [];
  if (token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) return [];
  return [{ service, scopes: scopes as string[], owner, salt, token, expiresAt }];
}
