// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { berToDer, DerReader, TAG } from '@notary/base/der';
import { vector } from '../crypto/vectors.ts';

export const seeds = [vector('certs/root-rsa.der'), vector('p12/legacy.p12'), Uint8Array.of(0x30, 0x80, 0x24, 0x80, 4, 1, 1, 0, 0, 0, 0)];

function walk(reader: DerReader): void {
  while (!reader.done) {
    const tag = reader.peek();
    if ((tag & 0x20) !== 0) walk(reader.enter(tag));
    else if (tag === TAG.INTEGER) reader.integer();
    else if (tag === TAG.OID) reader.oid();
    else if (tag === TAG.BIT_STRING) reader.bitString();
    else if (tag === TAG.UTC_TIME || tag === TAG.GENERALIZED_TIME) reader.time('go');
    else if (tag === TAG.BOOLEAN) reader.boolean();
    else if (tag >= TAG.UTF8_STRING && tag <= TAG.BMP_STRING) reader.string();
    else reader.element();
  }
}

/** DER of any shape, and BER whose conversion must be DER that converts to itself. */
export function fuzz(bytes: Uint8Array): void {
  try {
    walk(DerReader.over(bytes));
  } catch (e) {
    if (!isFault(e)) throw e;
  }
  let der: Uint8Array;
  try {
    der = berToDer(bytes);
  } catch (e) {
    if (!isFault(e)) throw e;
    return;
  }
  const again = berToDer(der);
  if (again.length !== der.length || again.some((b, i) => b !== der[i])) throw new Error('the conversion of BER is not stable');
  DerReader.over(der).element();
}
