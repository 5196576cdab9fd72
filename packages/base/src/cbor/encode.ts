// SPDX-License-Identifier: Apache-2.0
/** Core deterministic CBOR (RFC 8949 4.2.1): shortest forms, definite lengths, map keys in the order of their encodings. */
import { compareBytes, concatBytes, toUtf8 } from '../bytes.ts';
import { cborFaults } from './faults.ts';
import { LARGEST_MAX_DEPTH } from './limits.ts';
import { CborFloat, CborSimple, CborTag, type CborValue } from './types.ts';

/** Anything that {@link encodeCbor} takes; numbers must be integers, fractions are {@link CborFloat}. */
export type CborInput = CborValue | readonly CborInput[] | ReadonlyMap<CborValue, CborInput>;

/** Encodes a value deterministically. Numbers that are no safe integers, functions and objects are `CBOR_UNENCODABLE`. */
export function encodeCbor(value: CborInput): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts, 0);
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts);
}

/** The head of an item: major type and argument in the shortest form. */
export function encodeCborHead(major: number, argument: number | bigint): Uint8Array {
  const initial = major << 5;
  if (argument < 24) return Uint8Array.of(initial | Number(argument));
  if (argument < 0x100) return Uint8Array.of(initial | 24, Number(argument));
  const wide = argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
  const out = new Uint8Array(1 + wide);
  const view = new DataView(out.buffer);
  out[0] = initial | (wide === 2 ? 25 : wide === 4 ? 26 : 27);
  if (wide === 2) view.setUint16(1, Number(argument));
  else if (wide === 4) view.setUint32(1, Number(argument));
  else view.setBigUint64(1, BigInt(argument));
  return out;
}

function write(value: CborInput, parts: Uint8Array[], depth: number): void {
  if (depth > LARGEST_MAX_DEPTH) throw cborFaults.UNENCODABLE({ what: 'nesting without end' });
  switch (typeof value) {
    case 'number':
    case 'bigint':
      parts.push(encodeInteger(value));
      return;
    case 'string': {
      if (/\p{Surrogate}/u.test(value)) throw cborFaults.UNENCODABLE({ what: 'half of a surrogate pair' });
      const bytes = toUtf8(value);
      parts.push(encodeCborHead(3, bytes.length), bytes);
      return;
    }
    case 'boolean':
      parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
      return;
    case 'undefined':
      parts.push(Uint8Array.of(0xf7));
      return;
    case 'object':
      writeObject(value, parts, depth);
      return;
    default:
      throw cborFaults.UNENCODABLE({ what: typeof value });
  }
}

function writeObject(value: object | null, parts: Uint8Array[], depth: number): void {
  if (value === null) parts.push(Uint8Array.of(0xf6));
  else if (value instanceof Uint8Array) parts.push(encodeCborHead(2, value.length), value);
  else if (Array.isArray(value)) {
    parts.push(encodeCborHead(4, value.length));
    for (const item of value as readonly CborInput[]) write(item, parts, depth + 1);
  } else if (value instanceof Map) writeMap(value, parts, depth);
  else if (value instanceof CborTag) {
    parts.push(encodeCborHead(6, value.tag));
    write(value.value, parts, depth + 1);
  } else if (value instanceof CborFloat) parts.push(encodeFloat(value.value));
  else if (value instanceof CborSimple) parts.push(encodeSimple(value.value));
  else throw cborFaults.UNENCODABLE({ what: 'an object that is no map' });
}

function writeMap(map: ReadonlyMap<CborValue, CborInput>, parts: Uint8Array[], depth: number): void {
  const entries = [...map].map(([key, value]) => ({ key: encodeNested(key, depth), value }));
  entries.sort((a, b) => compareBytes(a.key, b.key));
  parts.push(encodeCborHead(5, entries.length));
  let previous: Uint8Array | undefined;
  for (const { key, value } of entries) {
    if (previous !== undefined && compareBytes(previous, key) === 0) throw cborFaults.UNENCODABLE({ what: 'a map with one key twice' });
    previous = key;
    parts.push(key);
    write(value, parts, depth + 1);
  }
}

function encodeNested(value: CborInput, depth: number): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts, depth + 1);
  return concatBytes(...parts);
}

function encodeInteger(value: number | bigint): Uint8Array {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw cborFaults.UNENCODABLE({ what: `${value}, which is no exact integer` });
  if (typeof value === 'bigint' && (value >= 2n ** 64n || value < -(2n ** 64n)))
    throw cborFaults.UNENCODABLE({ what: 'an integer beyond 64 bits' });
  if (value >= 0) return encodeCborHead(0, value);
  return encodeCborHead(1, typeof value === 'bigint' ? -1n - value : -1 - value);
}

function encodeSimple(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 255 || (value >= 20 && value < 32))
    throw cborFaults.UNENCODABLE({ what: `simple value ${value}` });
  return encodeCborHead(7, value);
}

/** The shortest of the three widths that holds the value exactly; NaN has one form. */
function encodeFloat(value: number): Uint8Array {
  if (Number.isNaN(value)) return Uint8Array.of(0xf9, 0x7e, 0x00);
  const half = toHalf(value);
  if (half !== undefined) return Uint8Array.of(0xf9, half >> 8, half & 0xff);
  const single = Math.fround(value) === value;
  const out = new Uint8Array(single ? 5 : 9);
  out[0] = single ? 0xfa : 0xfb;
  const view = new DataView(out.buffer);
  if (single) view.setFloat32(1, value);
  else view.setFloat64(1, value);
  return out;
}

/** The binary16 bits of a number, if it has some. */
function toHalf(value: number): number | undefined {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === 0) return sign;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size > 65504) return undefined;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const fraction = size / 2 ** (exponent - 10);
  if (!Number.isInteger(fraction)) return undefined;
  return fraction < 1024 ? sign | fraction : sign | ((exponent + 15) << 10) | (fraction - 1024);
}
