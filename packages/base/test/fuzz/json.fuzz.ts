// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../../src/index.ts';
import { encodeGoJson, parseJsonStrict } from '../../src/json/index.ts';

/** Any bytes either are a fault or a value that survives being written and read again. */
export function fuzz(bytes: Uint8Array): void {
  try {
    const text = encodeGoJson(parseJsonStrict(bytes));
    if (encodeGoJson(parseJsonStrict(text)) !== text) throw new Error('a value changed by writing and reading it');
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
  }
}
