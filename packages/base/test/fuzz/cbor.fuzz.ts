// SPDX-License-Identifier: Apache-2.0
import { decodeCbor, encodeCbor } from '../../src/cbor/index.ts';
import { equalBytes, Fault } from '../../src/index.ts';

/** Any bytes either are a fault or a value whose deterministic form is a fixed point. */
export function fuzz(bytes: Uint8Array): void {
  try {
    const once = encodeCbor(decodeCbor(bytes));
    if (!equalBytes(encodeCbor(decodeCbor(once)), once)) throw new Error('a value changed by writing and reading it');
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
  }
}
