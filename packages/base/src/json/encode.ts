// SPDX-License-Identifier: Apache-2.0
/** JSON text exactly as Go's encoding/json writes it: `json.Marshal`, `json.MarshalIndent`, and `%q`. */
import { compareUtf8, toBase64 } from '../bytes.ts';
import { jsonFaults } from './faults.ts';
import { LARGEST_MAX_DEPTH } from './limits.ts';

/** What {@link encodeGoJson} takes. Members that are `undefined` are left out; bytes become standard base64, as Go's `[]byte`. */
export type GoJsonInput =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly GoJsonInput[]
  | ReadonlyMap<string, GoJsonInput>
  | { readonly [key: string]: GoJsonInput | undefined };

/** How a value is written. */
export interface GoJsonOptions {
  /** Text of one level, e.g. two blanks: the layout of `json.MarshalIndent(v, "", indent)`. Default: compact. */
  readonly indent?: string;
  /** Sort member names by their UTF-8 bytes, as Go does for maps. Default: the order of the object, as for structs. */
  readonly sortKeys?: boolean;
  /** Escape `<`, `>` and `&`; default true, as `json.Marshal`. False is `Encoder.SetEscapeHTML(false)`. */
  readonly escapeHtml?: boolean;
}

/** Encodes a value as Go would. NaN, infinities, functions and cycles are `JSON_UNENCODABLE`. */
export function encodeGoJson(value: GoJsonInput, options: GoJsonOptions = {}): string {
  return encode(value, options, '', 0);
}

function encode(value: GoJsonInput, options: GoJsonOptions, margin: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return encodeGoString(value, options.escapeHtml);
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      throw jsonFaults.UNENCODABLE({ what: typeof value });
  }
  if (value === null) return 'null';
  if (depth > LARGEST_MAX_DEPTH) throw jsonFaults.UNENCODABLE({ what: 'nesting without end' });
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  const inner = options.indent === undefined ? '' : margin + options.indent;
  if (Array.isArray(value)) {
    const items = (value as readonly GoJsonInput[]).map((item) => encode(item, options, inner, depth + 1));
    return join('[', items, ']', options, margin);
  }
  const colon = options.indent === undefined ? ':' : ': ';
  const items = entriesOf(value as ReadonlyMap<string, GoJsonInput>, options).map(
    ([key, member]) => encodeGoString(key, options.escapeHtml) + colon + encode(member, options, inner, depth + 1),
  );
  return join('{', items, '}', options, margin);
}

function entriesOf(
  value: ReadonlyMap<string, GoJsonInput> | { readonly [key: string]: GoJsonInput | undefined },
  options: GoJsonOptions,
): [string, GoJsonInput][] {
  const all = value instanceof Map ? [...value.entries()] : Object.entries(value);
  const entries = all.filter((entry): entry is [string, GoJsonInput] => entry[1] !== undefined);
  return options.sortKeys ? entries.sort((a, b) => compareUtf8(a[0], b[0])) : entries;
}

function join(open: string, items: readonly string[], close: string, options: GoJsonOptions, margin: string): string {
  if (items.length === 0) return open + close;
  if (options.indent === undefined) return open + items.join(',') + close;
  const inner = `\n${margin}${options.indent}`;
  return `${open}${inner}${items.join(`,${inner}`)}\n${margin}${close}`;
}

/** Go writes doubles as ECMAScript does, save for the sign of zero. */
function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw jsonFaults.UNENCODABLE({ what: value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN' });
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `%v` of a float64: shortest digits, an exponent of two digits at least below 1e-4 and from 1e21 on. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const SPECIAL = /[\x00-\x1f"\\<>&\u2028\u2029]|\p{Surrogate}/u;
const SPECIALS = /[\x00-\x1f"\\<>&\u2028\u2029]|\p{Surrogate}/gu;
const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** One string with its quotes, escaped as Go's encoding/json does; `<`, `>` and `&` too unless `escapeHtml` is false. */
export function encodeGoString(text: string, escapeHtml = true): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  const body = text.replace(SPECIALS, (c) => {
    if (!escapeHtml && (c === '<' || c === '>' || c === '&')) return c;
    const code = c.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
    return SHORT.get(c) ?? `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${body}"`;
}

const QUOTE_SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);
const QUOTED = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Go's `strconv.Quote`, which is `%q` of a string. */
export function goQuote(text: string): string {
  return `"${text.replace(QUOTED, quoteCharacter)}"`;
}

function quoteCharacter(c: string): string {
  const short = QUOTE_SHORT.get(c);
  if (short !== undefined) return short;
  const code = c.codePointAt(0) as number;
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Go's `%q` of a string slice: `["a" "b"]`. */
export const goQuoteList = (items: readonly string[]): string => `[${items.map(goQuote).join(' ')}]`;
