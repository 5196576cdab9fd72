// SPDX-License-Identifier: Apache-2.0
/**
 * What OCI and blob trust policies share: decoding a document and checking the core of a statement, in the order and with the
 * messages of the Go tools. Member names match in any case and the last of several counts, as in Go; `lintPolicy` warns about both.
 */
import { type Fault, knownFault } from '@notary/base';
import { goMember, goMemberSpellings, isJsonObject, type JsonObject, type JsonValue, mergeJson, parseJsonStrict } from '@notary/base/json';
import { faults } from './faults.ts';
import { identitiesProblem } from './identity.ts';
import { resolveLevel, type VerificationLevel } from './level.ts';
import { limits } from './limits.ts';
import { isStoreName, isStoreType, splitStoreValue } from './store-name.ts';

/** What a policy document is about: artifacts in repositories, or files. */
export type PolicyKind = 'oci' | 'blob';
export type TimestampOption = 'always' | 'afterCertExpiry';

/** The core that every valid statement has. */
export interface PolicyStatement {
  readonly name: string;
  readonly level: VerificationLevel;
  /** When a timestamp counts; `always` unless the statement says otherwise. */
  readonly verifyTimestamp: TimestampOption;
  /** `type:name`, as written. */
  readonly trustStores: readonly string[];
  readonly trustedIdentities: readonly string[];
}

/** A statement as decoded and not yet checked. */
export interface RawStatement {
  readonly name: string;
  readonly levelName: string;
  readonly override: ReadonlyMap<string, string>;
  readonly verifyTimestamp: string;
  readonly trustStores: readonly string[];
  readonly trustedIdentities: readonly string[];
  readonly source: JsonObject;
}

/** A document as read, before its rules were checked. */
export interface RawPolicy {
  readonly version: string;
  readonly statements: readonly RawStatement[];
}

/**
 * Decodes a document without checking its rules. `trailing: 'ignore'` is what the Go tools do when they load a policy, `'refuse'` when
 * they import one. Faults: `JSON_…` for the text, `TRUST_POLICY_TYPE` for a member of another type, each with Go's message.
 */
export function decodePolicy(bytes: Uint8Array, kind: PolicyKind, options: { readonly trailing: 'ignore' | 'refuse' }): RawPolicy {
  const value = parseJsonStrict(bytes, {
    maxBytes: limits.policyBytes,
    maxDepth: limits.policyDepth,
    duplicates: 'merge',
    trailing: options.trailing,
  });
  const type = kind === 'oci' ? 'OCI' : 'Blob';
  if (value === null) return { version: '', statements: [] };
  if (!isJsonObject(value)) throw faults.POLICY_TYPE({ field: '', found: typeName(value), expected: `trustpolicy.${type}Document` });
  const read = new MemberReader(`${type}Document`);
  const statements = read.list(value, 'trustPolicies', `[]trustpolicy.${type}TrustPolicy`);
  if (statements.length > limits.policyStatements) throw faults.POLICY_TOO_LARGE({ limit: limits.policyStatements });
  return { version: read.text(value, 'version'), statements: statements.map((s) => decodeStatement(s, `${type}TrustPolicy`)) };
}

function decodeStatement(value: JsonValue, type: string): RawStatement {
  if (!isJsonObject(value))
    throw faults.POLICY_TYPE({
      field: `${type.replace('TrustPolicy', 'Document')}.trustPolicies`,
      found: typeName(value),
      expected: `trustpolicy.${type}`,
    });
  const read = new MemberReader(type, 'trustPolicies.');
  const verification = read.object(value, 'signatureVerification', 'trustpolicy.SignatureVerification');
  const inner = new MemberReader('SignatureVerification', 'trustPolicies.signatureVerification.');
  const override = new Map<string, string>();
  const entries = inner.object(verification, 'override', 'map[trustpolicy.ValidationType]trustpolicy.ValidationAction');
  for (const [key, action] of Object.entries(entries)) override.set(key, inner.asText(action, 'override', 'trustpolicy.ValidationAction'));
  return {
    name: read.text(value, 'name'),
    levelName: inner.text(verification, 'level'),
    override,
    verifyTimestamp: inner.text(verification, 'verifyTimestamp'),
    trustStores: read.texts(value, 'trustStores'),
    trustedIdentities: read.texts(value, 'trustedIdentities'),
    source: value,
  };
}

/** Reads members as Go's decoder does: absent and null are the zero value, another type is a fault. */
export class MemberReader {
  readonly #type: string;
  readonly #path: string;
  /** `path` leads from the document to the members, as Go's messages name them. */
  constructor(type: string, path = '') {
    this.#type = type;
    this.#path = path;
  }
  #fault(name: string, found: JsonValue, expected: string): Fault {
    return faults.POLICY_TYPE({ field: `${this.#type}.${this.#path}${name}`, found: typeName(found), expected });
  }
  text(object: JsonObject, name: string): string {
    return this.asText(goMember(object, name), name, 'string');
  }
  /** A value that stands below the member `name`. */
  asText(value: JsonValue | undefined, name: string, expected: string): string {
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw this.#fault(name, value, expected);
    return value;
  }
  flag(object: JsonObject, name: string): boolean {
    const value = goMember(object, name);
    if (value === undefined) return false;
    if (typeof value !== 'boolean') throw this.#fault(name, value, 'bool');
    return value;
  }
  list(object: JsonObject, name: string, expected: string): readonly JsonValue[] {
    const value = goMember(object, name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.#fault(name, value, expected);
    return value;
  }
  texts(object: JsonObject, name: string): readonly string[] {
    return this.list(object, name, '[]string').map((item) => {
      if (item === null) return '';
      if (typeof item !== 'string') throw this.#fault(name, item, 'string');
      return item;
    });
  }
  object(object: JsonObject, name: string, expected: string): JsonObject {
    // Every spelling of the name fills the same object, one after the other: dropping one would drop what it enforces.
    let merged: JsonValue = Object.create(null) as JsonObject;
    for (const spelling of goMemberSpellings(object, name)) {
      const value = object[spelling];
      if (value === undefined || value === null) continue;
      if (!isJsonObject(value)) throw this.#fault(name, value, expected);
      merged = mergeJson(merged, value);
    }
    return merged as JsonObject;
  }
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** Checks everything before the statements. */
export function checkHeader(kind: PolicyKind, policy: RawPolicy): void {
  if (policy.version === '') throw faults.POLICY_VERSION_MISSING({ kind });
  if (policy.version !== '1.0') throw faults.POLICY_VERSION_UNSUPPORTED({ kind, version: policy.version });
  if (policy.statements.length === 0) throw faults.POLICY_EMPTY({ kind });
}

/** Checks one statement's core, names seen before included. */
export function checkStatement(kind: PolicyKind, raw: RawStatement, seen: Set<string>): PolicyStatement {
  if (seen.has(raw.name)) throw faults.STATEMENT_NAME_REPEATED({ kind, name: raw.name });
  seen.add(raw.name);
  if (raw.name === '') throw faults.STATEMENT_NAME_MISSING({ kind });
  const where = { kind, statement: raw.name };
  const level = resolveLevel(raw.levelName, raw.override);
  if ('invalid' in level) throw faults.LEVEL_INVALID({ ...where, reason: level.invalid });
  if (!['', 'always', 'afterCertExpiry'].includes(raw.verifyTimestamp))
    throw faults.LEVEL_INVALID({
      ...where,
      reason: `verifyTimestamp must be "always" or "afterCertExpiry", but got ${JSON.stringify(raw.verifyTimestamp)}`,
    });
  if (level.name === 'skip') {
    if (raw.trustStores.length > 0 || raw.trustedIdentities.length > 0) throw faults.SKIP_WITH_TRUST(where);
  } else checkTrust(where, raw);
  return {
    name: raw.name,
    level,
    verifyTimestamp: raw.verifyTimestamp === 'afterCertExpiry' ? 'afterCertExpiry' : 'always',
    trustStores: [...raw.trustStores],
    trustedIdentities: [...raw.trustedIdentities],
  };
}

function checkTrust(where: { kind: PolicyKind; statement: string }, raw: RawStatement): void {
  if (raw.trustStores.length === 0 || raw.trustedIdentities.length === 0) throw faults.TRUST_MISSING(where);
  for (const value of raw.trustStores) {
    const parts = splitStoreValue(value);
    if (parts === undefined) throw faults.STORE_VALUE_MALFORMED({ ...where, value });
    if (!isStoreType(parts.type)) throw faults.STORE_TYPE_UNSUPPORTED({ ...where, type: parts.type, value });
    if (!isStoreName(parts.name)) throw faults.STORE_NAME_INVALID({ ...where, name: parts.name, value });
  }
  const reason = identitiesProblem(raw.trustedIdentities);
  if (reason !== undefined) throw faults.IDENTITY_INVALID({ ...where, reason });
}

/** Wraps whatever went wrong while decoding in the one message that loading a policy has. */
export function loading<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    const fault = knownFault(cause);
    // A document beyond a bound is not malformed: it says so itself.
    throw fault.category === 'limit' ? fault : faults.POLICY_MALFORMED({ reason: fault.message }, { cause });
  }
}
