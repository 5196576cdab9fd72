// SPDX-License-Identifier: Apache-2.0
/**
 * BER to DER, for time-stamp tokens and PKCS#12 files only: definite minimal lengths, constructed strings joined. Values inside are
 * not changed, so a certificate or attribute that was itself not DER fails later, where its hash or signature is checked.
 */
import { joinBytes } from '../bytes.ts';
import type { Fault } from '../faults.ts';
import { MAX_BER_BYTES, MAX_DER_DEPTH } from '../limits.ts';
import { derFaults } from './faults.ts';
import { TAG } from './tags.ts';
import { derElement } from './writer.ts';

const invalid = (at: number, what: string): Fault => derFaults.BER_INVALID({ at, what });

/** String types that BER may cut into segments (X.690 8.21 and 8.7). */
const SEGMENTED: ReadonlySet<number> = new Set([
  TAG.BIT_STRING,
  TAG.OCTET_STRING,
  TAG.UTF8_STRING,
  TAG.NUMERIC_STRING,
  TAG.PRINTABLE_STRING,
  TAG.T61_STRING,
  TAG.IA5_STRING,
  TAG.UTC_TIME,
  TAG.GENERALIZED_TIME,
  TAG.UNIVERSAL_STRING,
  TAG.BMP_STRING,
]);

interface Node {
  readonly der: Uint8Array;
  readonly next: number;
}

/** One DER element from one BER element that fills `ber`. */
export function berToDer(ber: Uint8Array, maxBytes: number = MAX_BER_BYTES): Uint8Array {
  if (ber.length > maxBytes) throw derFaults.BER_TOO_LARGE({ max: maxBytes, size: ber.length });
  if (isDer(ber, 0, ber.length, 0) === ber.length) return ber;
  const { der, next } = convert(ber, 0, ber.length, 0);
  if (next !== ber.length) throw invalid(next, 'bytes behind the element');
  return der;
}

/** End of the element at `at` if its encoding needs no change, -1 if it does or is malformed. Most tokens are DER already. */
function isDer(ber: Uint8Array, at: number, end: number, depth: number): number {
  const tag = ber[at] as number;
  const first = ber[at + 1] as number;
  if (depth > MAX_DER_DEPTH || at + 2 > end || (tag & 0x1f) === 0x1f || first === 0x80) return -1;
  const count = first < 0x80 ? 0 : first & 0x7f;
  let length = first < 0x80 ? first : 0;
  if (count > 4 || at + 2 + count > end) return -1;
  for (let i = 0; i < count; i++) length = length * 256 + (ber[at + 2 + i] as number);
  const from = at + 2 + count;
  if (length > end - from || (count > 0 && (length < 0x80 || length < 256 ** (count - 1)))) return -1;
  const to = from + length;
  if ((tag & 0x20) === 0) return to;
  if (tag < 0x40 && SEGMENTED.has(tag & 0xdf)) return -1;
  for (let next = from; next !== to; ) {
    next = isDer(ber, next, to, depth + 1);
    if (next < 0) return -1;
  }
  return to;
}

function convert(ber: Uint8Array, at: number, end: number, depth: number): Node {
  if (depth > MAX_DER_DEPTH) throw derFaults.TOO_DEEP({ at, max: MAX_DER_DEPTH });
  if (at + 2 > end) throw invalid(at, 'element is cut off');
  const tag = ber[at] as number;
  if ((tag & 0x1f) === 0x1f) throw invalid(at, 'tag in high-number form');
  const { length, from } = readLength(ber, at + 1, end);
  const constructed = (tag & 0x20) !== 0;
  if (length === undefined && !constructed) throw invalid(at, 'primitive element of indefinite length');
  if (length !== undefined && length > end - from) throw invalid(at, 'element is cut off');
  if (!constructed) {
    const to = from + (length as number);
    return { der: derElement(tag, ber.subarray(from, to)), next: to };
  }
  const parts: Uint8Array[] = [];
  const to = length === undefined ? end : from + length;
  let next = from;
  for (;;) {
    if (length !== undefined && next === to) break;
    if (length === undefined && ber[next] === 0 && ber[next + 1] === 0 && next + 2 <= end) {
      next += 2;
      break;
    }
    const member = convert(ber, next, to, depth + 1);
    parts.push(member.der);
    next = member.next;
  }
  return { der: SEGMENTED.has(tag & 0xdf) && tag < 0x40 ? joined(tag & 0xdf, parts, at) : derElement(tag, joinBytes(parts)), next };
}

function readLength(ber: Uint8Array, at: number, end: number): { length: number | undefined; from: number } {
  const first = ber[at] as number;
  if (first < 0x80) return { length: first, from: at + 1 };
  if (first === 0x80) return { length: undefined, from: at + 1 };
  const count = first & 0x7f;
  if (count > 4 || at + 1 + count > end) throw invalid(at, 'length is too long');
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + (ber[at + i] as number);
  return { length, from: at + 1 + count };
}

/** One primitive string from the DER of its segments, which must be of the same type. */
function joined(tag: number, segments: readonly Uint8Array[], at: number): Uint8Array {
  const contents = segments.map((segment, i) => {
    if (segment[0] !== tag) throw invalid(at, 'string segment of another type');
    const content = contentOf(segment);
    if (tag !== TAG.BIT_STRING) return content;
    if (content.length === 0 || (i < segments.length - 1 && content[0] !== 0)) throw invalid(at, 'bit string segment with unused bits');
    return content.subarray(1);
  });
  if (tag !== TAG.BIT_STRING) return derElement(tag, joinBytes(contents));
  const last = segments[segments.length - 1];
  return derElement(tag, Uint8Array.of(last === undefined ? 0 : (contentOf(last)[0] as number)), joinBytes(contents));
}

function contentOf(der: Uint8Array): Uint8Array {
  const length = der[1] as number;
  return der.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f));
}
