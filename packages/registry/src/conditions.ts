// SPDX-License-Identifier: Apache-2.0
/** Conditional requests and ranges (RFC 9110 13 and 14), as far as immutable content needs them. */
import { faults } from './faults.ts';
import type { ByteRange } from './store.ts';

/** The entity tag of content: its digest, which is what makes it strong. */
export const etagOf = (digest: string): string => `"${digest}"`;

/** Does a list of entity tags hold this one? Weak tags compare equal to strong ones here (RFC 9110 8.8.3.2), content being immutable. */
export function matchesEtag(header: string, etag: string | undefined): boolean {
  if (header.trim() === '*') return etag !== undefined;
  if (etag === undefined) return false;
  return header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}

/**
 * The one range asked for; `undefined` means the whole (no range, another unit, several ranges, bad syntax: RFC 9110 14.2 lets a server
 * ignore these). Faults: `REGISTRY_RANGE_UNSATISFIABLE`.
 */
export function parseRange(header: string | null, size: number): ByteRange | undefined {
  if (header === null) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.replace(/\s/g, ''));
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw faults.RANGE_UNSATISFIABLE({ size });
    return { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  // RFC 9110 makes an inverted range invalid and lets servers ignore it; clients are better served by hearing of it.
  if (start >= size || (last !== '' && Number(last) < start)) throw faults.RANGE_UNSATISFIABLE({ size });
  return { start, end };
}

/** `start-end` of a chunk, without a unit (distribution-spec, "Pushing a blob in chunks"); `bytes ` in front is tolerated. */
export function parseContentRange(header: string): ByteRange | undefined {
  const match = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d{1,15}|\*))?$/.exec(header.trim());
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]);
  return end < start ? undefined : { start, end };
}
