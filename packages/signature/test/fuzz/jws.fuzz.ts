// SPDX-License-Identifier: Apache-2.0
import { Fault } from '@notary/base';
import { parseJws } from '../../src/jws/index.ts';

/** Any bytes either are a fault or an envelope whose headers, times and certificates were judged. */
export function fuzz(bytes: Uint8Array): void {
  try {
    parseJws(bytes);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
  }
}
