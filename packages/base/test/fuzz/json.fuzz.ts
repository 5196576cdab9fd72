// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { encodeGoJson, parseJsonStrict } from '../../src/json/index.ts';

export const seeds = ['{"a":[1,-2.5e3,true,null,{"b":"\\u00e9\\ud83d\\ude00<&>"}],"":{}}', ' [ "x\\n", 1E-7 , 9007199254740993 ] '].map(
  toUtf8,
);

/** Any bytes either are a fault or a value that survives being written and read again. */
export function fuzz(bytes: Uint8Array): void {
  const text = encodeGoJson(parseJsonStrict(bytes));
  if (encodeGoJson(parseJsonStrict(text)) !== text) throw new Error('a value changed by writing and reading it');
}
