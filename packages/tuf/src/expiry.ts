// SPDX-License-Identifier: Apache-2.0
/** The `expires` field: Go's RFC 3339 with nanoseconds. The text is kept, because what was signed must come out again. */
import { tufFaults } from './faults.ts';

/** When a file expires: its text is kept, because signatures cover it. */
export interface Expiry {
  /** As it stands in the file. */
  readonly text: string;
  readonly at: Date;
}

const SHAPE = '0000-00-00T00:00:00';
const MAX_FRACTION_DIGITS = 9;

/** Faults: `TUF_EXPIRES_INVALID`. Read without a pattern: every reader reads four of these, once. */
export function parseExpiry(text: string): Expiry {
  const zoneAt = endOfFraction(text);
  const offset = zoneAt < 0 ? Number.NaN : offsetMinutes(text.slice(zoneAt));
  if (!hasShape(text, 0, SHAPE) || Number.isNaN(offset)) throw tufFaults.EXPIRES_INVALID({ text });
  const part = (from: number, to: number): number => Number(text.slice(from, to));
  const [month, day, hour, minute, second] = [part(5, 7), part(8, 10), part(11, 13), part(14, 16), part(17, 19)];
  const local = new Date(0);
  local.setUTCFullYear(part(0, 4), month - 1, day);
  local.setUTCHours(hour, minute, second, Math.floor(Number(`0${text.slice(SHAPE.length, zoneAt)}`) * 1000));
  const real = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!real) throw tufFaults.EXPIRES_INVALID({ text });
  return { text, at: new Date(local.getTime() - offset * 60_000) };
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Has `text` from `at` on a digit for every `0` of the shape, and its other characters as they are? */
function hasShape(text: string, at: number, shape: string): boolean {
  for (let i = 0; i < shape.length; i++) {
    const fits = shape[i] === '0' ? isDigit(text.charCodeAt(at + i)) : text[at + i] === shape[i];
    if (!fits) return false;
  }
  return true;
}

/** Where the zone begins, behind the seconds or behind one to nine digits of a fraction; -1 for another fraction. */
function endOfFraction(text: string): number {
  const start = SHAPE.length;
  if (text[start] !== '.') return start;
  let end = start + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  return end === start + 1 || end > start + 1 + MAX_FRACTION_DIGITS ? -1 : end;
}

/** Of `Z` or `+hh:mm`; NaN for anything else. */
function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  if (zone.length !== 6 || !(zone[0] === '-' || zone[0] === '+') || !hasShape(zone, 1, '00:00')) return Number.NaN;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** The form in which Go writes an instant in UTC: no trailing zeros in the fraction, `Z`. */
export function formatExpiry(at: Date): string {
  const iso = at.toISOString();
  return iso.replace(/\.?0*Z$/, 'Z');
}

/** The expiry at an instant, in the text that Go writes. */
export const expiryAt = (at: Date): Expiry => ({ text: formatExpiry(at), at });

/** Half a year: inside it the root is signed again on every publish (reference `nearExpiry`). */
export function isNearExpiry(expires: Date, at: Date): boolean {
  const limit = new Date(at);
  limit.setUTCMonth(limit.getUTCMonth() + 6);
  return expires < limit;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Go's layout `Mon Jan 2 15:04:05 MST 2006`, in the zone of the text. */
export function describeExpiry(expiry: Expiry): string {
  const zone = hasShape(expiry.text, 0, SHAPE) ? expiry.text.slice(endOfFraction(expiry.text)) : 'Z';
  const local = new Date(expiry.at.getTime() + offsetMinutes(zone) * 60_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  const name = zone === 'Z' ? 'UTC' : zone.replace(':', '');
  return `${DAYS[local.getUTCDay()]} ${MONTHS[local.getUTCMonth()]} ${local.getUTCDate()} ${clock} ${name} ${String(local.getUTCFullYear()).padStart(4, '0')}`;
}
