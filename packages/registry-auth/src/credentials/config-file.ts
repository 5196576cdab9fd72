// SPDX-License-Identifier: Apache-2.0
/** Docker's `config.json`, also in the dialects of Notation (the same members) and Podman (`auth.json`, keys with a path). */
import { type Files, fromUtf8, isFault, Secret, toUtf8 } from '@notary/base';
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
    const undecodable = (problem: string, cause?: unknown) =>
      invalid(`failed to decode config file at ${path}: invalid config format: ${problem}`, cause);
    try {
      json = parseJsonStrict(bytes, { duplicates: 'last', trailing: 'ignore', maxBytes: MAX_CONFIG_BYTES });
    } catch (cause) {
      throw undecodable(isFault(cause) ? decoderText(cause.message, bytes) : 'not JSON', cause);
    }
    if (json === null) json = Object.create(null) as JsonObject;
    if (!isJsonObject(json)) throw undecodable(mismatch(json, `value of type ${RAW_MAP}`));
  }
  const unreadable = (field: string, problem: string) => invalid(`failed to unmarshal ${field} field: invalid config format: ${problem}`);
  const member = (name: string, field: string, type: string): JsonObject => {
    const value = (json as JsonObject)[name] ?? null;
    if (value === null) return Object.create(null) as JsonObject;
    if (!isJsonObject(value)) throw unreadable(field, mismatch(value, `value of type ${type}`));
    return value;
  };
  const store = json['credsStore'] ?? '';
  if (typeof store !== 'string') throw unreadable('creds store', mismatch(store, 'value of type string'));
  const helpers = member('credHelpers', 'cred helpers', 'map[string]string');
  const odd = Object.values(helpers).find((helper) => typeof helper !== 'string' && helper !== null);
  if (odd !== undefined) throw unreadable('cred helpers', mismatch(odd, 'value of type string'));
  const auths = member('auths', 'auths', RAW_MAP);
  // Entries are read when they are wanted: by then nobody speaks of opening a store any more.
  const entry = (key: string): Credential => parseEntry(auths[key], (problem) => authFaults.CONFIG_INVALID({ path, problem }));
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

const RAW_MAP = 'map[string]json.RawMessage';

/** Go's decoder of streams has its own words for a text that ends too soon. */
const decoderText = (message: string, bytes: Uint8Array): string =>
  message !== 'unexpected end of JSON input' ? message : bytes.every((b) => b <= 0x20) ? 'EOF' : 'unexpected EOF';

/** `json: cannot unmarshal number into Go value of type string`. */
function mismatch(value: JsonValue, target: string): string {
  const type = typeof value;
  const found = Array.isArray(value) ? 'array' : type === 'boolean' ? 'bool' : type;
  return `json: cannot unmarshal ${found} into Go ${target}`;
}

const ENTRY_FIELDS = ['auth', 'identitytoken', 'registrytoken', 'username', 'password'];

function parseEntry(value: JsonValue | undefined, invalid: (problem: string) => Error): Credential {
  if (value === undefined || value === null) return anonymous;
  const unreadable = (problem: string) => invalid(`failed to unmarshal auth field: invalid config format: ${problem}`);
  if (!isJsonObject(value)) throw unreadable(mismatch(value, 'value of type config.AuthConfig'));
  for (const [name, member] of Object.entries(value)) {
    const field = ENTRY_FIELDS.find((f) => f === name.toLowerCase());
    if (field === undefined || member === null || typeof member === 'string') continue;
    throw unreadable(mismatch(member, `struct field AuthConfig.${field} of type string`));
  }
  const text = (name: string): string => (goMember(value, name) ?? '') as string;
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

/** base64 of `user:password`; the text itself never gets into a message, although Go prints what it decoded. */
function decodeAuth(auth: string, invalid: (problem: string) => Error): [string, string] {
  const undecodable = (problem: string) => invalid(`failed to decode auth field: invalid config format: ${problem}`);
  const illegalAt = illegalBase64At(auth);
  if (illegalAt !== undefined) throw undecodable(`illegal base64 data at input byte ${illegalAt}`);
  let decoded: string;
  try {
    decoded = fromUtf8(
      new Uint8Array(
        atob(auth.replace(/[\r\n]/g, ''))
          .split('')
          .map((c) => c.charCodeAt(0)),
      ),
    );
  } catch {
    throw undecodable('auth is not the base64 of a text');
  }
  const colon = decoded.indexOf(':');
  if (colon < 0) throw undecodable('auth does not conform the base64(username:password) format');
  return [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

/** Where Go's base64 decoder stops (standard alphabet, padded, line ends between characters passed over); nothing if it does not. */
function illegalBase64At(text: string): number | undefined {
  const isLineEnd = (at: number): boolean => text[at] === '\n' || text[at] === '\r';
  let at = 0;
  const skip = (): void => {
    while (isLineEnd(at)) at++;
  };
  for (;;) {
    for (let inQuantum = 0; inQuantum < 4; inQuantum++) {
      skip();
      if (at >= text.length) return inQuantum === 0 ? undefined : utf8Offset(text, at) - inQuantum;
      if (/[A-Za-z0-9+/]/.test(text[at] as string)) {
        at++;
        continue;
      }
      if (text[at] !== '=' || inQuantum < 2) return utf8Offset(text, at);
      at++;
      if (inQuantum === 2) {
        skip();
        if (at >= text.length) return utf8Offset(text, at);
        if (text[at] !== '=') return utf8Offset(text, at) - 1;
        at++;
      }
      skip();
      return at < text.length ? utf8Offset(text, at) : undefined;
    }
  }
}

const utf8Offset = (text: string, at: number): number => toUtf8(text.slice(0, at)).length;

/** The file without one entry, laid out as Go writes it: members of the file and of `auths` sorted, a tab for each level. */
function withoutEntry(bytes: Uint8Array, server: string): Uint8Array {
  const json = parseJsonStrict(bytes, { duplicates: 'last', trailing: 'ignore', maxBytes: MAX_CONFIG_BYTES, objects: 'map' }) as JsonMap;
  const auths = new Map(json.get('auths') as JsonMap);
  auths.delete(server);
  const sorted = (map: JsonMap): JsonMap => new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  const whole = sorted(new Map(json).set('auths', sorted(auths)));
  return toUtf8(encodeGoJson(whole as ReadonlyMap<string, GoJsonInput>, { indent: '\t' }));
}
