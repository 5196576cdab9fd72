// SPDX-License-Identifier: Apache-2.0
import { decode as cbor2Decode } from 'cbor2';
import { decode as cborgDecode, encode as cborgEncode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborFloat, type CborMap, CborSimple, CborTag, type CborValue, decodeCbor, encodeCbor } from '../../src/cbor/index.ts';
import { Fault, fromHex, toHex } from '../../src/index.ts';

function outcome(hex: string, options = {}): string {
  try {
    decodeCbor(fromHex(hex.replaceAll(' ', '')), options);
    return 'ok';
  } catch (e) {
    if (e instanceof Fault) return e.code;
    throw e;
  }
}

/** RFC 8949, appendix A. */
const EXAMPLES: readonly [string, CborValue][] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 18446744073709551615n],
  ['3bffffffffffffffff', -18446744073709551616n],
  ['20', -1],
  ['3903e7', -1000],
  ['f90000', new CborFloat(0)],
  ['f98000', new CborFloat(-0)],
  ['f93c00', new CborFloat(1)],
  ['fb3ff199999999999a', new CborFloat(1.1)],
  ['f97bff', new CborFloat(65504)],
  ['fa47c35000', new CborFloat(100000)],
  ['fa7f7fffff', new CborFloat(3.4028234663852886e38)],
  ['fb7e37e43c8800759c', new CborFloat(1e300)],
  ['f90001', new CborFloat(2 ** -24)],
  ['f90400', new CborFloat(0.00006103515625)],
  ['f9c400', new CborFloat(-4)],
  ['f97c00', new CborFloat(Number.POSITIVE_INFINITY)],
  ['f97e00', new CborFloat(Number.NaN)],
  ['f4', false],
  ['f6', null],
  ['f7', undefined],
  ['f0', new CborSimple(16)],
  ['f8ff', new CborSimple(255)],
  ['c11a514b67b0', new CborTag(1, 1363896240)],
  ['d818456449455446', new CborTag(24, fromHex('6449455446'))],
  ['40', new Uint8Array()],
  ['6449455446', 'IETF'],
  ['62c3bc', '\u00fc'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<CborValue, CborValue>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
];

describe('decodeCbor and encodeCbor', () => {
  for (const [hex, value] of EXAMPLES) {
    it(`RFC 8949 appendix A: ${hex}`, () => {
      expect(decodeCbor(fromHex(hex))).toEqual(value);
      expect(toHex(encodeCbor(value))).toBe(hex);
    });
  }

  it('reads integers and lengths that are longer than they must be, as Go does', () => {
    expect(decodeCbor(fromHex('1b0000000000000001'))).toBe(1);
    expect(decodeCbor(fromHex('3800'))).toBe(-1);
    expect(decodeCbor(fromHex('b900017a00000001611900ff'))).toEqual(new Map([['a', 255]]));
  });

  it('keeps integers beyond 53 bits exact', () => {
    expect(decodeCbor(fromHex('1b001fffffffffffff'))).toBe(Number.MAX_SAFE_INTEGER);
    expect(decodeCbor(fromHex('1b0020000000000000'))).toBe(2n ** 53n);
    expect(decodeCbor(fromHex('3b001ffffffffffffe'))).toBe(-Number.MAX_SAFE_INTEGER);
    expect(decodeCbor(fromHex('3b001fffffffffffff'))).toBe(-(2n ** 53n));
  });

  const refusals: readonly [string, string, string][] = [
    ['', 'CBOR_EMPTY', 'nothing'],
    ['19', 'CBOR_TRUNCATED', 'half a head'],
    ['4401', 'CBOR_TRUNCATED', 'half a byte string'],
    ['5bffffffffffffffff', 'CBOR_TRUNCATED', 'an endless byte string'],
    ['8201', 'CBOR_TRUNCATED', 'half an array'],
    ['a101', 'CBOR_TRUNCATED', 'half a map'],
    ['c1', 'CBOR_TRUNCATED', 'a tag on nothing'],
    ['0000', 'CBOR_TRAILING', 'two items'],
    ['5f4100ff', 'CBOR_INDEFINITE', 'a byte string in pieces'],
    ['7f6161ff', 'CBOR_INDEFINITE', 'a text in pieces'],
    ['9fff', 'CBOR_INDEFINITE', 'an array without length'],
    ['bfff', 'CBOR_INDEFINITE', 'a map without length'],
    ['ff', 'CBOR_SYNTAX', 'a break outside'],
    ['1f', 'CBOR_SYNTAX', 'an integer without length'],
    ['1c', 'CBOR_SYNTAX', 'reserved additional information'],
    ['f818', 'CBOR_SYNTAX', 'a simple value in two bytes that fits one'],
    ['61ff', 'CBOR_UTF8_INVALID', 'a text that is not UTF-8'],
    ['63eda080', 'CBOR_UTF8_INVALID', 'a surrogate'],
    ['a201010102', 'CBOR_DUPLICATE_KEY', 'a key twice'],
    ['a20101180102', 'CBOR_DUPLICATE_KEY', 'a key twice in two widths'],
    ['a2610101610102', 'CBOR_DUPLICATE_KEY', 'a text key twice'],
    ['a2410101410102', 'CBOR_DUPLICATE_KEY', 'a byte string key twice'],
    ['a2f93c0001fa3f80000002', 'CBOR_DUPLICATE_KEY', 'a float key twice'],
    ['a18001', 'CBOR_KEY_TYPE', 'an array as key'],
    ['c16161', 'CBOR_TAG_CONTENT', 'an epoch time that is text'],
    ['c001', 'CBOR_TAG_CONTENT', 'a time text that is a number'],
    ['c201', 'CBOR_TAG_CONTENT', 'a large integer that is no byte string'],
    ['9a00ffffff', 'CBOR_TOO_MANY_ITEMS', 'a huge array'],
    ['ba00ffffff', 'CBOR_TOO_MANY_ITEMS', 'a huge map'],
    [`${'81'.repeat(33)}00`, 'CBOR_TOO_DEEP', 'arrays in arrays'],
    [`${'d8ff'.repeat(40)}00`, 'CBOR_TOO_DEEP', 'tags on tags'],
    ['81'.repeat(100_000), 'CBOR_TOO_DEEP', 'endless arrays'],
  ];
  for (const [hex, code, what] of refusals) it(`refuses ${what}`, () => expect(outcome(hex)).toBe(code));

  it('bounds bytes, and refuses tags where asked', () => {
    expect(outcome('4401020304', { maxBytes: 4 })).toBe('CBOR_TOO_LARGE');
    expect(outcome('c100', { tags: 'refuse' })).toBe('CBOR_TAG_REFUSED');
    expect(outcome(`${'81'.repeat(32)}00`)).toBe('ok');
  });

  it('tells an integer key from a float key and a text key', () => {
    const map = decodeCbor(fromHex('a3 01 00 f93c00 00 6131 00'.replaceAll(' ', ''))) as CborMap;
    expect(map.size).toBe(3);
  });

  it('refuses to write what has no one form', () => {
    for (const value of [1.5, 2 ** 60, 2n ** 64n, '\ud800', new CborSimple(24), {} as CborValue, (() => 1) as unknown as CborValue]) {
      expect(() => encodeCbor(value)).toThrow(expect.objectContaining({ code: 'CBOR_UNENCODABLE' }));
    }
    expect(() =>
      encodeCbor(
        new Map([
          [Uint8Array.of(1), 1],
          [Uint8Array.of(1), 2],
        ]),
      ),
    ).toThrow(Fault);
  });
});

/** Values that all three implementations share. */
const { value: shared } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 40 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

describe('other implementations', () => {
  it('cborg writes the same bytes and reads the same values', () => {
    fc.assert(
      fc.property(shared, (value) => {
        const ours = encodeCbor(value as CborValue);
        expect(toHex(ours)).toBe(toHex(cborgEncode(value, rfc8949EncodeOptions)));
        expect(decodeCbor(ours)).toEqual(cborgDecode(ours, { useMaps: true, strict: true, rejectDuplicateMapKeys: true }));
        expect(decodeCbor(ours)).toEqual(value);
      }),
    );
  });

  it('nothing is accepted that cbor2 or cborg refuses for more than its taste', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
        let value: CborValue;
        try {
          value = decodeCbor(bytes);
        } catch (e) {
          if (e instanceof Fault) return;
          throw e;
        }
        // What was accepted is one value: writing it deterministically and reading it again changes nothing.
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
        if (!hasTagsOrSimple(value)) expect(() => cbor2Decode(bytes)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });
});

function hasTagsOrSimple(value: CborValue): boolean {
  if (value instanceof CborTag || value instanceof CborSimple) return true;
  if (Array.isArray(value)) return value.some(hasTagsOrSimple);
  return value instanceof Map && [...value].some(([k, v]) => hasTagsOrSimple(k) || hasTagsOrSimple(v));
}

it('counts the items of the whole input, keys included', () => {
  const bytes = Uint8Array.of(0x82, 0x01, 0xa1, 0x02, 0x03);
  expect(decodeCbor(bytes, { maxTotalItems: 5 })).toEqual([1, new Map([[2, 3]])]);
  expect(() => decodeCbor(bytes, { maxTotalItems: 4 })).toThrow(expect.objectContaining({ code: 'CBOR_TOO_MANY_IN_TOTAL' }));
});
