// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { berToDer, DerReader } from '@notary/base/der';
import { vector } from '../crypto/vectors.ts';
import { walkDer } from '../der/walk.ts';

export const seeds = [vector('certs/root-rsa.der'), vector('p12/legacy.p12'), Uint8Array.of(0x30, 0x80, 0x24, 0x80, 4, 1, 1, 0, 0, 0, 0)];

/** DER of any shape, and BER whose conversion must be DER that converts to itself. */
export function fuzz(bytes: Uint8Array): void {
  try {
    walkDer(DerReader.over(bytes));
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
