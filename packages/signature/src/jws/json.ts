// SPDX-License-Identifier: Apache-2.0
/** JSON inside a JWS: strict, with faults of this format, and members read as Go reads them into a struct. */
import { isFault } from '@notary/base';
import { goMember, isJsonObject, type JsonObject, type JsonValue, jsonFaults, parseJsonStrict } from '@notary/base/json';
import { jwsFaults } from '../faults.ts';
import { MAX_ENVELOPE_BYTES, MAX_ITEMS, MAX_JSON_DEPTH } from '../limits.ts';

/** Which JSON text is being read; `type` is Go's name for what it is read into. */
export interface JsonPlace {
  readonly where: 'envelope' | 'protected header' | 'payload';
  readonly type: string;
  /** What Go puts before a member's name in messages. */
  readonly path?: string;
}

/** Parses an object; `null` reads as an empty one, as in Go. */
export function parseJwsObject(bytes: Uint8Array, place: JsonPlace): JsonObject {
  let value: JsonValue;
  try {
    value = parseJsonStrict(bytes, { maxBytes: MAX_ENVELOPE_BYTES, maxDepth: MAX_JSON_DEPTH, maxValues: MAX_ITEMS });
  } catch (cause) {
    if (!isFault(cause) || cause.category === 'limit') throw cause;
    if (cause.code === jsonFaults.DUPLICATE_KEY.code)
      throw jwsFaults.DUPLICATE_KEY({ where: place.where, key: String(cause.facts['key']) }, { cause });
    if (cause.code === jsonFaults.TRAILING.code) throw jwsFaults.TRAILING_BYTES({ where: place.where, problem: cause.message }, { cause });
    throw malformed(place, cause.message, cause);
  }
  if (value === null) return Object.create(null) as JsonObject;
  if (!isJsonObject(value)) throw malformed(place, `json: cannot unmarshal ${goType(value)} into Go value of type ${place.type}`);
  return value;
}

export function malformed(place: JsonPlace, problem: string, cause?: unknown): Error {
  if (place.where === 'protected header') return jwsFaults.PROTECTED_MALFORMED({ problem }, { cause });
  return jwsFaults.MALFORMED({ where: place.where, problem }, { cause });
}

/** A member by its name in any case; two spellings of one name are a duplicate. */
export function member(object: JsonObject, name: string, place: JsonPlace): JsonValue | undefined {
  try {
    return goMember(object, name, { duplicates: 'refuse' });
  } catch (cause) {
    if (isFault(cause)) throw jwsFaults.DUPLICATE_KEY({ where: place.where, key: String(cause.facts['key']) }, { cause });
    throw cause;
  }
}

/** A text member; absent and `null` read as the empty text, as in Go. */
export function textMember(object: JsonObject, name: string, place: JsonPlace): string {
  const value = member(object, name, place) ?? '';
  if (typeof value !== 'string') throw wrongType(value, name, place, 'string');
  return value;
}

/** A list of texts; absent and `null` read as none, a `null` inside as the empty text. */
export function textListMember(object: JsonObject, name: string, place: JsonPlace, goElement: string): string[] {
  const value = member(object, name, place) ?? [];
  if (!Array.isArray(value)) throw wrongType(value, name, place, `[]${goElement}`);
  return value.map((item) => {
    if (item !== null && typeof item !== 'string') throw wrongType(item, name, place, goElement);
    return item ?? '';
  });
}

export function wrongType(value: JsonValue, name: string, place: JsonPlace, goTypeName: string): Error {
  const field = `${place.type.replace(/^.*\./, '')}.${place.path ?? ''}${name}`;
  return malformed(place, `json: cannot unmarshal ${goType(value)} into Go struct field ${field} of type ${goTypeName}`);
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}
