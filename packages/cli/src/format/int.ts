// SPDX-License-Identifier: Apache-2.0
/** Go's `strconv.ParseInt(text, 0, 64)`. */

import { goQuote } from '@notary/base/json';
import type { Read } from '../values.ts';

const LARGEST = (1n << 63n) - 1n;

/** Decimal, `0x`, `0o`, `0b`, leading-zero octal, `_` between digits after a prefix; refuses what JavaScript cannot hold exactly. */
export function parseGoInt(text: string): Read<number> {
  const fail = (what: string): { reason: string } => ({ reason: `strconv.ParseInt: parsing ${goQuote(text)}: ${what}` });
  const match = /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/.exec(text);
  if (match === null) return fail('invalid syntax');
  const digits = (match[2] as string).replaceAll('_', '');
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = match[1] === '-' ? -magnitude : magnitude;
  if (value > LARGEST || value < -LARGEST - 1n) return fail('value out of range');
  return Number.isSafeInteger(Number(value)) ? { value: Number(value) } : fail('value out of range');
}
