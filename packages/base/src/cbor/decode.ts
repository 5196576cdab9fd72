// SPDX-License-Identifier: Apache-2.0
/**
 * A strict, bounded CBOR reader (RFC 8949) that accepts what Go's fxamacker/cbor accepts as go-cose configures it: definite
 * lengths only, integers and lengths of any width, any tag, no duplicate map keys, valid UTF-8, the messages of that library.
 *
 * The libraries at hand turn floats and integers into one kind of number, so that an algorithm label of -7.0 would read as -7,
 * and leave nesting, UTF-8 and byte-string keys unchecked. Checking those first means a second decoder which must agree with
 * theirs; this is that decoder alone.
 */
import { toHex } from '../bytes.ts';
import { cborFaults } from './faults.ts';
import { DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH, DEFAULT_MAX_ITEMS, DEFAULT_MAX_TOTAL_ITEMS, LARGEST_MAX_DEPTH } from './limits.ts';
import { type CborDecodeOptions, CborFloat, type CborMap, CborSimple, CborTag, type CborValue } from './types.ts';

/** Decodes exactly one data item. Byte strings are views of `bytes`. Faults: `CBOR_…`. */
export function decodeCbor(bytes: Uint8Array, options: CborDecodeOptions = {}): CborValue {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  if (bytes.length > maxBytes) throw cborFaults.TOO_LARGE({ maxBytes, size: bytes.length });
  if (bytes.length === 0) throw cborFaults.EMPTY();
  const reader = new Reader(bytes, options);
  const value = reader.item();
  reader.end();
  return value;
}

const TYPE_NAMES = ['positive integer', 'negative integer', 'byte string', 'UTF-8 text string', 'array', 'map', 'tag', 'primitives'];
const INDEFINITE = 31;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the tags that RFC 8949 3.4 defines for times and large integers must be followed by. */
const TAG_CONTENTS: readonly { readonly expected: string; readonly accepts: (value: CborValue) => boolean }[] = [
  { expected: 'text string', accepts: (v) => typeof v === 'string' },
  {
    expected: 'integer or floating-point number',
    accepts: (v) => typeof v === 'number' || typeof v === 'bigint' || v instanceof CborFloat,
  },
  { expected: 'byte string', accepts: (v) => v instanceof Uint8Array },
  { expected: 'byte string', accepts: (v) => v instanceof Uint8Array },
];

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #maxDepth: number;
  readonly #maxItems: number;
  readonly #refuseTags: boolean;
  readonly #maxTotal: number;
  #left: number;
  #at = 0;
  #depth = 0;
  /** Additional information and, where it is no float, argument of the head read last. */
  #info = 0;
  #argument: number | bigint = 0;

  constructor(bytes: Uint8Array, options: CborDecodeOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#maxDepth = Math.min(options.maxDepth ?? DEFAULT_MAX_DEPTH, LARGEST_MAX_DEPTH);
    this.#maxItems = options.maxItems ?? DEFAULT_MAX_ITEMS;
    this.#refuseTags = options.tags === 'refuse';
    this.#maxTotal = options.maxTotalItems ?? DEFAULT_MAX_TOTAL_ITEMS;
    this.#left = this.#maxTotal;
  }

  end(): void {
    const count = this.#bytes.length - this.#at;
    if (count > 0) throw cborFaults.TRAILING({ count, offset: this.#at });
  }

  item(): CborValue {
    if (--this.#left < 0) throw cborFaults.TOO_MANY_IN_TOTAL({ maxTotalItems: this.#maxTotal });
    const offset = this.#at;
    const major = this.#head();
    switch (major) {
      case 0:
        return this.#argument;
      case 1:
        return this.#negative();
      case 2:
        return this.#take();
      case 3:
        return this.#text(offset);
      case 4:
        return this.#nested(this.#array);
      case 5:
        return this.#nested(this.#map);
      case 6:
        return this.#tag(offset);
      default:
        return this.#primitive(offset);
    }
  }

  /** Reads the initial byte and its argument; returns the major type. */
  #head(): number {
    const offset = this.#at;
    if (offset >= this.#bytes.length) throw cborFaults.TRUNCATED({ offset });
    const initial = this.#bytes[this.#at++] as number;
    const major = initial >> 5;
    const info = initial & 31;
    this.#info = info;
    if (info < 24) this.#argument = info;
    else if (info < 28) this.#wideArgument(1 << (info - 24));
    else if (info === INDEFINITE && major >= 2 && major <= 5) throw cborFaults.INDEFINITE({ type: TYPE_NAMES[major] as string, offset });
    else if (info === INDEFINITE && major === 7) throw cborFaults.SYNTAX({ problem: 'unexpected "break" code', offset });
    else throw cborFaults.SYNTAX({ problem: `invalid additional information ${info} for type ${TYPE_NAMES[major]}`, offset });
    return major;
  }

  #wideArgument(width: number): void {
    const at = this.#at;
    if (this.#bytes.length - at < width) throw cborFaults.TRUNCATED({ offset: this.#bytes.length });
    this.#at += width;
    if (width === 1) this.#argument = this.#bytes[at] as number;
    else if (width === 2) this.#argument = this.#view.getUint16(at);
    else if (width === 4) this.#argument = this.#view.getUint32(at);
    else {
      const wide = this.#view.getBigUint64(at);
      this.#argument = wide <= MAX_SAFE ? Number(wide) : wide;
    }
  }

  #negative(): number | bigint {
    const argument = this.#argument;
    if (typeof argument === 'number' && argument < Number.MAX_SAFE_INTEGER) return -1 - argument;
    return -1n - BigInt(argument);
  }

  #take(): Uint8Array {
    const length = this.#argument;
    if (typeof length === 'bigint' || length > this.#bytes.length - this.#at) throw cborFaults.TRUNCATED({ offset: this.#bytes.length });
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  #text(offset: number): string {
    const bytes = this.#take();
    // Most texts are short ASCII names, for which setting up the decoder costs more than reading them.
    if (bytes.length <= 64) {
      let text = '';
      let i = 0;
      for (; i < bytes.length; i++) {
        const b = bytes[i] as number;
        if (b >= 0x80) break;
        text += String.fromCharCode(b);
      }
      if (i === bytes.length) return text;
    }
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw cborFaults.UTF8_INVALID({ offset }, { cause });
    }
  }

  #nested<T>(read: (count: number) => T): T {
    if (++this.#depth > this.#maxDepth) throw cborFaults.TOO_DEEP({ maxDepth: this.#maxDepth });
    const count = this.#argument;
    if (count > this.#maxItems)
      throw cborFaults.TOO_MANY_ITEMS({ maxItems: this.#maxItems, type: read === (this.#array as unknown) ? 'array' : 'map' });
    const value = read.call(this, Number(count));
    this.#depth--;
    return value;
  }

  #array(count: number): CborValue[] {
    const out: CborValue[] = [];
    for (let i = 0; i < count; i++) out.push(this.item());
    return out;
  }

  #map(count: number): CborMap {
    const out: CborMap = new Map();
    let objectKeys: Set<string> | undefined;
    for (let index = 0; index < count; index++) {
      const offset = this.#at;
      const key = this.item();
      if (typeof key === 'object' && key !== null) {
        // A Map tells objects apart by identity, so byte strings and floats are compared by what they hold.
        const identity = keyIdentity(key, offset);
        objectKeys ??= new Set();
        if (objectKeys.has(identity)) throw cborFaults.DUPLICATE_KEY({ key: identity.slice(0, 200), index });
        objectKeys.add(identity);
      } else if (out.has(key)) throw cborFaults.DUPLICATE_KEY({ key: String(key).slice(0, 200), index });
      out.set(key, this.item());
    }
    return out;
  }

  #tag(offset: number): CborTag {
    if (this.#refuseTags) throw cborFaults.TAG_REFUSED({ offset });
    const tag = this.#argument;
    const contentOffset = this.#at;
    // As in Go's decoder, a tag counts as a level only around another tag: what it holds counts for itself.
    const level = (this.#bytes[contentOffset] ?? 0) >> 5 === 6 ? 1 : 0;
    this.#depth += level;
    if (this.#depth > this.#maxDepth) throw cborFaults.TOO_DEEP({ maxDepth: this.#maxDepth });
    const value = this.item();
    const rule = typeof tag === 'number' ? TAG_CONTENTS[tag] : undefined;
    if (rule !== undefined && !rule.accepts(value)) {
      const got = TYPE_NAMES[(this.#bytes[contentOffset] as number) >> 5] as string;
      throw cborFaults.TAG_CONTENT({ tag: Number(tag), expected: rule.expected, got, offset });
    }
    this.#depth -= level;
    return new CborTag(tag, value);
  }

  #primitive(offset: number): CborValue {
    const info = this.#info;
    if (info === 25) return new CborFloat(halfFloat(Number(this.#argument)));
    if (info === 26) return new CborFloat(this.#view.getFloat32(this.#at - 4));
    if (info === 27) return new CborFloat(this.#view.getFloat64(this.#at - 8));
    const simple = Number(this.#argument);
    if (info === 24 && simple < 32) throw cborFaults.SYNTAX({ problem: `invalid simple value ${simple} for type primitives`, offset });
    if (simple === 20) return false;
    if (simple === 21) return true;
    if (simple === 22) return null;
    return simple === 23 ? undefined : new CborSimple(simple);
  }
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function keyIdentity(key: object, offset: number): string {
  if (key instanceof Uint8Array) return `h'${toHex(key)}'`;
  if (key instanceof CborFloat) return `float ${Object.is(key.value, -0) ? '0' : key.value}`;
  if (key instanceof CborSimple) return `simple(${key.value})`;
  const type = Array.isArray(key) ? '[]interface {}' : key instanceof Map ? 'map[interface {}]interface {}' : 'cbor.Tag';
  throw cborFaults.KEY_TYPE({ type, offset });
}

/** IEEE 754 binary16 (RFC 8949, appendix D). */
function halfFloat(half: number): number {
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
