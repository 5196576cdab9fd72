// SPDX-License-Identifier: Apache-2.0
/** Go's time.Duration: `1h30m`, `300ms`, `-1.5h`; nanoseconds as a bigint. */

import { goQuote } from '@notary/base/json';
import type { Nanoseconds } from '../table.ts';
import type { Read } from '../values.ts';

const NANOSECOND = 1n;
const MICROSECOND = 1_000n;
const MILLISECOND = 1_000_000n;
const SECOND = 1_000_000_000n;
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', NANOSECOND],
  ['us', MICROSECOND],
  ['µs', MICROSECOND],
  ['μs', MICROSECOND],
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', 60n * SECOND],
  ['h', 3600n * SECOND],
]);
const LIMIT = 1n << 63n;

/** Go's `time.ParseDuration`, with its error texts. */
export function readGoDuration(text: string): Read<Nanoseconds> {
  const invalid = { reason: `time: invalid duration ${goQuote(text)}` };
  const negative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return { value: 0n };
  if (rest === '') return invalid;
  let total = 0n;
  while (rest !== '') {
    const number = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest) as RegExpExecArray;
    const [matched, whole = '', fraction = ''] = number;
    if (whole === '' && fraction === '') return invalid;
    rest = rest.slice(matched.length);
    const name = (/^[^0-9.]+/.exec(rest) ?? [''])[0];
    if (name === '') return { reason: `time: missing unit in duration ${goQuote(text)}` };
    const unit = UNITS.get(name);
    if (unit === undefined) return { reason: `time: unknown unit ${goQuote(name)} in duration ${goQuote(text)}` };
    rest = rest.slice(name.length);
    const digits = fraction.slice(0, 18); // more digits are less than a nanosecond of an hour
    total += BigInt(whole === '' ? '0' : whole) * unit + (digits === '' ? 0n : (BigInt(digits) * unit) / 10n ** BigInt(digits.length));
    if (total > LIMIT) return invalid;
  }
  if (total === LIMIT && !negative) return invalid;
  return { value: negative ? -total : total };
}

/** Go's `Duration.String`: `1h30m0s`, `1.5s`, `300ms`, `0s`. */
export function formatGoDuration(duration: Nanoseconds): string {
  if (duration === 0n) return '0s';
  const sign = duration < 0n ? '-' : '';
  const abs = duration < 0n ? -duration : duration;
  if (abs < MICROSECOND) return `${sign}${abs}ns`;
  if (abs < MILLISECOND) return `${sign}${decimal(abs, MICROSECOND)}µs`;
  if (abs < SECOND) return `${sign}${decimal(abs, MILLISECOND)}ms`;
  const hours = abs / (3600n * SECOND);
  const minutes = (abs / (60n * SECOND)) % 60n;
  const seconds = `${decimal(abs % (60n * SECOND), SECOND)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return String(value / unit);
  const digits = String(unit).length - 1;
  return `${value / unit}.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`;
}
