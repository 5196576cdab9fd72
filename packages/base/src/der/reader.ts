// SPDX-License-Identifier: Apache-2.0
/**
 * A strict reader of DER that copies nothing: contents are views of the input. Lengths are definite and minimal, tags are in
 * low-number form, depth and number of elements are bounded. Nothing but a `DER_…` fault is ever thrown.
 */
import type { Fault } from '../faults.ts';
import { MAX_DER_DEPTH, MAX_DER_ELEMENTS } from '../limits.ts';
import { derFaults } from './faults.ts';
import { decodeOid } from './oid.ts';
import { decodeDerString } from './strings.ts';
import { contextPrimitiveTag, contextTag, TAG } from './tags.ts';
import { generalizedTime, type TimeForm, utcTime } from './times.ts';

/** One element: its tag, its content, and all of its octets. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/** A bit string: its octets and how many low bits of the last one do not count. */
export interface DerBitString {
  readonly bytes: Uint8Array;
  readonly unusedBits: number;
}

interface Budget {
  elements: number;
  readonly maxElements: number;
  readonly maxDepth: number;
}

/** Smaller bounds than those of `limits.ts` for one input. */
export interface DerLimits {
  readonly maxElements?: number;
  readonly maxDepth?: number;
}

/** Reads DER element by element (X.690): definite lengths, minimal forms, bounded depth and count. Faults: `DER_…`. */
export class DerReader {
  /** The whole input; positions and offsets in faults refer to it. */
  readonly bytes: Uint8Array;
  #at: number;
  readonly #end: number;
  readonly #depth: number;
  readonly #budget: Budget;
  // Content bounds of the element read last, so that no object is made per element.
  #from = 0;
  #to = 0;

  private constructor(bytes: Uint8Array, at: number, end: number, depth: number, budget: Budget) {
    this.bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#depth = depth;
    this.#budget = budget;
  }

  /** A reader over the elements in `bytes`. */
  static over(bytes: Uint8Array, limits: DerLimits = {}): DerReader {
    const budget = { elements: 0, maxElements: limits.maxElements ?? MAX_DER_ELEMENTS, maxDepth: limits.maxDepth ?? MAX_DER_DEPTH };
    return new DerReader(bytes, 0, bytes.length, 0, budget);
  }

  /** Offset of the next element in {@link bytes}. */
  get offset(): number {
    return this.#at;
  }

  /** Are all elements read? */
  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Identifier octet of the next element, -1 at the end. */
  peek(): number {
    return this.#at < this.#end ? (this.bytes[this.#at] as number) : -1;
  }

  /** Is the next element one with this tag? */
  is(tag: number): boolean {
    return this.#at < this.#end && this.bytes[this.#at] === tag;
  }

  /** Faults with `DER_TRAILING_BYTES` unless all elements are read. */
  end(): void {
    if (this.#at < this.#end) throw derFaults.TRAILING_BYTES({ at: this.#at, count: this.#end - this.#at });
  }

  /** Moves past the next element's header and content, leaving their bounds in `#from` and `#to`. Returns its tag. */
  #next(): number {
    const { bytes } = this;
    const start = this.#at;
    const end = this.#end;
    if (start + 2 > end) throw derFaults.TRUNCATED({ at: start });
    const tag = bytes[start] as number;
    if ((tag & 0x1f) === 0x1f) throw derFaults.TAG_UNSUPPORTED({ at: start });
    let length = bytes[start + 1] as number;
    let from = start + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw derFaults.LENGTH_INVALID({ at: start });
      if (from + count > end) throw derFaults.TRUNCATED({ at: start });
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[from++] as number);
      if (length < 0x80 || length < 256 ** (count - 1)) throw derFaults.LENGTH_INVALID({ at: start });
    }
    if (length > end - from) throw derFaults.TRUNCATED({ at: start });
    if (++this.#budget.elements > this.#budget.maxElements) throw derFaults.TOO_MANY_ELEMENTS({ max: this.#budget.maxElements });
    this.#from = from;
    this.#to = this.#at = from + length;
    return tag;
  }

  #expect(tag: number): void {
    if (!this.is(tag)) throw derFaults.TAG_UNEXPECTED({ at: this.#at, expected: tag, found: this.peek() });
    this.#next();
  }

  /** The content of the next element, which must have this tag. */
  read(tag: number): Uint8Array {
    this.#expect(tag);
    return this.bytes.subarray(this.#from, this.#to);
  }

  /** The next element whatever its tag. */
  element(): DerElement {
    const start = this.#at;
    const tag = this.#next();
    return { tag, content: this.bytes.subarray(this.#from, this.#to), raw: this.bytes.subarray(start, this.#to) };
  }

  /** All octets of the next element, which must have this tag if one is given. */
  raw(tag?: number): Uint8Array {
    const start = this.#at;
    if (tag === undefined) this.#next();
    else this.#expect(tag);
    return this.bytes.subarray(start, this.#to);
  }

  /** A reader of what is inside the next element, which must have this tag. */
  enter(tag: number): DerReader {
    this.#expect(tag);
    if (this.#depth >= this.#budget.maxDepth) throw derFaults.TOO_DEEP({ at: this.#at, max: this.#budget.maxDepth });
    return new DerReader(this.bytes, this.#from, this.#to, this.#depth + 1, this.#budget);
  }

  sequence(): DerReader {
    return this.enter(TAG.SEQUENCE);
  }

  set(): DerReader {
    return this.enter(TAG.SET);
  }

  /** Inside `[n] EXPLICIT` or a constructed `[n] IMPLICIT`, or `undefined` if the next element is another one. */
  optional(n: number): DerReader | undefined {
    return this.is(contextTag(n)) ? this.enter(contextTag(n)) : undefined;
  }

  /** Content of a primitive `[n] IMPLICIT`, or `undefined` if the next element is another one. */
  optionalPrimitive(n: number): Uint8Array | undefined {
    return this.is(contextPrimitiveTag(n)) ? this.read(contextPrimitiveTag(n)) : undefined;
  }

  /** Passes over the next element if it has this tag. */
  skip(tag: number): boolean {
    if (!this.is(tag)) return false;
    this.#next();
    return true;
  }

  boolean(): boolean {
    this.#expect(TAG.BOOLEAN);
    const value = this.bytes[this.#from];
    if (this.#to - this.#from !== 1 || (value !== 0 && value !== 0xff)) throw derFaults.BOOLEAN_INVALID({ at: this.#from });
    return value === 0xff;
  }

  /** The two's complement octets of an integer, minimal. `tag` serves implicit tagging and ENUMERATED. */
  integer(tag: number = TAG.INTEGER): Uint8Array {
    this.#expect(tag);
    const { bytes } = this;
    const from = this.#from;
    const length = this.#to - from;
    const first = bytes[from] as number;
    const redundant = length > 1 && (first === 0 || first === 0xff) && first >> 7 === (bytes[from + 1] as number) >> 7;
    if (length === 0 || redundant) throw derFaults.INTEGER_INVALID({ at: from });
    return bytes.subarray(from, this.#to);
  }

  /** An integer from 0 to 2^48 - 1. */
  unsigned(tag: number = TAG.INTEGER): number {
    const octets = this.integer(tag);
    if (octets.length > 7 || (octets.length === 7 && octets[0] !== 0) || (octets[0] as number) >= 0x80)
      throw this.#fault(derFaults.INTEGER_INVALID);
    let n = 0;
    // By index: the first iterator over bytes costs a cold command 0.1 ms.
    for (let i = 0; i < octets.length; i++) n = n * 256 + (octets[i] as number);
    return n;
  }

  /** An object identifier in dotted text. */
  oid(): string {
    this.#expect(TAG.OID);
    const text = decodeOid(this.bytes, this.#from, this.#to);
    if (text === undefined) throw this.#fault(derFaults.OID_INVALID);
    return text;
  }

  null(): void {
    this.#expect(TAG.NULL);
    if (this.#to !== this.#from) throw this.#fault(derFaults.NULL_INVALID);
  }

  octets(): Uint8Array {
    return this.read(TAG.OCTET_STRING);
  }

  /** A bit string; `tag` serves implicit tagging. */
  bitString(tag: number = TAG.BIT_STRING): DerBitString {
    this.#expect(tag);
    const length = this.#to - this.#from;
    const unusedBits = this.bytes[this.#from] as number;
    const last = this.bytes[this.#to - 1] as number;
    if (length === 0 || unusedBits > 7 || (length === 1 && unusedBits !== 0) || (length > 1 && (last & ((1 << unusedBits) - 1)) !== 0)) {
      throw this.#fault(derFaults.BIT_STRING_INVALID);
    }
    return { bytes: this.bytes.subarray(this.#from + 1, this.#to), unusedBits };
  }

  /** A bit string of whole octets, as keys and signatures are. */
  bitOctets(): Uint8Array {
    const { bytes, unusedBits } = this.bitString();
    if (unusedBits !== 0) throw this.#fault(derFaults.BIT_STRING_INVALID);
    return bytes;
  }

  /** The text of a string of any of the types UTF8, Printable, IA5, Numeric, T61 and BMP. */
  string(): string {
    const tag = this.#next();
    const text = decodeDerString(tag, this.bytes.subarray(this.#from, this.#to));
    if (text === undefined) throw this.#fault(derFaults.STRING_INVALID);
    return text;
  }

  /** A UTCTime or GeneralizedTime without fraction. */
  time(form: TimeForm = 'zulu'): Date {
    const tag = this.#next();
    const content = this.bytes.subarray(this.#from, this.#to);
    const ms = tag === TAG.UTC_TIME ? utcTime(content, form) : tag === TAG.GENERALIZED_TIME ? generalizedTime(content, form) : Number.NaN;
    if (Number.isNaN(ms)) throw this.#fault(derFaults.TIME_INVALID);
    return new Date(ms);
  }

  #fault(maker: (facts: { at: number }) => Fault): Fault {
    return maker({ at: this.#from });
  }
}

/** Reads one element that fills `bytes`; `read` gets its reader, and whatever it leaves unread inside is its own business. */
export function readDer<T>(bytes: Uint8Array, read: (reader: DerReader) => T, limits?: DerLimits): T {
  const reader = DerReader.over(bytes, limits);
  const value = read(reader);
  reader.end();
  return value;
}
