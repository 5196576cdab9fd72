// SPDX-License-Identifier: Apache-2.0
/** The `expires` field: Go's RFC 3339 with nanoseconds. The text is kept, because what was signed must come out again. */
import { tufFaults } from './faults.ts';

export interface Expiry {
  /** As it stands in the file. */
  readonly text: string;
  readonly at: Date;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Faults: `TUF_EXPIRES_INVALID`. */
export function parseExpiry(text: string): Expiry {
  const m = RFC3339.exec(text);
  if (m === null) throw tufFaults.EXPIRES_INVALID({ text });
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const offset = offsetMinutes(m[8] as string);
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, Math.floor(Number(`0.${m[7] ?? '0'}`) * 1000));
  const real = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!real || Number.isNaN(offset)) throw tufFaults.EXPIRES_INVALID({ text });
  return { text, at: new Date(local.getTime() - offset * 60_000) };
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0;
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
  const zone = RFC3339.exec(expiry.text)?.[8] ?? 'Z';
  const local = new Date(expiry.at.getTime() + offsetMinutes(zone) * 60_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  const name = zone === 'Z' ? 'UTC' : zone.replace(':', '');
  return `${DAYS[local.getUTCDay()]} ${MONTHS[local.getUTCMonth()]} ${local.getUTCDate()} ${clock} ${name} ${String(local.getUTCFullYear()).padStart(4, '0')}`;
}
