// SPDX-License-Identifier: Apache-2.0
/** The four payloads: decoded views of `signed`, checked for structure only. Signatures and expiry are `verify.ts`'s. */
import type { Fault } from '@notary/base';
import type { CanonicalValue } from '@notary/base/canonical-json';
import { isJsonObject, type JsonObject, type JsonValue } from '@notary/base/json';
import type { Envelope } from './envelope.ts';
import { type Expiry, parseExpiry } from './expiry.ts';
import { tufFaults } from './faults.ts';
import { checkHashStructure, type FileMeta } from './file-meta.ts';
import { type PublicKey, publicKeyFromJson } from './keys.ts';
import { BASE_ROLES, isDelegation, isTargetsRole, parentRole, type RoleName } from './role-name.ts';

/** What every payload has. */
export interface Common {
  readonly version: number;
  readonly expires: Expiry;
}
/** Key IDs and threshold of a role, as listed by its parent. */
export interface RoleKeys {
  readonly keyIds: readonly string[];
  readonly threshold: number;
}
/** A root: which keys may sign which role. */
export interface Root extends Common {
  readonly type: 'Root';
  readonly consistentSnapshot: boolean;
  /** By the ID under which the file lists them, which may lie: compare with `PublicKey.id`. */
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly roles: ReadonlyMap<string, RoleKeys>;
}
/** One delegation as its parent lists it. */
export interface DelegationEntry extends RoleKeys {
  readonly name: RoleName;
  readonly paths: readonly string[];
}
/** The delegations of a targets file, in its order, which decides who comes first. */
export interface Delegations {
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly roles: readonly DelegationEntry[];
}
/** A targets file: what names stand for, and who may publish below. */
export interface Targets extends Common {
  readonly type: 'Targets';
  readonly targets: ReadonlyMap<string, FileMeta>;
  readonly delegations: Delegations;
}
/** A snapshot: which targets files belong together. */
export interface Snapshot extends Common {
  readonly type: 'Snapshot';
  /** By role name, without `.json`. */
  readonly meta: ReadonlyMap<string, FileMeta>;
}
/** A timestamp: which snapshot is current. */
export interface Timestamp extends Common {
  readonly type: 'Timestamp';
  readonly meta: ReadonlyMap<string, FileMeta>;
}
/** The signed part of a file. */
export type Payload = Root | Targets | Snapshot | Timestamp;

const invalid = (role: string, problem: string): Fault => tufFaults.METADATA_INVALID({ role, problem });

/** Faults of all four decoders: `TUF_METADATA_INVALID`, `TUF_EXPIRES_INVALID`, `TUF_KEY_INVALID`, `TUF_ROLE_INVALID`. */
export function decodeRoot(envelope: Envelope): Root {
  const { signed } = envelope;
  const common = decodeCommon(signed, 'root', 'Root', '1');
  const keys = decodeKeys(signed.keys, 'root');
  const roles = new Map<string, RoleKeys>();
  if (signed.roles !== undefined && signed.roles !== null && !isJsonObject(signed.roles)) throw invalid('root', 'roles is not an object');
  for (const [name, value] of Object.entries(signed.roles ?? {})) if (value !== null) roles.set(name, decodeRoleKeys(value, 'root', name));
  for (const name of BASE_ROLES) {
    const role = roles.get(name);
    if (role === undefined) throw invalid('root', `missing ${name} role specification`);
    checkRoleKeys(role, 'root', name, keys);
  }
  return { type: 'Root', ...common, consistentSnapshot: signed.consistent_snapshot === true, keys, roles };
}

/** The payload of `targets` or of a delegation. Every listed delegation must be a direct child of `role`. */
export function decodeTargets(envelope: Envelope, role: RoleName): Targets {
  if (!isTargetsRole(role)) throw tufFaults.ROLE_INVALID({ role });
  const { signed } = envelope;
  const common = decodeCommon(signed, role, 'Targets', 'one');
  return {
    type: 'Targets',
    ...common,
    targets: decodeFiles(signed.targets, role),
    delegations: decodeDelegations(signed.delegations, role),
  };
}

/** Reads the signed part of a snapshot. Faults: `TUF_METADATA_INVALID`, `TUF_EXPIRES_INVALID`. */
export function decodeSnapshot(envelope: Envelope): Snapshot {
  const { signed } = envelope;
  const common = decodeCommon(signed, 'snapshot', 'Snapshot', 'one');
  const meta = decodeFiles(signed.meta, 'snapshot');
  for (const name of ['root', 'targets']) checkMetaHashes(meta.get(name), 'snapshot', name);
  return { type: 'Snapshot', ...common, meta };
}

/** Reads the signed part of a timestamp. Faults: `TUF_METADATA_INVALID`, `TUF_EXPIRES_INVALID`. */
export function decodeTimestamp(envelope: Envelope): Timestamp {
  const { signed } = envelope;
  const common = decodeCommon(signed, 'timestamp', 'Timestamp', 'one');
  const meta = decodeFiles(signed.meta, 'timestamp');
  checkMetaHashes(meta.get('snapshot'), 'timestamp', 'snapshot');
  return { type: 'Timestamp', ...common, meta };
}

function decodeCommon(signed: JsonObject, role: string, type: string, least: string): Common {
  if (signed._type !== type) throw invalid(role, `expected type ${type}, not ${typeof signed._type === 'string' ? signed._type : ''}`);
  const version = signed.version ?? 0;
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) throw invalid(role, 'version is not an integer');
  if (version < 1) throw invalid(role, `version cannot be less than ${least}`);
  if (typeof signed.expires !== 'string') throw invalid(role, 'expires is not a time');
  return { version, expires: parseExpiry(signed.expires) };
}

function checkMetaHashes(meta: FileMeta | undefined, role: string, name: string): void {
  if (!meta?.hashes.has('sha256')) throw invalid(role, `missing ${name} sha256 checksum information`);
  try {
    checkHashStructure(meta);
  } catch (cause) {
    throw invalid(role, `invalid ${name} checksum information, ${(cause as Error).message}`);
  }
}

function decodeKeys(value: JsonValue | undefined, role: string): Map<string, PublicKey> {
  if (value === undefined || value === null) return new Map();
  if (!isJsonObject(value)) throw invalid(role, 'keys is not an object');
  const keys = new Map<string, PublicKey>();
  for (const id of Object.keys(value)) keys.set(id, publicKeyFromJson(value[id]));
  return keys;
}

function decodeRoleKeys(value: JsonValue | undefined, file: string, name: string): RoleKeys {
  if (!isJsonObject(value)) throw invalid(file, `role ${name} is not an object`);
  const threshold = value.threshold ?? 0;
  if (typeof threshold !== 'number' || !Number.isSafeInteger(threshold)) throw invalid(file, `the threshold of ${name} is not an integer`);
  return { keyIds: stringList(value.keyids, file, `the keyids of ${name}`), threshold };
}

function checkRoleKeys(role: RoleKeys, file: string, name: string, keys: ReadonlyMap<string, PublicKey>): void {
  if (role.threshold < 1) throw invalid(file, `invalid threshold specified for ${name}: ${role.threshold} `);
  for (const id of role.keyIds) if (!keys.has(id)) throw invalid(file, `key ID ${id} specified in ${name} without corresponding key`);
}

function stringList(value: JsonValue | undefined, file: string, what: string): string[] {
  if (value === undefined || value === null) return [];
  const refuse = (): Fault => invalid(file, `${what} are not a list of strings`);
  if (!Array.isArray(value)) throw refuse();
  for (const item of value) if (typeof item !== 'string') throw refuse();
  return value as string[];
}

function decodeDelegations(value: JsonValue | undefined, file: RoleName): Delegations {
  if (value === undefined || value === null) return { keys: new Map(), roles: [] };
  if (!isJsonObject(value)) throw invalid(file, 'delegations is not an object');
  const keys = decodeKeys(value.keys, file);
  const list = value.roles ?? [];
  if (!Array.isArray(list)) throw invalid(file, 'the delegated roles are not a list');
  const seen = new Set<string>();
  const roles = list.map((item) => {
    const name = isJsonObject(item) && typeof item.name === 'string' ? item.name : '';
    if (!isDelegation(name) || parentRole(name) !== file) throw invalid(file, `delegation role ${name} invalid`);
    // Go takes the first of two with one name in one place and the last in another.
    if (seen.has(name)) throw invalid(file, `delegation role ${name} listed twice`);
    seen.add(name);
    const role = decodeRoleKeys(item, file, name);
    checkRoleKeys(role, file, name, keys);
    return { ...role, name, paths: stringList((item as JsonObject).paths, file, `the paths of ${name}`) };
  });
  return { keys, roles };
}

function decodeFiles(value: JsonValue | undefined, role: string): Map<string, FileMeta> {
  const files = new Map<string, FileMeta>();
  if (value === undefined || value === null) return files;
  if (!isJsonObject(value)) throw invalid(role, 'the listed files are not an object');
  for (const name of Object.keys(value)) files.set(name, decodeFileMeta(value[name], role));
  return files;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A FileMeta out of parsed JSON: the value of a target or the data of a staged change. */
export function decodeFileMeta(value: JsonValue | undefined, role = 'targets'): FileMeta {
  if (!isJsonObject(value)) throw invalid(role, 'a listed file is not an object');
  const length = value.length ?? 0;
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0)
    throw invalid(role, 'the length of a listed file is not a size');
  const hashes = new Map<string, string>();
  if (value.hashes !== undefined && value.hashes !== null) {
    if (!isJsonObject(value.hashes)) throw invalid(role, 'the hashes of a listed file are not an object');
    for (const algorithm of Object.keys(value.hashes)) {
      const text = value.hashes[algorithm];
      if (typeof text !== 'string' || !BASE64.test(text)) throw invalid(role, 'a hash of a listed file is not base64');
      hashes.set(algorithm, text);
    }
  }
  const custom = value.custom;
  return custom === undefined || custom === null ? { length, hashes } : { length, hashes, custom: custom as CanonicalValue };
}
