// SPDX-License-Identifier: Apache-2.0
/** Instants as Go reads and writes them in JSON: RFC 3339 with its zone offset and up to nine digits of fraction. */

import { goQuote } from '@notary/base/json';

export interface GoTime {
  /** The instant, cut to milliseconds. */
  readonly at: Date;
  /** The instant in nanoseconds since 1970, exactly. */
  readonly nanos: bigint;
  readonly text: string;
}

/** `0001-01-01T00:00:00Z`, which Go takes for "no time". */
export const ZERO_TIME_NANOS = -62_135_596_800n * 1_000_000_000n;

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** The instant in an RFC 3339 text, or `undefined` if Go's strict parser would refuse it: no leap seconds, no lower case. */
export function parseGoTime(text: string): GoTime | undefined {
  const m = text.length <= 64 ? FORM.exec(text) : null;
  if (m === null) return undefined;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const offsetHours = Number(m[9] ?? 0);
  const offsetMinutes = Number(m[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (m[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  const seconds = BigInt(date.getTime() / 1000) + BigInt(hour * 3600 + (minute - offset) * 60 + second);
  const fraction = BigInt((m[7] ?? '').slice(0, 9).padEnd(9, '0'));
  const nanos = seconds * 1_000_000_000n + fraction;
  return { at: new Date(Number(nanos >= 0n ? nanos / 1_000_000n : (nanos - 999_999n) / 1_000_000n)), nanos, text };
}

const LAYOUT: readonly (readonly [RegExp, string, string?, number?, number?])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01', 'month', 1, 12],
  [/^-/, '-'],
  [/^\d{2}/, '02', 'day', 1, 31],
  [/^T/, 'T'],
  [/^\d{2}/, '15', 'hour', 0, 23],
  [/^:/, ':'],
  [/^\d{2}/, '04', 'minute', 0, 59],
  [/^:/, ':'],
  [/^\d{2}/, '05', 'second', 0, 59],
  [/^(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})/, 'Z07:00'],
];

/** Go's words for why {@link parseGoTime} refuses a text. */
export function goTimeProblem(text: string): string {
  const whole = goQuote(text.slice(0, 64));
  const cannot = (rest: string, element: string): string =>
    `parsing time ${whole} as "2006-01-02T15:04:05Z07:00": cannot parse ${goQuote(rest)} as "${element}"`;
  let rest = text.slice(0, 64);
  for (const [form, element, unit, least = 0, most = 0] of LAYOUT) {
    const found = form.exec(rest)?.[0];
    if (found === undefined) return cannot(element === 'Z07:00' ? rest.replace(/^[.,]\d+/, '') : rest, element);
    if (unit !== undefined && (Number(found) < least || Number(found) > most)) return `parsing time ${whole}: ${unit} out of range`;
    rest = rest.slice(found.length);
  }
  return rest === '' ? `parsing time ${whole}: day out of range` : `parsing time ${whole}: extra text: ${goQuote(rest)}`;
}

/** A whole second as Go's RFC 3339 layout writes it in a zone so many minutes east of UTC; offset 0 is `Z`. */
export function formatGoTime(at: Date, utcOffsetMinutes = 0): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const local = new Date((seconds + utcOffsetMinutes * 60) * 1000).toISOString().slice(0, 19);
  if (utcOffsetMinutes === 0) return `${local}Z`;
  const size = Math.abs(utcOffsetMinutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${local}${utcOffsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
