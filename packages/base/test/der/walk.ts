// SPDX-License-Identifier: Apache-2.0
import { type DerReader, TAG } from '@notary/base/der';

/** Reads everything, each element as what its tag says. */
export function walkDer(reader: DerReader): void {
  while (!reader.done) {
    const tag = reader.peek();
    if ((tag & 0x20) !== 0) walkDer(reader.enter(tag));
    else if (tag === TAG.INTEGER) reader.integer();
    else if (tag === TAG.OID) reader.oid();
    else if (tag === TAG.BIT_STRING) reader.bitString();
    else if (tag === TAG.UTC_TIME || tag === TAG.GENERALIZED_TIME) reader.time('go');
    else if (tag === TAG.BOOLEAN) reader.boolean();
    else if (tag >= TAG.UTF8_STRING && tag <= TAG.BMP_STRING) reader.string();
    else reader.element();
  }
}
