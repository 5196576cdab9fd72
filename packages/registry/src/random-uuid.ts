// SPDX-License-Identifier: Apache-2.0
import { type Random, toHex } from '@notary/base';

/** A random identifier in the form of RFC 9562, version 4: what clients expect in an upload's address. */
export function randomUuid(random: Random): string {
  const b = random.bytes(16);
  b[6] = ((b[6] as number) & 0x0f) | 0x40;
  b[8] = ((b[8] as number) & 0x3f) | 0x80;
  const h = toHex(b);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
