// SPDX-License-Identifier: Apache-2.0
import { Fault, fromHex, toHex } from '@notary/base';
import { type DerLimits, DerReader, derFaults, readDer, TAG } from '@notary/base/der';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkDer } from './walk.ts';

const over = (hex: string, limits?: DerLimits): DerReader => DerReader.over(fromHex(hex.replaceAll(' ', '')), limits);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    return e instanceof Fault ? e.code : `not a fault: ${e}`;
  }
  return 'nothing';
};

describe('lengths and tags', () => {
  const cases: [what: string, hex: string, code: string][] = [
    ['nothing at all', '', 'DER_TRUNCATED'],
    ['a tag alone', '04', 'DER_TRUNCATED'],
    ['content cut off', '0402ff', 'DER_TRUNCATED'],
    ['long length cut off', '0482ff', 'DER_TRUNCATED'],
    ['indefinite length', '308000 00', 'DER_LENGTH_INVALID'],
    ['long form below 128', '04817f', 'DER_LENGTH_INVALID'],
    ['leading zero in the length', '04820080', 'DER_LENGTH_INVALID'],
    ['five length octets', '04850000000001ff', 'DER_LENGTH_INVALID'],
    ['reserved length ff', '04ff', 'DER_LENGTH_INVALID'],
    ['high tag number', '1f8101 00', 'DER_TAG_UNSUPPORTED'],
    ['length of 4 GiB', '0484ffffffff', 'DER_TRUNCATED'],
  ];
  it.each(cases)('refuses %s', (_, hex, code) => {
    expect(codeOf(() => over(hex).element())).toBe(code);
  });

  it('reads short and long lengths', () => {
    expect(over(`0481 80 ${'00'.repeat(128)}`).read(TAG.OCTET_STRING)).toHaveLength(128);
    expect(over(`0482 0100 ${'00'.repeat(256)}`).read(TAG.OCTET_STRING)).toHaveLength(256);
  });

  it('names the missing element and the one that is there', () => {
    expect(() => over('0500').read(TAG.OID)).toThrow('DER tag 0x5 at offset 0 where 0x6 was expected');
    expect(() => over('3000').sequence().oid()).toThrow('DER element with tag 0x6 is missing at offset 2');
    expect(codeOf(() => over('0500').read(TAG.OID))).toBe('DER_TAG_UNEXPECTED');
  });

  it('copies nothing', () => {
    const bytes = fromHex('0403010203');
    expect(DerReader.over(bytes).octets().buffer).toBe(bytes.buffer);
    expect(toHex(DerReader.over(bytes).raw())).toBe('0403010203');
  });

  it('refuses bytes behind the last element', () => {
    expect(codeOf(() => readDer(fromHex('050000'), (r) => r.null()))).toBe('DER_TRAILING_BYTES');
    expect(codeOf(() => over('3003050000').sequence().end())).toBe('DER_TRAILING_BYTES');
  });

  it('bounds depth and number of elements', () => {
    const nested = '30023000';
    expect(codeOf(() => over(nested, { maxDepth: 1 }).sequence().sequence())).toBe('DER_TOO_DEEP');
    const reader = over('050005000500', { maxElements: 2 });
    reader.null();
    reader.null();
    expect(codeOf(() => reader.null())).toBe('DER_TOO_MANY_ELEMENTS');
  });
});

describe('primitive types', () => {
  const refused: [what: string, hex: string, read: (r: DerReader) => unknown, code: string][] = [
    ['boolean 01', '010101', (r) => r.boolean(), 'DER_BOOLEAN_INVALID'],
    ['boolean of two octets', '0102ffff', (r) => r.boolean(), 'DER_BOOLEAN_INVALID'],
    ['empty integer', '0200', (r) => r.integer(), 'DER_INTEGER_INVALID'],
    ['integer 0001', '02020001', (r) => r.integer(), 'DER_INTEGER_INVALID'],
    ['integer ff80', '0202ff80', (r) => r.integer(), 'DER_INTEGER_INVALID'],
    ['negative where unsigned', '0201ff', (r) => r.unsigned(), 'DER_INTEGER_INVALID'],
    ['integer of 7 octets', '020701000000000000', (r) => r.unsigned(), 'DER_INTEGER_INVALID'],
    ['empty oid', '0600', (r) => r.oid(), 'DER_OID_INVALID'],
    ['oid with a padded arc', '06032a8001', (r) => r.oid(), 'DER_OID_INVALID'],
    ['oid that ends inside an arc', '06022a86', (r) => r.oid(), 'DER_OID_INVALID'],
    ['oid of 65 octets', `0641${'01'.repeat(65)}`, (r) => r.oid(), 'DER_OID_INVALID'],
    ['null with content', '050100', (r) => r.null(), 'DER_NULL_INVALID'],
    ['empty bit string', '0300', (r) => r.bitString(), 'DER_BIT_STRING_INVALID'],
    ['eight unused bits', '03020800', (r) => r.bitString(), 'DER_BIT_STRING_INVALID'],
    ['unused bits of nothing', '030101', (r) => r.bitString(), 'DER_BIT_STRING_INVALID'],
    ['unused bits that are set', '03020101', (r) => r.bitString(), 'DER_BIT_STRING_INVALID'],
    ['unused bits in an octet view', '03020100', (r) => r.bitOctets(), 'DER_BIT_STRING_INVALID'],
    ['PrintableString with @', '130140', (r) => r.string(), 'DER_STRING_INVALID'],
    ['IA5String above 7f', '160180', (r) => r.string(), 'DER_STRING_INVALID'],
    ['NumericString with a letter', '120141', (r) => r.string(), 'DER_STRING_INVALID'],
    ['UTF8String that is not UTF-8', '0c01ff', (r) => r.string(), 'DER_STRING_INVALID'],
    ['BMPString of odd length', '1e0100', (r) => r.string(), 'DER_STRING_INVALID'],
    ['BMPString with a surrogate', '1e02d800', (r) => r.string(), 'DER_STRING_INVALID'],
    ['a sequence as string', '3000', (r) => r.string(), 'DER_STRING_INVALID'],
    ['time without Z', '170c323330353130303330333538', (r) => r.time(), 'DER_TIME_INVALID'],
    ['an octet string as time', '0400', (r) => r.time(), 'DER_TIME_INVALID'],
  ];
  it.each(refused)('refuses %s', (_, hex, read, code) => {
    expect(codeOf(() => read(over(hex)))).toBe(code);
  });

  it('reads what is valid', () => {
    expect(over('0101ff').boolean()).toBe(true);
    expect(over('010100').boolean()).toBe(false);
    expect(toHex(over('02020080').integer())).toBe('0080');
    expect(over('02020080').unsigned()).toBe(128);
    expect(over('020700ffffffffffff').unsigned()).toBe(2 ** 48 - 1);
    expect(over('0a0102').unsigned(TAG.ENUMERATED)).toBe(2);
    expect(over('06092a864886f70d010101').oid()).toBe('1.2.840.113549.1.1.1');
    expect(over('0602883703').oid()).toBe('2.999');
    expect(over('06136983b8e5a6e7c5a3d4b5c6d7e8f9a0b1c2d300').oid()).toMatch(/^2\.25\.\d{30,}/);
    expect(over('03020780').bitString()).toEqual({ bytes: Uint8Array.of(0x80), unusedBits: 7 });
    expect(over('1e040041004a').string()).toBe('AJ');
    expect(over('1e0400410000').string()).toBe('A');
    expect(over('1401e9').string()).toBe('é');
    expect(over('0c02c3a9').string()).toBe('é');
    expect(over('130341262a').string()).toBe('A&*');
  });
});

describe('times', () => {
  const utc = (text: string): string => `17${text.length.toString(16).padStart(2, '0')}${toHex(new TextEncoder().encode(text))}`;
  const generalized = (text: string): string => `18${utc(text).slice(2)}`;
  const accepted: [hex: string, iso: string][] = [
    [utc('230510030358Z'), '2023-05-10T03:03:58.000Z'],
    [utc('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [utc('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [utc('240229000000Z'), '2024-02-29T00:00:00.000Z'],
    [generalized('30211031192003Z'), '3021-10-31T19:20:03.000Z'],
    [generalized('00000101000000Z'), '0000-01-01T00:00:00.000Z'],
  ];
  it.each(accepted)('reads %s', (hex, iso) => {
    expect(over(hex).time().toISOString()).toBe(iso);
  });

  it.each([
    utc('230229000000Z'),
    utc('231301000000Z'),
    utc('230100000000Z'),
    utc('230101240000Z'),
    utc('230101006000Z'),
    utc('230101000060Z'),
    utc('2301010000Z'),
    utc('230101000000+0000'),
    utc('230101000000+0100'),
    utc('23010100000 Z'),
    generalized('20230101000000.5Z'),
    generalized('20230101000000'),
    generalized('21000229000000Z'),
  ])('refuses %s', (hex) => {
    expect(codeOf(() => over(hex).time())).toBe('DER_TIME_INVALID');
  });

  it('reads offsets and missing seconds only in the form of Go', () => {
    expect(over(utc('2301010000Z')).time('go').toISOString()).toBe('2023-01-01T00:00:00.000Z');
    expect(over(utc('230101000000+0130')).time('go').toISOString()).toBe('2022-12-31T22:30:00.000Z');
    expect(over(generalized('20230101000000-0100')).time('go').toISOString()).toBe('2023-01-01T01:00:00.000Z');
    expect(codeOf(() => over(utc('230101000000+0000')).time('go'))).toBe('DER_TIME_INVALID');
  });
});

it('never throws anything but a DER fault, whatever the bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.array(fc.constantFrom(0x30, 0x31, 2, 3, 6, 0x17, 0x80, 0x81, 1, 5, 0xff), { maxLength: 40 }),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      const code = codeOf(() => walkDer(DerReader.over(Uint8Array.from(input))));
      expect(code === 'nothing' || code in codes || code.startsWith('DER_')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
const codes = Object.fromEntries(Object.values(derFaults).map((make) => [make.code, true]));
