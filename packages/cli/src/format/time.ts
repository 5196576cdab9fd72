// SPDX-License-Identifier: Apache-2.0
/** Instants in the layouts that Go programs print. All are pure: the zone is an argument. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A zone as Go prints it: its offset and, where known, its name. */
export interface Zone {
  readonly offsetMinutes: number;
  /** For Go's default format: `UTC`, `CET`; numeric when absent. */
  readonly name?: string;
}

/** The zone of the libraries; the command line gives the machine's. */
export const UTC: Zone = { offsetMinutes: 0, name: 'UTC' };

const two = (n: number): string => String(n).padStart(2, '0');

interface Parts {
  readonly year: string;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly clock: string;
  readonly fraction: string;
}

function partsOf(at: Date, zone: Zone): Parts {
  const local = new Date(at.getTime() + zone.offsetMinutes * 60_000);
  return {
    year: String(local.getUTCFullYear()).padStart(4, '0'),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    clock: `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`,
    fraction: String(local.getUTCMilliseconds()).padStart(3, '0').replace(/0+$/, ''),
  };
}

function offset(zone: Zone, colon: ':' | ''): string {
  const minutes = Math.abs(zone.offsetMinutes);
  return `${zone.offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`;
}

const dateOf = (p: Parts): string => `${p.year}-${two(p.month + 1)}-${two(p.day)}`;
const rfc3339Zone = (zone: Zone): string => (zone.offsetMinutes === 0 ? 'Z' : offset(zone, ':'));

/** `2023-05-10T03:03:58Z`, whole seconds. */
export function formatRfc3339(at: Date, zone: Zone = UTC): string {
  const p = partsOf(at, zone);
  return `${dateOf(p)}T${p.clock}${rfc3339Zone(zone)}`;
}

/** As RFC 3339, with as many fraction digits as needed (to milliseconds, which is what a `Date` holds). */
export function formatRfc3339Nano(at: Date, zone: Zone = UTC): string {
  const p = partsOf(at, zone);
  return `${dateOf(p)}T${p.clock}${p.fraction === '' ? '' : `.${p.fraction}`}${rfc3339Zone(zone)}`;
}

/** `Wed May 10 03:03:58 2023`; the day is padded with a blank. */
export function formatAnsiC(at: Date, zone: Zone = UTC): string {
  const p = partsOf(at, zone);
  return `${DAYS[p.weekday]} ${MONTHS[p.month]} ${String(p.day).padStart(2, ' ')} ${p.clock} ${p.year}`;
}

/** `Wed, 10 May 2023 03:03:58 +0000`. */
export function formatRfc1123Z(at: Date, zone: Zone = UTC): string {
  const p = partsOf(at, zone);
  return `${DAYS[p.weekday]}, ${two(p.day)} ${MONTHS[p.month]} ${p.year} ${p.clock} ${offset(zone, '')}`;
}

/** Go's `Time.String`: `2023-05-10 03:03:58 +0000 UTC`. */
export function formatGoTime(at: Date, zone: Zone = UTC): string {
  const p = partsOf(at, zone);
  return `${dateOf(p)} ${p.clock}${p.fraction === '' ? '' : `.${p.fraction}`} ${offset(zone, '')} ${zone.name ?? offset(zone, '')}`;
}

/** The offset that an RFC 3339 text names, so that an instant can be shown as it was written. `undefined` if there is none. */
export function zoneOfRfc3339(text: string): Zone | undefined {
  const match = /(?:([zZ])|([+-])([0-9]{2}):([0-9]{2}))$/.exec(text);
  if (match === null) return undefined;
  if (match[1] !== undefined) return UTC;
  const minutes = Number(match[3]) * 60 + Number(match[4]);
  return { offsetMinutes: match[2] === '-' ? -minutes : minutes };
}
