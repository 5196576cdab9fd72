// SPDX-License-Identifier: Apache-2.0
/** JSON of staged changes. Publishers stage thousands, nearly all of them written by a client: those need no strict parser. */
import { fromUtf8, isFault } from '@notary/base';
import { type JsonValue, parseJsonStrict } from '@notary/base/json';
import { MAX_CHANGE_BYTES } from './limits.ts';

/** As the strict parser reads it; where the runtime's encoder gives the very text again, both agree. Faults: `JSON_…`. */
export function parseChangeJson(bytes: Uint8Array): JsonValue {
  return parsePlain(bytes) ?? parseJsonStrict(bytes, { maxBytes: MAX_CHANGE_BYTES, duplicates: 'last' });
}

function parsePlain(bytes: Uint8Array): JsonValue | undefined {
  if (bytes.length > MAX_CHANGE_BYTES) return undefined;
  try {
    const text = fromUtf8(bytes);
    // Escapes are the strict parser's: a lone surrogate, say, is one, and comes out as it went in.
    if (text.includes('\\')) return undefined;
    const value = JSON.parse(text) as JsonValue;
    return JSON.stringify(value) === text ? value : undefined;
  } catch (e) {
    if (isFault(e) || e instanceof SyntaxError || e instanceof RangeError) return undefined; // the strict parser says what is wrong
    throw e;
  }
}
