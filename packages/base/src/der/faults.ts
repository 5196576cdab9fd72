// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '../faults.ts';

interface At {
  /** Offset in the input that the reader was opened on. */
  readonly at: number;
}

const clause = 'ITU-T X.690 10, 11';

/** Every way in which bytes are not the DER that was asked for. */
export const derFaults = defineFaults('DER', {
  TRUNCATED: { category: 'malformed', say: (f: At) => `DER element at offset ${f.at} is cut off`, clause },
  TAG_UNEXPECTED: {
    category: 'malformed',
    say: (f: At & { expected: number; found: number }) =>
      f.found < 0
        ? `DER element with tag 0x${f.expected.toString(16)} is missing at offset ${f.at}`
        : `DER tag 0x${f.found.toString(16)} at offset ${f.at} where 0x${f.expected.toString(16)} was expected`,
    clause,
  },
  TAG_UNSUPPORTED: { category: 'malformed', say: (f: At) => `DER tag in high-number form at offset ${f.at}`, clause },
  LENGTH_INVALID: { category: 'malformed', say: (f: At) => `DER length at offset ${f.at} is indefinite, too long or not minimal`, clause },
  TRAILING_BYTES: { category: 'malformed', say: (f: At & { count: number }) => `${f.count} unexpected bytes at offset ${f.at}`, clause },
  BOOLEAN_INVALID: { category: 'malformed', say: (f: At) => `DER boolean at offset ${f.at} is neither 00 nor FF`, clause },
  INTEGER_INVALID: { category: 'malformed', say: (f: At) => `DER integer at offset ${f.at} is empty, not minimal or out of range`, clause },
  OID_INVALID: { category: 'malformed', say: (f: At) => `object identifier at offset ${f.at} is malformed`, clause },
  STRING_INVALID: { category: 'malformed', say: (f: At) => `string at offset ${f.at} holds characters outside its type`, clause },
  BIT_STRING_INVALID: { category: 'malformed', say: (f: At) => `bit string at offset ${f.at} has invalid unused bits`, clause },
  TIME_INVALID: { category: 'malformed', say: (f: At) => `time at offset ${f.at} is malformed`, clause },
  NULL_INVALID: { category: 'malformed', say: (f: At) => `DER null at offset ${f.at} is not empty`, clause },
  TOO_DEEP: { category: 'limit', say: (f: At & { max: number }) => `DER nests deeper than ${f.max} levels at offset ${f.at}` },
  TOO_MANY_ELEMENTS: { category: 'limit', say: (f: { max: number }) => `DER holds more than ${f.max} elements` },
  BER_INVALID: { category: 'malformed', say: (f: At & { what: string }) => `BER at offset ${f.at}: ${f.what}`, clause: 'ITU-T X.690 8' },
  BER_TOO_LARGE: { category: 'limit', say: (f: { max: number; size: number }) => `BER of ${f.size} bytes exceeds the bound of ${f.max}` },
});
