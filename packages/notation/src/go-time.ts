// SPDX-License-Identifier: Apache-2.0
/** Times inside messages, in the layouts of the Go tools. */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

/** RFC 1123 with numeric zone: `Tue, 27 Jun 2023 06:10:00 +0000`. `offsetMinutes` is the zone to show, east positive. */
export function formatRfc1123Z(at: Date, offsetMinutes = 0): string {
  const local = new Date(at.getTime() + offsetMinutes * 60_000);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const zone = Math.abs(offsetMinutes);
  const date = `${days[local.getUTCDay()]}, ${two(local.getUTCDate())} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  return `${date} ${time} ${sign}${two(Math.floor(zone / 60))}${two(zone % 60)}`;
}

/** Whole seconds in UTC: `2023-06-27T06:10:00Z`. */
export const formatRfc3339Utc = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** Minutes east of UTC that an RFC 3339 text names at its end: 0 for `Z`, for none and for what is no offset. */
export function offsetOf(text: string | undefined): number {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text ?? '');
  if (found === null) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
}
