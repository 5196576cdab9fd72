// SPDX-License-Identifier: Apache-2.0
/** GeneralizedTime with a fraction, in nanoseconds since 1970, as RFC 3161 2.4.2 writes it. */

import { isFault, toUtf8 } from '@notary/base';
import { DerReader, derElement, TAG } from '@notary/base/der';

/** Content octets of a genTime; `undefined` if malformed. Up to nine decimals without trailing zeros, zone `Z` or an offset. */
export function parseGenTime(content: Uint8Array): bigint | undefined {
  const text = String.fromCharCode(...content.subarray(0, 40));
  const parts = /^(\d{14})(?:\.(\d{1,9}))?(Z|[+-]\d{4})$/.exec(text);
  const [, whole, fraction = '', zone] = parts ?? [];
  if (whole === undefined || zone === undefined || fraction.endsWith('0')) return undefined;
  try {
    const seconds = DerReader.over(derElement(TAG.GENERALIZED_TIME, toUtf8(whole + zone))).time('go');
    return BigInt(seconds.getTime()) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  } catch (e) {
    if (isFault(e)) return undefined; // the caller names the field
    throw e;
  }
}

/** RFC 3339 in UTC with as many decimals as are not zero (Go's RFC3339Nano). */
export function formatNanoseconds(ns: bigint): string {
  const second = 1_000_000_000n;
  const fraction = ((ns % second) + second) % second;
  const whole = new Date(Number((ns - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  const decimals = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${whole}${decimals}Z`;
}
