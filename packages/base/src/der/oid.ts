// SPDX-License-Identifier: Apache-2.0
/** Object identifiers between their content octets and dotted text. */
import { MAX_OID_BYTES } from '../limits.ts';
import { derFaults } from './faults.ts';

/** Dotted text of `bytes[start, end)`, or `undefined` if those octets are no object identifier. */
export function decodeOid(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end <= start || end - start > MAX_OID_BYTES || ((bytes[end - 1] as number) & 0x80) !== 0) return undefined;
  let text = '';
  let arc = 0;
  let big: bigint | undefined;
  let fresh = true;
  for (let i = start; i < end; i++) {
    const b = bytes[i] as number;
    if (fresh && b === 0x80) return undefined; // not the shortest form
    fresh = false;
    if (big === undefined && arc >= 2 ** 45) big = BigInt(arc);
    if (big === undefined) arc = arc * 128 + (b & 0x7f);
    else big = (big << 7n) | BigInt(b & 0x7f);
    if ((b & 0x80) !== 0) continue;
    if (text !== '') text += big === undefined ? `.${arc}` : `.${big}`;
    else if (big !== undefined) text = `2.${big - 80n}`;
    else text = arc < 80 ? `${arc < 40 ? 0 : 1}.${arc % 40}` : `2.${arc - 80}`;
    arc = 0;
    big = undefined;
    fresh = true;
  }
  return text;
}

/** Content octets of a dotted object identifier. */
export function encodeOidContent(oid: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9][0-9]{0,48}))+$/.test(oid)) throw derFaults.OID_INVALID({ at: 0 });
  const arcs = oid.split('.').map(BigInt);
  const [first, second, ...rest] = arcs as [bigint, bigint, ...bigint[]];
  if (first < 2n && second > 39n) throw derFaults.OID_INVALID({ at: 0 });
  const out: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 127n)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(left & 127n) | 0x80);
    out.push(...groups);
  }
  return Uint8Array.from(out);
}
