// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '../faults.ts';

/** The faults with codes `CBOR_…`. */
export const cborFaults = defineFaults('CBOR', {
  EMPTY: { category: 'malformed', say: () => 'EOF', meaning: 'There are no bytes to decode.', clause: 'RFC 8949 3' },
  TRUNCATED: { category: 'malformed', say: (_: { offset: number }) => 'unexpected EOF', clause: 'RFC 8949 3' },
  SYNTAX: { category: 'malformed', say: (f: { problem: string; offset: number }) => `cbor: ${f.problem}`, clause: 'RFC 8949 3' },
  TRAILING: {
    category: 'malformed',
    say: (f: { count: number; offset: number }) => `cbor: ${f.count} bytes of extraneous data starting at index ${f.offset}`,
    meaning: 'Bytes follow the data item. Two readers could disagree about what the document says.',
    clause: 'RFC 8949 5.1',
  },
  INDEFINITE: {
    category: 'malformed',
    say: (f: { type: string; offset: number }) => `cbor: indefinite-length ${f.type} isn't allowed`,
    clause: 'RFC 8949 3.2',
  },
  DUPLICATE_KEY: {
    category: 'malformed',
    say: (f: { key: string; index: number }) => `cbor: found duplicate map key "${f.key}" at map element index ${f.index}`,
    meaning: 'A map names an entry twice. Two readers could disagree about which one counts.',
    clause: 'RFC 8949 5.6',
  },
  KEY_TYPE: {
    category: 'malformed',
    say: (f: { type: string; offset: number }) => `cbor: invalid map key type: ${f.type}`,
    clause: 'RFC 8949 3.1',
  },
  UTF8_INVALID: { category: 'malformed', say: (_: { offset: number }) => 'cbor: invalid UTF-8 string', clause: 'RFC 8949 3.1' },
  TAG_REFUSED: { category: 'malformed', say: (_: { offset: number }) => "cbor: CBOR tag isn't allowed", clause: 'RFC 8949 3.4' },
  TAG_CONTENT: {
    category: 'malformed',
    say: (f: { tag: number; expected: string; got: string; offset: number }) =>
      `cbor: tag number ${f.tag} must be followed by ${f.expected}, got ${f.got}`,
    clause: 'RFC 8949 3.4',
  },
  TOO_DEEP: { category: 'limit', say: (f: { maxDepth: number }) => `cbor: exceeded max nested level ${f.maxDepth}` },
  TOO_MANY_ITEMS: {
    category: 'limit',
    say: (f: { maxItems: number; type: 'array' | 'map' }) =>
      `cbor: exceeded max number of ${f.type === 'array' ? 'elements' : 'key-value pairs'} ${f.maxItems} for CBOR ${f.type}`,
  },
  TOO_MANY_IN_TOTAL: {
    category: 'limit',
    say: (f: { maxTotalItems: number }) => `cbor: more than ${f.maxTotalItems} data items`,
    meaning: 'Many tiny items take far more memory than bytes: their number is bounded beside the size.',
  },
  TOO_LARGE: {
    category: 'limit',
    say: (f: { maxBytes: number; size: number }) => `cbor: ${f.size} bytes exceed the limit of ${f.maxBytes}`,
  },
  UNENCODABLE: { category: 'usage', say: (f: { what: string }) => `cbor: unsupported value: ${f.what}` },
});
