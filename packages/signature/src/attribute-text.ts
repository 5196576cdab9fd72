// SPDX-License-Identifier: Apache-2.0
/** Extended attributes as text, as `inspect` prints them: Go's `fmt.Sprint` of what its decoders make of JSON and CBOR. */
import { compareUtf8, toHex } from '@notary/base';
import { goFloat } from '@notary/base/json';
import { MAX_DECIMAL_OCTETS } from './limits.ts';
import type { AttributeKey, AttributeValue } from './types.ts';

/** Text of an attribute's key or value. Times are in UTC, where Go would take the zone of the machine. */
export function attributeText(value: AttributeKey | AttributeValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return goFloat(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value === null || value === undefined ? '<nil>' : objectText(value);
  }
}

/** The shapes that CBOR adds, told by their members so that JWS readers need no CBOR. */
interface Tagged {
  readonly tag: number | bigint;
  readonly value: AttributeValue;
}
interface Wrapped {
  readonly value: number;
}

function objectText(value: object): string {
  if (value instanceof Uint8Array) return `[${value.join(' ')}]`;
  if (Array.isArray(value)) return `[${(value as AttributeValue[]).map(attributeText).join(' ')}]`;
  if (value instanceof Map) return mapText([...(value as Map<AttributeKey, AttributeValue>)]);
  if (Object.getPrototypeOf(value) === null) return mapText(Object.entries(value as Record<string, AttributeValue>));
  if ('tag' in value) return taggedText(value as Tagged);
  return goFloat((value as Wrapped).value);
}

/** Go prints maps with sorted keys: numbers before texts here. */
function mapText(entries: [AttributeKey, AttributeValue][]): string {
  const rank = (key: AttributeKey): number => (typeof key === 'string' ? 1 : 0);
  entries.sort(([a], [b]) => rank(a) - rank(b) || (typeof a === 'string' && typeof b === 'string' ? compareUtf8(a, b) : a < b ? -1 : 1));
  return `map[${entries.map(([key, value]) => `${attributeText(key)}:${attributeText(value)}`).join(' ')}]`;
}

function taggedText({ tag, value }: Tagged): string {
  if (tag === 1) {
    const seconds = typeof value === 'object' ? (value as unknown as Wrapped).value : Number(value);
    const at = new Date(seconds * 1000);
    return Number.isNaN(at.getTime()) ? String(seconds) : `${at.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
  }
  // As one conversion, and not for any length: decimals of a number that fills a whole header would take a minute.
  if ((tag === 2 || tag === 3) && value instanceof Uint8Array && value.length <= MAX_DECIMAL_OCTETS) {
    const number = BigInt(`0x0${toHex(value)}`);
    return String(tag === 2 ? number : -1n - number);
  }
  return `{${tag} ${attributeText(value)}}`;
}
