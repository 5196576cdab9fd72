// SPDX-License-Identifier: Apache-2.0
/** UTCTime and GeneralizedTime. */

/** `zulu`: DER as RFC 5280 wants it. `go`: also zone offsets and, in UTCTime, missing seconds, as Go's crypto/x509 reads them. */
export type TimeForm = 'zulu' | 'go';

function digits(bytes: Uint8Array, at: number, count: number): number {
  let n = 0;
  for (let i = at; i < at + count; i++) {
    const d = (bytes[i] ?? 0) - 48;
    if (d < 0 || d > 9) return Number.NaN;
    n = n * 10 + d;
  }
  return n;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Milliseconds since 1970 of a civil time; NaN if there is no such day or hour. Leap seconds do not exist in DER profiles. */
function civil(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  if (!(day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Offset in milliseconds of `Z` or `+hhmm`; NaN for anything else. A zero offset must be written `Z`. */
function zone(bytes: Uint8Array, at: number, form: TimeForm): number {
  const sign = bytes[at];
  if (sign === 0x5a && bytes.length === at + 1) return 0;
  if (form === 'zulu' || bytes.length !== at + 5 || (sign !== 0x2b && sign !== 0x2d)) return Number.NaN;
  const hours = digits(bytes, at + 1, 2);
  const minutes = digits(bytes, at + 3, 2);
  if (!(hours <= 24 && minutes < 60) || hours + minutes === 0) return Number.NaN;
  return (sign === 0x2b ? 1 : -1) * (hours * 60 + minutes) * 60_000;
}

/** Content of a UTCTime as milliseconds since 1970; NaN if malformed. Years 50 to 99 are of the 20th century. */
export function utcTime(bytes: Uint8Array, form: TimeForm): number {
  const yy = digits(bytes, 0, 2);
  let at = 12;
  let seconds = digits(bytes, 10, 2);
  if (Number.isNaN(seconds) && form === 'go') {
    at = 10;
    seconds = 0;
  }
  const local = civil(
    yy < 50 ? 2000 + yy : 1900 + yy,
    digits(bytes, 2, 2),
    digits(bytes, 4, 2),
    digits(bytes, 6, 2),
    digits(bytes, 8, 2),
    seconds,
  );
  return local - zone(bytes, at, form);
}

/** Content of a GeneralizedTime without a fraction as milliseconds since 1970; NaN if malformed. */
export function generalizedTime(bytes: Uint8Array, form: TimeForm): number {
  const local = civil(
    digits(bytes, 0, 4),
    digits(bytes, 4, 2),
    digits(bytes, 6, 2),
    digits(bytes, 8, 2),
    digits(bytes, 10, 2),
    digits(bytes, 12, 2),
  );
  return local - zone(bytes, 14, form);
}
