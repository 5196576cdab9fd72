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
  const parts = oid.split('.');
  const root = parts[0] as string;
  let valid = parts.length >= 2 && (root === '0' || root === '1' || root === '2');
  for (const part of parts) valid &&= isArc(part);
  if (!valid || (root !== '2' && Number(parts[1]) > 39)) throw derFaults.OID_INVALID({ at: 0 });
  const out: number[] = [];
  if (root === '2') pushArc(out, BigInt(parts[1] as string) + 80n);
  else out.push(Number(root) * 40 + Number(parts[1]));
  for (let i = 2; i < parts.length; i++) pushArc(out, arcOf(parts[i] as string));
  return new Uint8Array(out);
}

const MAX_ARC_DIGITS = 49;
/** More digits than this may not fit a number exactly. */
const MAX_NUMBER_DIGITS = 15;

/** Digits without a leading zero. Neither a pattern nor big integers where they are not needed: commands that sign name a curve once. */
function isArc(text: string): boolean {
  if (text.length === 0 || text.length > MAX_ARC_DIGITS || (text.length > 1 && text[0] === '0')) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x30 || text.charCodeAt(i) > 0x39) return false;
  return true;
}

const arcOf = (text: string): number | bigint => (text.length <= MAX_NUMBER_DIGITS ? Number(text) : BigInt(text));

/** Groups of 7 bits, the highest first; all but the last are marked. */
function pushArc(out: number[], arc: number | bigint): void {
  const groups: number[] = [];
  let left = arc;
  while (typeof left === 'bigint' && left > 0xffff_ffff_ffffn) {
    groups.push(Number(left & 127n));
    left >>= 7n;
  }
  let rest = Number(left);
  do {
    groups.push(rest % 128);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  for (let i = groups.length - 1; i > 0; i--) out.push((groups[i] as number) | 0x80);
  out.push(groups[0] as number);
}
