// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { type CborInput, type CborValue, decodeCbor, encodeCbor } from '../../src/cbor/index.ts';
import { equalBytes } from '../../src/index.ts';

export const seeds = [
  encodeCbor(
    new Map<CborValue, CborInput>([
      [1, [-7, 'text', toUtf8('bytes')]],
      ['a', new Map([[2, true]])],
      [-1, 2 ** 40],
    ]),
  ),
];

/** Any bytes either are a fault or a value whose deterministic form is a fixed point. */
export function fuzz(bytes: Uint8Array): void {
  const once = encodeCbor(decodeCbor(bytes));
  if (!equalBytes(encodeCbor(decodeCbor(once)), once)) throw new Error('a value changed by writing and reading it');
}
