// SPDX-License-Identifier: Apache-2.0
/**
 * signingkeys.json: the list of signing keys. Members that this program does not know are kept when the file is rewritten; the Go
 * tools drop them.
 */
import { isFault, toUtf8 } from '@notary/base';
import {
  encodeGoJson,
  goMember,
  goMemberSpellings,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonStrict,
} from '@notary/base/json';
import type { AppDeps } from '../deps.ts';
import { configDirectory, configPath } from '../directories.ts';
import { faults } from '../faults.ts';
import { limits } from '../limits.ts';
import { writeConfigFile } from './files.ts';

/** One key. A local key has both paths, a key of a plugin an id and the plugin's name. */
export interface SigningKey {
  readonly name: string;
  readonly keyPath?: string;
  readonly certPath?: string;
  readonly id?: string;
  readonly pluginName?: string;
  readonly pluginConfig?: Readonly<Record<string, string>>;
  /** Members of other programs. */
  readonly extra: JsonObject;
}

export interface SigningKeys {
  readonly default: string | undefined;
  readonly keys: readonly SigningKey[];
  readonly extra: JsonObject;
}

const FILE = 'signingkeys.json';
const MEMBERS = ['default', 'keys'];
/** The Go structs that a key's members are embedded from, as Go's messages name them. */
const EMBEDDED: Readonly<Record<string, string>> = {
  keyPath: 'X509KeyPair.',
  certPath: 'X509KeyPair.',
  id: 'ExternalKey.',
  pluginName: 'ExternalKey.',
};
const KEY_MEMBERS = ['name', 'keyPath', 'certPath', 'id', 'pluginName', 'pluginConfig'];

/** The list as stored; an absent file is an empty list. Faults: `CMD_NOT_REGULAR`, `CMD_CONFIG_MALFORMED`, `CMD_KEYS_MALFORMED`. */
export async function loadSigningKeys(deps: AppDeps): Promise<SigningKeys> {
  const path = configPath(deps, FILE);
  const stat = await deps.files.stat(path);
  if (stat === undefined) return { default: undefined, keys: [], extra: emptyObject() };
  if (stat.kind === 'directory' || stat.kind === 'symlink') throw faults.NOT_REGULAR({ path });
  const bytes = (await deps.files.read(path, limits.configBytes)) ?? new Uint8Array();
  const keys = decode(path, bytes);
  checkKeys(keys);
  return keys;
}

/** Loads the list, changes it and stores it, while no other process does. */
export async function changeSigningKeys(
  deps: AppDeps,
  change: (keys: SigningKeys) => SigningKeys | Promise<SigningKeys>,
): Promise<SigningKeys> {
  const root = configDirectory(deps);
  await loadSigningKeys(deps); // a list that cannot be read fails before anything is created
  await deps.files.makeDirectory(root, 0o700);
  const lock = await deps.files.lock(configPath(deps, '.signingkeys.lock'), limits.lockWaitMs);
  try {
    const changed = await change(await loadSigningKeys(deps));
    checkKeys(changed);
    await writeConfigFile(deps, configPath(deps, FILE), encode(changed), { mode: 0o600, existing: 'replace' });
    return changed;
  } finally {
    await lock.release();
  }
}

/** The key of that name, or the default key where the name is empty. */
export function findKey(keys: SigningKeys, name: string): SigningKey {
  if (name === '' && keys.default === undefined) throw faults.KEY_DEFAULT_MISSING();
  const wanted = name === '' ? (keys.default as string) : name;
  const found = keys.keys.find((key) => key.name === wanted);
  if (found === undefined) throw faults.KEY_UNKNOWN({ name: wanted });
  return found;
}

/** With a key at the end of the list. */
export function withKey(keys: SigningKeys, key: SigningKey, mark: 'default' | 'listed'): SigningKeys {
  if (keys.keys.some((k) => k.name === key.name)) throw faults.KEY_EXISTS({ name: key.name });
  return { ...keys, keys: [...keys.keys, key], default: mark === 'default' ? key.name : keys.default };
}

/** With another default key. */
export function withDefault(keys: SigningKeys, name: string): SigningKeys {
  if (name === '') throw faults.KEY_NAME_EMPTY();
  findKey(keys, name);
  return { ...keys, default: name };
}

/** Without some keys; all of them have to be there. */
export function withoutKeys(keys: SigningKeys, names: readonly string[]): SigningKeys {
  let left = keys;
  for (const name of names) {
    if (name === '') throw faults.KEY_NAME_EMPTY();
    findKey(left, name);
    left = { ...left, keys: left.keys.filter((k) => k.name !== name), default: left.default === name ? undefined : left.default };
  }
  return left;
}

/** A key from a pair of files. */
export const localKey = (name: string, keyPath: string, certPath: string): SigningKey => ({
  name,
  keyPath,
  certPath,
  extra: emptyObject(),
});

const emptyObject = (): JsonObject => Object.create(null) as JsonObject;

function checkKeys({ keys, default: defaultKey }: SigningKeys): void {
  const seen = new Set<string>();
  for (const { name } of keys) {
    if (name === '') throw faults.KEYS_MALFORMED({ reason: 'key name cannot be empty' });
    if (seen.has(name)) throw faults.KEYS_MALFORMED({ reason: `multiple keys with name '${name}' found` });
    seen.add(name);
  }
  if (defaultKey === undefined) return;
  if (defaultKey === '') throw faults.KEYS_MALFORMED({ reason: 'default key name cannot be empty' });
  if (!seen.has(defaultKey)) throw faults.KEYS_MALFORMED({ reason: `default key '${defaultKey}' not found` });
}

function decode(path: string, bytes: Uint8Array): SigningKeys {
  const value = parse(path, bytes);
  if (value === null) return { default: undefined, keys: [], extra: emptyObject() };
  if (!isJsonObject(value)) throw mismatch(path, value, 'config.SigningKeys');
  const list = goMember(value, 'keys') ?? [];
  if (!Array.isArray(list)) throw mismatch(path, list, '[]config.KeySuite', 'SigningKeys.keys');
  const defaultKey = goMember(value, 'default');
  if (defaultKey !== undefined && typeof defaultKey !== 'string') throw mismatch(path, defaultKey, 'string', 'SigningKeys.default');
  return { default: defaultKey, keys: list.map((item) => decodeKey(path, item)), extra: others(value, MEMBERS) };
}

function decodeKey(path: string, value: JsonValue): SigningKey {
  if (value === null) return { name: '', extra: emptyObject() };
  if (!isJsonObject(value)) throw mismatch(path, value, 'config.KeySuite', 'SigningKeys.keys');
  const text = (name: string): string | undefined => {
    const member = goMember(value, name);
    if (member === undefined) return undefined;
    if (typeof member !== 'string') throw mismatch(path, member, 'string', `KeySuite.keys.${EMBEDDED[name] ?? ''}${name}`);
    return member;
  };
  const known = {
    keyPath: text('keyPath'),
    certPath: text('certPath'),
    id: text('id'),
    pluginName: text('pluginName'),
    pluginConfig: decodeConfig(path, goMember(value, 'pluginConfig')),
  };
  const present = Object.fromEntries(Object.entries(known).filter(([, v]) => v !== undefined)) as Omit<SigningKey, 'name' | 'extra'>;
  return { name: text('name') ?? '', ...present, extra: others(value, KEY_MEMBERS) };
}

function decodeConfig(path: string, value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw mismatch(path, value, 'map[string]string', 'KeySuite.keys.ExternalKey.pluginConfig');
  for (const name in value)
    if (typeof value[name] !== 'string') throw mismatch(path, value[name] as JsonValue, 'string', 'KeySuite.keys.ExternalKey.pluginConfig');
  return value as Record<string, string>;
}

/** Members that no spelling of the known names covers. */
function others(value: JsonObject, known: readonly string[]): JsonObject {
  const covered = new Set<string>();
  for (const name of known) for (const spelling of goMemberSpellings(value, name)) covered.add(spelling);
  const rest = emptyObject();
  for (const name in value) if (!covered.has(name)) rest[name] = value[name] as JsonValue;
  return rest;
}

function parse(path: string, bytes: Uint8Array): JsonValue {
  try {
    return parseJsonStrict(bytes, { duplicates: 'last', trailing: 'ignore', maxBytes: limits.configBytes });
  } catch (cause) {
    const message = isFault(cause) ? cause.message : String(cause);
    // Go reads this file with a Decoder, which names the end of its input differently.
    const isBlank = bytes.every((b) => b === 0x20 || b === 0x09 || b === 0x0a || b === 0x0d);
    const reason = message === 'unexpected end of JSON input' ? (isBlank ? 'EOF' : 'unexpected EOF') : message;
    throw faults.CONFIG_MALFORMED({ path, reason }, { cause });
  }
}

function mismatch(path: string, found: JsonValue, expected: string, field = ''): Error {
  const what = Array.isArray(found) ? 'array' : typeof found === 'boolean' ? 'bool' : typeof found;
  const where = field === '' ? 'Go value' : `Go struct field ${field}`;
  return faults.CONFIG_MALFORMED({ path, reason: `json: cannot unmarshal ${what} into ${where} of type ${expected}` });
}

function encode({ keys, default: defaultKey, extra }: SigningKeys): Uint8Array {
  const omitEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
  const list = keys.map((key) => ({
    name: key.name,
    keyPath: omitEmpty(key.keyPath),
    certPath: omitEmpty(key.certPath),
    id: omitEmpty(key.id),
    pluginName: omitEmpty(key.pluginName),
    pluginConfig: key.pluginConfig && Object.keys(key.pluginConfig).length > 0 ? sorted(key.pluginConfig) : undefined,
    ...key.extra,
  }));
  return toUtf8(`${encodeGoJson({ default: defaultKey, keys: list, ...extra }, { indent: '    ' })}\n`);
}

const sorted = (map: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
