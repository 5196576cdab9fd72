// SPDX-License-Identifier: Apache-2.0
/** DER built bottom-up from complete elements. */
import { compareBytes, toUtf8 } from '../bytes.ts';
import { derFaults } from './faults.ts';
import { encodeOidContent } from './oid.ts';
import { contextPrimitiveTag, contextTag, TAG } from './tags.ts';

/** One element with this identifier octet around the parts of its content. */
export function derElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const size = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
  const out = new Uint8Array(2 + size + length);
  out[0] = tag;
  out[1] = size === 0 ? length : 0x80 | size;
  for (let i = 0; i < size; i++) out[2 + i] = Math.floor(length / 256 ** (size - 1 - i)) & 0xff;
  let at = 2 + size;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A SEQUENCE of encoded elements. */
export const derSequence = (...parts: readonly Uint8Array[]): Uint8Array => derElement(TAG.SEQUENCE, ...parts);
/** A SET of encoded elements, in the order given: the caller sorts where DER asks for it. */
export const derSet = (...parts: readonly Uint8Array[]): Uint8Array => derElement(TAG.SET, ...parts);
/** SET OF: elements in ascending order of their encodings (X.690 11.6). */
export const derSetOf = (parts: readonly Uint8Array[]): Uint8Array => derElement(TAG.SET, ...[...parts].sort(compareBytes));
/** An OBJECT IDENTIFIER from its dotted form. */
export const derOid = (oid: string): Uint8Array => derElement(TAG.OID, encodeOidContent(oid));
/** A NULL. */
export const derNull = (): Uint8Array => derElement(TAG.NULL);
/** A BOOLEAN. */
export const derBoolean = (value: boolean): Uint8Array => derElement(TAG.BOOLEAN, Uint8Array.of(value ? 0xff : 0));
/** An OCTET STRING of these bytes, one after the other. */
export const derOctets = (...parts: readonly Uint8Array[]): Uint8Array => derElement(TAG.OCTET_STRING, ...parts);
/** A UTF8String. */
export const derUtf8 = (text: string): Uint8Array => derElement(TAG.UTF8_STRING, toUtf8(text));
/** `[n] EXPLICIT`, or a constructed `[n] IMPLICIT` given the content's elements. */
export const derContext = (n: number, ...parts: readonly Uint8Array[]): Uint8Array => derElement(contextTag(n), ...parts);
/** A primitive `[n] IMPLICIT`. */
export const derContextPrimitive = (n: number, content: Uint8Array): Uint8Array => derElement(contextPrimitiveTag(n), content);

/** An integer from the octets of an unsigned big-endian number, leading zeros dropped. */
export function derUnsigned(octets: Uint8Array): Uint8Array {
  let at = 0;
  while (at < octets.length - 1 && octets[at] === 0) at++;
  const rest = octets.subarray(at);
  if (rest.length === 0) return derElement(TAG.INTEGER, Uint8Array.of(0));
  return (rest[0] as number) < 0x80 ? derElement(TAG.INTEGER, rest) : derElement(TAG.INTEGER, Uint8Array.of(0), rest);
}

/** A non-negative safe integer. */
export function derInteger(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw derFaults.INTEGER_INVALID({ at: 0 });
  const octets: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return derUnsigned(new Uint8Array(octets));
}

/** A bit string of whole octets, or with unused low bits in the last one. */
export const derBits = (bytes: Uint8Array, unusedBits = 0): Uint8Array => derElement(TAG.BIT_STRING, Uint8Array.of(unusedBits), bytes);

/** A BIT STRING with named bits (X.690 11.2.2): bit 0 is the highest of the first octet, trailing zero bits are dropped. */
export function derNamedBits(bits: Iterable<number>): Uint8Array {
  const set = [...bits];
  if (set.length === 0) return derBits(new Uint8Array(0));
  const last = Math.max(...set);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of set) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return derBits(bytes, 7 - (last & 7));
}

/** A time as RFC 5280 4.1.2.5 has it: UTCTime from 1950 to 2049, GeneralizedTime elsewhere, whole seconds. */
export function derTime(at: Date): Uint8Array {
  const year = at.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) throw derFaults.TIME_INVALID({ at: 0 });
  const two = (n: number): string => String(n).padStart(2, '0');
  const tail = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join('');
  const utc = year >= 1950 && year < 2050;
  const text = `${utc ? two(year % 100) : String(year).padStart(4, '0')}${tail}Z`;
  return derElement(utc ? TAG.UTC_TIME : TAG.GENERALIZED_TIME, toUtf8(text));
}
