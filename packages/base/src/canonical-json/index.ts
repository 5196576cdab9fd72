// SPDX-License-Identifier: Apache-2.0
/**
 * Canonical JSON as docker/go writes it, and the outer form of Notary v1 metadata files.
 *
 * The canonical form is what signatures cover: keys sorted by UTF-8 bytes, no white space, only `\` and `"` escaped,
 * integers in plain decimal. The file form is the canonical form passed through Go's HTML-safe compaction, which turns
 * `<`, `>`, `&`, U+2028 and U+2029 into `\uXXXX`. Nothing else differs between the two.
 */
import { compareUtf8 } from '../bytes.ts';
import { defineFaults } from '../faults.ts';

/** Deepest nesting of a canonical value. Metadata needs 6 levels; custom data gets the rest. Our own bound: Go has none here. */
export const MAX_CANONICAL_DEPTH = 100;

/** The faults with codes `CANONICAL_JSON_…`. */
export const canonicalJsonFaults = defineFaults('CANONICAL_JSON', {
  NUMBER_INVALID: {
    category: 'malformed',
    say: (f: { number: string }) => `json: unsupported value: ${f.number}`,
    remedy: 'canonical JSON holds whole numbers only: write the number as a string',
  },
  TEXT_INVALID: { category: 'malformed', say: () => 'a string holds half of a surrogate pair' },
  TOO_DEEP: { category: 'limit', say: (f: { maxDepth: number }) => `JSON is nested deeper than ${f.maxDepth} levels` },
  TYPE_INVALID: { category: 'usage', say: (f: { type: string }) => `json: unsupported type: ${f.type}` },
  CONTROL_CHARACTER: {
    category: 'malformed',
    say: (f: { character: string }) => `invalid character ${f.character} in string literal`,
    remedy: 'metadata cannot carry control characters: rename the target or change its custom data',
  },
});

/** What can be encoded: plain or null-prototype objects and maps alike. `undefined` members are left out. */
export type CanonicalValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly CanonicalValue[]
  | ReadonlyMap<string, CanonicalValue>
  | { readonly [key: string]: CanonicalValue | undefined };

/** The canonical text of a value. Faults: `CANONICAL_JSON_NUMBER_INVALID`, `_TEXT_INVALID`, `_TOO_DEEP`, `_TYPE_INVALID`. */
export function encodeCanonicalJson(value: CanonicalValue): string {
  return encode(value, 0);
}

/** The canonical text of an object whose members are canonical texts already, by name. */
export function joinCanonicalMembers(members: ReadonlyMap<string, string>): string {
  let out = '';
  for (const key of sortUtf8([...members.keys()])) out += `${out === '' ? '' : ','}${quote(key)}:${members.get(key)}`;
  return `{${out}}`;
}

function encode(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return integer(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_CANONICAL_DEPTH) throw canonicalJsonFaults.TOO_DEEP({ maxDepth: MAX_CANONICAL_DEPTH });
      if (Array.isArray(value)) return elements(value, depth);
      return value instanceof Map ? mapMembers(value as Map<string, unknown>, depth) : objectMembers(value, depth);
    default:
      throw canonicalJsonFaults.TYPE_INVALID({ type: typeof value });
  }
}

// Plain loops: servers write these texts with every publish, and closures per object made up half of the time.

function elements(values: readonly unknown[], depth: number): string {
  let out = '';
  for (const value of values) out += out === '' ? encode(value, depth + 1) : `,${encode(value, depth + 1)}`;
  return `[${out}]`;
}

function mapMembers(map: ReadonlyMap<string, unknown>, depth: number): string {
  let out = '';
  for (const key of sortUtf8([...map.keys()])) out = withMember(out, key, map.get(key), depth);
  return `{${out}}`;
}

function objectMembers(object: object, depth: number): string {
  let out = '';
  for (const key of sortUtf8(Object.keys(object))) out = withMember(out, key, (object as Record<string, unknown>)[key], depth);
  return `{${out}}`;
}

function withMember(out: string, key: string, value: unknown, depth: number): string {
  if (value === undefined) return out;
  return out === '' ? `${quote(key)}:${encode(value, depth + 1)}` : `${out},${quote(key)}:${encode(value, depth + 1)}`;
}

const ABOVE_ASCII_ORDER = /[\ud800-\uffff]/;

/** Sorts in place by UTF-8 bytes. The default order is the same unless surrogates meet the characters above them. */
function sortUtf8(keys: string[]): string[] {
  let inOrder = true;
  for (let i = 1; i < keys.length; i++) {
    if (ABOVE_ASCII_ORDER.test(keys[i] as string)) return keys.sort(compareUtf8);
    inOrder &&= (keys[i - 1] as string) <= (keys[i] as string);
  }
  if (keys.length > 1 && ABOVE_ASCII_ORDER.test(keys[0] as string)) return keys.sort(compareUtf8);
  return inOrder ? keys : keys.sort();
}

/** What must be escaped, and surrogates, which come in pairs or not at all. */
const NOT_PLAIN = /["\\\ud800-\udfff]/;

function quote(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  if (!(text as string & { isWellFormed(): boolean }).isWellFormed()) throw canonicalJsonFaults.TEXT_INVALID();
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function integer(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (!Number.isInteger(value)) throw canonicalJsonFaults.NUMBER_INVALID({ number: String(value) });
  // Go converts to int64; beyond it the result would be a different number, so nobody can have meant it.
  if (Math.abs(value) >= 2 ** 63) throw canonicalJsonFaults.NUMBER_INVALID({ number: String(value) });
  return BigInt(value).toString();
}

const HTML_UNSAFE = /[<>&\u2028\u2029]/;
const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** Go's HTML-safe escaping of JSON text: applied once, to text that is already JSON. */
export function escapeGoHtml(json: string): string {
  return HTML_UNSAFE.test(json) ? json.replace(/[<>&\u2028\u2029]/g, (c) => HTML_ESCAPES[c] as string) : json;
}

const CONTROL = /[\u0000-\u001f]/;
/** {@link CONTROL} and {@link HTML_UNSAFE} in one look at a text. */
const NOT_AS_IS = /[\u0000-\u001f<>&\u2028\u2029]/;

/** One signature as it stands in a file; `sig` is base64. */
export interface NotaryFileSignature {
  readonly keyid: string;
  readonly method: string;
  readonly sig: string;
}

/**
 * The text of a metadata file, exactly as Go writes it, from the canonical text of its `signed` part.
 * Go cannot write control characters: `CANONICAL_JSON_CONTROL_CHARACTER`.
 */
export function encodeNotaryFile(file: { readonly signed: string; readonly signatures: readonly NotaryFileSignature[] }): string {
  let signatures = '';
  for (const s of file.signatures) {
    signatures += `${signatures === '' ? '' : ','}{"keyid":${quote(s.keyid)},"method":${quote(s.method)},"sig":${quote(s.sig)}}`;
  }
  const text = `{"signed":${file.signed},"signatures":[${signatures}]}`;
  if (!NOT_AS_IS.test(text)) return text; // nearly all files
  const control = CONTROL.exec(file.signed);
  if (control) throw canonicalJsonFaults.CONTROL_CHARACTER({ character: goChar(control[0]) });
  return escapeGoHtml(text);
}

const GO_CHARS: Readonly<Record<string, string>> = {
  '\n': "'\\n'",
  '\r': "'\\r'",
  '\t': "'\\t'",
  '\b': "'\\b'",
  '\f': "'\\f'",
  '\v': "'\\v'",
};
const goChar = (c: string): string => GO_CHARS[c] ?? `'\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}'`;
