// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '../faults.ts';

/** The faults with codes `JSON_…`. */
export const jsonFaults = defineFaults('JSON', {
  SYNTAX: {
    category: 'malformed',
    say: (f: { problem: string; offset: number }) => f.problem,
    clause: 'RFC 8259 2',
  },
  TRAILING: {
    category: 'malformed',
    say: (f: { problem: string; offset: number }) => f.problem,
    meaning: 'Bytes follow the JSON value. Two readers could disagree about what the document says.',
    clause: 'RFC 8259 2',
  },
  DUPLICATE_KEY: {
    category: 'malformed',
    say: (f: { key: string; offset: number }) => `repeated key: ${JSON.stringify(f.key.slice(0, 200))} exists.`,
    meaning: 'An object names a member twice. Two readers could disagree about which one counts.',
    clause: 'RFC 8259 4',
  },
  UTF8_INVALID: { category: 'malformed', say: () => 'JSON text is not valid UTF-8', clause: 'RFC 8259 8.1' },
  SURROGATE: {
    category: 'malformed',
    say: (f: { offset: number }) => `JSON string at offset ${f.offset} holds half of a surrogate pair`,
    clause: 'RFC 8259 8.2',
  },
  NUMBER_RANGE: {
    category: 'malformed',
    say: (f: { text: string; offset: number }) => `cannot unmarshal number ${f.text} into a 64-bit floating point number`,
    clause: 'RFC 8259 6',
  },
  TOO_DEEP: { category: 'limit', say: (_: { maxDepth: number }) => 'exceeded max depth' },
  TOO_LARGE: {
    category: 'limit',
    say: (f: { maxBytes: number; size: number }) => `JSON text of ${f.size} bytes exceeds the limit of ${f.maxBytes}`,
  },
  TOO_MANY_VALUES: {
    category: 'limit',
    say: (f: { maxValues: number }) => `JSON text holds more than ${f.maxValues} values`,
    meaning: 'Many tiny values take far more memory than bytes: their number is bounded beside the size.',
  },
  UNENCODABLE: { category: 'usage', say: (f: { what: string }) => `json: unsupported value: ${f.what}` },
});
