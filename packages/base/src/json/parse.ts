// SPDX-License-Identifier: Apache-2.0
/**
 * A strict, bounded JSON reader (RFC 8259) whose messages are those of Go's encoding/json.
 *
 * `JSON.parse` keeps the last of two members with one name, gives objects a prototype and has no bound on nesting, so this
 * is a parser of our own; the runtime does the unescaping. Unlike Go it refuses invalid UTF-8 and, unless told otherwise,
 * duplicate names.
 */
import { fromUtf8 } from '../bytes.ts';
import type { Fault } from '../faults.ts';
import { jsonFaults } from './faults.ts';
import { DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH, LARGEST_MAX_DEPTH } from './limits.ts';

/** A value without parts. */
export type JsonPrimitive = null | boolean | number | string;
/** What {@link parseJsonStrict} yields: objects have no prototype, so that no member name means anything else. */
export type JsonValue = JsonPrimitive | JsonValue[] | JsonObject;
/** What {@link parseJsonStrict} makes of an object: no prototype, so every name is only a name. */
export interface JsonObject {
  [key: string]: JsonValue;
}
/** An object as a map, for documents whose member names are data. */
export type JsonMap = Map<string, JsonMapValue>;
/** What {@link parseJsonStrict} yields with `objects: 'map'`. */
export type JsonMapValue = JsonPrimitive | JsonMapValue[] | JsonMap;

/** Bounds, and what to do where JSON leaves a choice. */
export interface JsonParseOptions {
  /** Deepest nesting of arrays and objects; default 64, at most 1,000. */
  readonly maxDepth?: number;
  /** Largest text in bytes; default 4 MiB. */
  readonly maxBytes?: number;
  /** Values in the whole text, at any depth; default is as many as its bytes hold. */
  readonly maxValues?: number;
  /** Two members with one name: `refuse` (default), let the `last` one count, or `merge` objects as Go's decoder does; of anything else the last counts. */
  readonly duplicates?: 'refuse' | 'last' | 'merge';
  /** Bytes after the value: `refuse` (default) or `ignore` them, as Go's `json.Decoder` does. */
  readonly trailing?: 'refuse' | 'ignore';
  /** An escaped half of a surrogate pair: `replace` by U+FFFD as Go does (default), or `refuse`. */
  readonly surrogates?: 'replace' | 'refuse';
}

/**
 * Parses one JSON value. Objects have no prototype; with `objects: 'map'` they are `Map`s, which keep the order of names
 * that look like integers. Numbers are doubles, as in Go's `any`. Faults: `JSON_…`.
 */
export function parseJsonStrict(input: Uint8Array | string, options?: JsonParseOptions & { readonly objects?: 'plain' }): JsonValue;
export function parseJsonStrict(input: Uint8Array | string, options: JsonParseOptions & { readonly objects: 'map' }): JsonMapValue;
export function parseJsonStrict(
  input: Uint8Array | string,
  options: JsonParseOptions & { readonly objects?: 'plain' | 'map' } = {},
): JsonValue | JsonMapValue {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  if (input.length > maxBytes) throw jsonFaults.TOO_LARGE({ maxBytes, size: input.length });
  const parser = new Parser(textOf(input), options);
  return parser.document() as JsonValue;
}

/** Is this JSON value an object? */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What Go's decoder makes of a member that comes twice: objects are filled one after the other, of anything else the later counts. */
export function mergeJson(before: JsonValue | undefined, later: JsonValue): JsonValue {
  if (!isJsonObject(before) || !isJsonObject(later)) return later;
  for (const key of Object.keys(later)) before[key] = mergeJson(before[key], later[key] as JsonValue);
  return before;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function textOf(input: Uint8Array | string): string {
  if (typeof input === 'string') {
    if (LONE_SURROGATE.test(input)) throw jsonFaults.UTF8_INVALID();
    return input;
  }
  try {
    return fromUtf8(input);
  } catch (cause) {
    throw jsonFaults.UTF8_INVALID(undefined, { cause });
  }
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const DOT = 0x2e;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #refuseDuplicates: boolean;
  readonly #mergeDuplicates: boolean;
  readonly #refuseSurrogates: boolean;
  readonly #ignoreTrailing: boolean;
  readonly #asMap: boolean;
  /** Only a text with control characters somewhere needs a look into each string for them. */
  readonly #hasControls: boolean;
  readonly #maxValues: number;
  #left: number;
  #at = 0;
  #depth = 0;
  #nextBackslash = -1;

  constructor(text: string, options: JsonParseOptions & { readonly objects?: 'plain' | 'map' }) {
    this.#text = text;
    this.#maxDepth = Math.min(options.maxDepth ?? DEFAULT_MAX_DEPTH, LARGEST_MAX_DEPTH);
    this.#maxValues = options.maxValues ?? Number.POSITIVE_INFINITY;
    this.#left = this.#maxValues;
    this.#refuseDuplicates = options.duplicates === undefined || options.duplicates === 'refuse';
    this.#mergeDuplicates = options.duplicates === 'merge';
    this.#refuseSurrogates = options.surrogates === 'refuse';
    this.#ignoreTrailing = options.trailing === 'ignore';
    this.#asMap = options.objects === 'map';
    this.#hasControls = CONTROLS.test(text);
  }

  document(): unknown {
    const value = this.#value();
    if (this.#ignoreTrailing) return value;
    this.#skipSpace();
    if (this.#at < this.#text.length) {
      const problem = `invalid character ${this.#quotedCharacter()} after top-level value`;
      throw jsonFaults.TRAILING({ problem, offset: this.#at });
    }
    return value;
  }

  #value(): unknown {
    if (--this.#left < 0) throw jsonFaults.TOO_MANY_VALUES({ maxValues: this.#maxValues });
    const c = this.#skipSpace();
    switch (c) {
      case QUOTE:
        return this.#string();
      case OPEN_OBJECT:
        return this.#nested(this.#asMap ? this.#map : this.#object);
      case OPEN_ARRAY:
        return this.#nested(this.#array);
      case 0x74:
        return this.#literal('true', true);
      case 0x66:
        return this.#literal('false', false);
      case 0x6e:
        return this.#literal('null', null);
      default:
        if (c === MINUS || isDigit(c)) return this.#number();
        throw this.#unexpected('looking for beginning of value');
    }
  }

  #nested(read: () => unknown): unknown {
    if (++this.#depth > this.#maxDepth) throw jsonFaults.TOO_DEEP({ maxDepth: this.#maxDepth });
    this.#at++;
    const value = read.call(this);
    this.#depth--;
    return value;
  }

  #array(): unknown[] {
    const out: unknown[] = [];
    if (this.#skipSpace() === CLOSE_ARRAY) {
      this.#at++;
      return out;
    }
    for (;;) {
      out.push(this.#value());
      const c = this.#skipSpace();
      if (c !== COMMA && c !== CLOSE_ARRAY) throw this.#unexpected('after array element');
      this.#at++;
      if (c === CLOSE_ARRAY) return out;
    }
  }

  #object(): Record<string, unknown> {
    const out: Record<string, unknown> = Object.create(null);
    if (this.#emptyObject()) return out;
    for (;;) {
      const offset = this.#at;
      const key = this.#key();
      const before = key in out ? out[key] : undefined;
      if (key in out) {
        if (this.#refuseDuplicates) throw jsonFaults.DUPLICATE_KEY({ key, offset });
        // The place of a member is that of the one that counts: among spellings of a name, Go takes the last of all.
        delete out[key];
      }
      const value = this.#value() as JsonValue;
      out[key] = this.#mergeDuplicates ? mergeJson(before as JsonValue | undefined, value) : value;
      if (this.#endOfMember()) return out;
    }
  }

  #map(): Map<string, unknown> {
    const out = new Map<string, unknown>();
    if (this.#emptyObject()) return out;
    for (;;) {
      const offset = this.#at;
      const key = this.#key();
      if (this.#refuseDuplicates && out.has(key)) throw jsonFaults.DUPLICATE_KEY({ key, offset });
      out.set(key, this.#value());
      if (this.#endOfMember()) return out;
    }
  }

  #emptyObject(): boolean {
    if (this.#skipSpace() !== CLOSE_OBJECT) return false;
    this.#at++;
    return true;
  }

  /** A member's name and the colon after it. */
  #key(): string {
    if (this.#skipSpace() !== QUOTE) throw this.#unexpected('looking for beginning of object key string');
    const key = this.#string();
    if (this.#skipSpace() !== COLON) throw this.#unexpected('after object key');
    this.#at++;
    return key;
  }

  /** What follows a member: true for the end of the object. */
  #endOfMember(): boolean {
    const c = this.#skipSpace();
    if (c !== COMMA && c !== CLOSE_OBJECT) throw this.#unexpected('after object key:value pair');
    this.#at++;
    return c === CLOSE_OBJECT;
  }

  /** Reads the string that starts at the current quote. */
  #string(): string {
    const start = this.#at;
    const text = this.#text;
    let end = text.indexOf('"', start + 1);
    // indexOf is remembered, so that a text with one late backslash is searched once and not once per string.
    if (this.#nextBackslash < start && this.#nextBackslash !== Number.POSITIVE_INFINITY) {
      const found = text.indexOf('\\', start + 1);
      this.#nextBackslash = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    const escaped = end >= 0 && this.#nextBackslash < end;
    if (escaped) end = this.#endOfEscaped(start);
    if (end < 0) throw this.#badString(start);
    this.#at = end + 1;
    if (!escaped) {
      const plain = text.slice(start + 1, end);
      if (this.#hasControls && CONTROLS.test(plain)) throw this.#badString(start);
      return plain;
    }
    return this.#unescape(start, end);
  }

  #endOfEscaped(start: number): number {
    for (let i = start + 1; i < this.#text.length; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) return i;
    }
    return -1;
  }

  #unescape(start: number, end: number): string {
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      throw this.#badString(start);
    }
    if (!LONE_SURROGATE.test(value)) return value;
    if (this.#refuseSurrogates) throw jsonFaults.SURROGATE({ offset: start });
    return value.replace(/\p{Surrogate}/gu, '\ufffd');
  }

  /** Finds what is wrong in the string that starts at `start`, for the message. */
  #badString(start: number): Fault {
    const text = this.#text;
    for (let i = start + 1; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c < 0x20) return this.#unexpected('in string literal', i);
      if (c === QUOTE) break;
      if (c !== BACKSLASH) continue;
      const letter = text.charAt(++i);
      if (letter === '') break;
      if (letter === 'u') {
        for (let k = 0; k < 4; k++)
          if (!/^[0-9a-fA-F]$/.test(text.charAt(++i))) return this.#unexpected('in \\u hexadecimal character escape', i);
      } else if (!'"\\/bfnrt'.includes(letter)) return this.#unexpected('in string escape code', i);
    }
    return this.#unexpected('in string literal', text.length);
  }

  #number(): number {
    const text = this.#text;
    const start = this.#at;
    let i = start;
    if (text.charCodeAt(i) === MINUS) i++;
    if (!isDigit(text.charCodeAt(i))) throw this.#unexpected('in numeric literal', i);
    if (text.charCodeAt(i) === 0x30) i++;
    else i = this.#digits(i);
    const integerEnd = i;
    if (text.charCodeAt(i) === DOT) {
      if (!isDigit(text.charCodeAt(++i))) throw this.#unexpected('after decimal point in numeric literal', i);
      i = this.#digits(i);
    }
    const e = text.charCodeAt(i);
    if (e === 0x65 || e === 0x45) {
      const sign = text.charCodeAt(++i);
      if (sign === 0x2b || sign === MINUS) i++;
      if (!isDigit(text.charCodeAt(i))) throw this.#unexpected('in exponent of numeric literal', i);
      i = this.#digits(i);
    }
    this.#at = i;
    if (i === integerEnd && i - start === 1) return text.charCodeAt(start) - 0x30;
    const literal = text.slice(start, i);
    const value = Number(literal);
    if (!Number.isFinite(value)) throw jsonFaults.NUMBER_RANGE({ text: literal.slice(0, 40), offset: start });
    return value;
  }

  #digits(from: number): number {
    let i = from;
    while (isDigit(this.#text.charCodeAt(i))) i++;
    return i;
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) {
      for (let i = 1; i < word.length; i++) {
        if (this.#text.charAt(this.#at + i) !== word.charAt(i))
          throw this.#unexpected(`in literal ${word} (expecting '${word.charAt(i)}')`, this.#at + i);
      }
    }
    this.#at += word.length;
    return value;
  }

  /** Moves to the next character that is no white space and returns its code, NaN at the end. */
  #skipSpace(): number {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c;
      this.#at++;
    }
  }

  #unexpected(where: string, offset = this.#at): Fault {
    if (offset >= this.#text.length) return jsonFaults.SYNTAX({ problem: 'unexpected end of JSON input', offset });
    return jsonFaults.SYNTAX({ problem: `invalid character ${this.#quotedCharacter(offset)} ${where}`, offset });
  }

  /** Go quotes the first byte of the character as if it were one of Latin-1. */
  #quotedCharacter(offset = this.#at): string {
    const byte = new TextEncoder().encode(characterAt(this.#text, offset))[0] as number;
    if (byte === 0x27) return "'\\''";
    if (byte === QUOTE) return `'"'`;
    const short = GO_SHORT_ESCAPES.get(byte);
    if (short !== undefined) return `'${short}'`;
    if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
    if ((byte >= 0x80 && byte < 0xa1) || byte === 0xad) return `'\\u${byte.toString(16).padStart(4, '0')}'`;
    return `'${String.fromCharCode(byte)}'`;
  }
}

const characterAt = (text: string, offset: number): string => String.fromCodePoint(text.codePointAt(offset) ?? 0xfffd);

const CONTROLS = /[\x00-\x1f]/;

const GO_SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x5c, '\\\\'],
]);
