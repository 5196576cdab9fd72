// SPDX-License-Identifier: Apache-2.0
/** Docker's `config.json`, also in the dialects of Notation (the same members) and Podman (`auth.json`, keys with a path). */
import { type Files, fromBase64, fromUtf8, isFault, Secret, toUtf8 } from '@notary/base';
import {
  encodeGoJson,
  type GoJsonInput,
  goMember,
  isJsonObject,
  type JsonMap,
  type JsonObject,
  type JsonValue,
  parseJsonStrict,
} from '@notary/base/json';
import { anonymous, type Credential } from '../credential.ts';
import { authFaults } from '../faults.ts';
import { MAX_CONFIG_BYTES } from '../limits.ts';

/** A loaded credential file. One that is absent is empty. */
export interface ConfigFile {
  readonly path: string;
  /** Does it say anything about credentials: a helper, or an entry in `auths`? */
  readonly configuresAuth: boolean;
  /** The helper for a server: its own, else the one for all. */
  helperFor(server: string): string | undefined;
  /** The plain entry for a server; anonymous if there is none. */
  credential(server: string): Credential;
  /** The entry with the longest key that is `host` or a path prefix of `host/repository` (Podman). */
  credentialByPath(host: string, repository: string | undefined): Credential;
  /** Removes the plain entry for a server and writes the file, if there is one. */
  remove(server: string): Promise<void>;
}

/** Loads a file; a file that cannot be read or is malformed is a fault whose text begins with `prefix`. */
export async function loadConfigFile(files: Files, path: string, prefix = ''): Promise<ConfigFile> {
  const invalid = (problem: string, cause?: unknown) => authFaults.CONFIG_INVALID({ path, problem: `${prefix}${problem}` }, { cause });
  const bytes = await read(files, path, prefix);
  let json: JsonValue = Object.create(null) as JsonObject;
  if (bytes !== undefined) {
    try {
      json = parseJsonStrict(bytes, { duplicates: 'last', trailing: 'ignore', maxBytes: MAX_CONFIG_BYTES });
    } catch (cause) {
      throw invalid(
        `failed to decode config file at ${path}: invalid config format: ${isFault(cause) ? cause.message : 'not JSON'}`,
        cause,
      );
    }
    if (json === null) json = Object.create(null) as JsonObject;
    if (!isJsonObject(json)) throw invalid(`failed to decode config file at ${path}: invalid config format: not an object`);
  }
  const member = (name: string, field: string): JsonObject => {
    const value = (json as JsonObject)[name] ?? null;
    if (value === null) return Object.create(null) as JsonObject;
    if (!isJsonObject(value)) throw invalid(`failed to unmarshal ${field} field: invalid config format: not an object`);
    return value;
  };
  const store = json['credsStore'] ?? '';
  if (typeof store !== 'string') throw invalid('failed to unmarshal creds store field: invalid config format: not a string');
  const helpers = member('credHelpers', 'cred helpers');
  if (!Object.values(helpers).every((helper) => typeof helper === 'string'))
    throw invalid('failed to unmarshal cred helpers field: invalid config format: not a string');
  const auths = member('auths', 'auths');
  const entry = (key: string): Credential =>
    parseEntry(auths[key], (problem) => invalid(`failed to unmarshal auth field: invalid config format: ${problem}`));
  return {
    path,
    configuresAuth: store !== '' || Object.keys(helpers).length > 0 || Object.keys(auths).length > 0,
    helperFor: (server) => (helpers[server] as string | undefined) || store || undefined,
    credential(server) {
      const key = server in auths ? server : Object.keys(auths).find((address) => hostOf(address) === server);
      return key === undefined ? anonymous : entry(key);
    },
    credentialByPath(host, repository) {
      const whole = repository === undefined ? host : `${host}/${repository}`;
      const keys = Object.keys(auths).filter((key) => whole === key || whole.startsWith(`${key}/`));
      const longest = keys.sort((a, b) => b.length - a.length)[0];
      return longest === undefined ? anonymous : entry(longest);
    },
    async remove(server) {
      if (bytes === undefined || !(server in auths)) return;
      // A link has a mode of its own, open to everybody: the file that takes its place holds credentials.
      const stat = await files.stat(path);
      await files.writeAtomic(path, withoutEntry(bytes, server), { mode: stat?.kind === 'file' ? stat.mode : 0o600 });
    },
  };
}

async function read(files: Files, path: string, prefix: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path, MAX_CONFIG_BYTES);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw authFaults.CONFIG_UNREADABLE({ path, problem: cause.message, prefix }, { cause });
  }
}

/** Old files have keys with a scheme and a path, as `https://host/v1/`. */
const hostOf = (address: string): string => address.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';

function parseEntry(value: JsonValue | undefined, invalid: (problem: string) => Error): Credential {
  if (value === undefined || value === null) return anonymous;
  if (!isJsonObject(value)) throw invalid('not an object');
  const text = (name: string): string => {
    const member = goMember(value, name) ?? '';
    if (typeof member !== 'string') throw invalid(`${name} is not a string`);
    return member;
  };
  const auth = text('auth');
  const [username, password] = auth === '' ? [text('username'), text('password')] : decodeAuth(auth, invalid);
  const refreshToken = text('identitytoken');
  const accessToken = text('registrytoken');
  return {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password: new Secret(password) }),
    ...(refreshToken === '' ? {} : { refreshToken: new Secret(refreshToken) }),
    ...(accessToken === '' ? {} : { accessToken: new Secret(accessToken) }),
  };
}

/** base64 of `user:password`; the text itself never gets into a message. */
function decodeAuth(auth: string, invalid: (problem: string) => Error): [string, string] {
  let decoded: string;
  try {
    decoded = fromUtf8(fromBase64(auth.replace(/[\r\n]/g, '')));
  } catch {
    throw invalid('auth is not base64');
  }
  const colon = decoded.indexOf(':');
  if (colon < 0) throw invalid('auth does not conform the base64(username:password) format');
  return [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

/** The file without one entry, laid out as Go writes it: members of the file and of `auths` sorted, a tab for each level. */
function withoutEntry(bytes: Uint8Array, server: string): Uint8Array {
  const json = parseJsonStrict(bytes, { duplicates: 'last', trailing: 'ignore', maxBytes: MAX_CONFIG_BYTES, objects: 'map' }) as JsonMap;
  const auths = new Map(json.get('auths') as JsonMap);
  auths.delete(server);
  const sorted = (map: JsonMap): JsonMap => new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  const whole = sorted(new Map(json).set('auths', sorted(auths)));
  return toUtf8(encodeGoJson(whole as ReadonlyMap<string, GoJsonInput>, { indent: '\t' }));
}
