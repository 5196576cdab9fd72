// SPDX-License-Identifier: Apache-2.0
import { fromHex, toHex } from '@notary/base';
import {
  berToDer,
  DerReader,
  decodeOid,
  derBits,
  derElement,
  derInteger,
  derNamedBits,
  derOid,
  derSequence,
  derSetOf,
  derTime,
  derUnsigned,
  derUtf8,
  encodeOidContent,
} from '@notary/base/der';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('writer', () => {
  it('writes minimal integers', () => {
    expect(toHex(derInteger(0))).toBe('020100');
    expect(toHex(derInteger(127))).toBe('02017f');
    expect(toHex(derInteger(128))).toBe('02020080');
    expect(toHex(derUnsigned(fromHex('0000ff')))).toBe('020200ff');
    expect(toHex(derUnsigned(new Uint8Array(0)))).toBe('020100');
    expect(() => derInteger(-1)).toThrow();
    expect(() => derInteger(1.5)).toThrow();
  });

  it('sorts a SET OF and drops zero bits of named bits', () => {
    expect(toHex(derSetOf([derInteger(2), derInteger(1)]))).toBe('3106020101020102');
    expect(toHex(derNamedBits([0]))).toBe('03020780');
    expect(toHex(derNamedBits([5, 6]))).toBe('03020106');
    expect(toHex(derNamedBits([8]))).toBe('0303070080');
    expect(toHex(derNamedBits([]))).toBe('030100');
    expect(toHex(derBits(Uint8Array.of(1)))).toBe('03020001');
  });

  it('chooses the type of a time by its year', () => {
    expect(derTime(new Date('2049-12-31T23:59:59Z'))[0]).toBe(0x17);
    expect(derTime(new Date('2050-01-01T00:00:00Z'))[0]).toBe(0x18);
    expect(derTime(new Date('1949-12-31T23:59:59Z'))[0]).toBe(0x18);
    expect(() => derTime(new Date(Number.NaN))).toThrow();
  });

  it('refuses text that is no object identifier', () => {
    for (const bad of ['', '1', '3.1', '1.40', '1.2.', '1.02', 'a.b', '1.2.0x1', '1.-2', '1.2e1', `1.2.${'9'.repeat(50)}`])
      expect(() => derOid(bad)).toThrow();
  });

  it('reads back what it wrote', () => {
    const date = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.nat(), fc.string(), date, fc.uint8Array({ maxLength: 400 }), (n, text, at, bytes) => {
        const whole = new Date(Math.floor(at.getTime() / 1000) * 1000);
        const reader = DerReader.over(derSequence(derInteger(n), derUtf8(text), derTime(whole), derElement(4, bytes))).sequence();
        expect(reader.unsigned()).toBe(n);
        expect(reader.string()).toBe(text);
        expect(reader.time()).toEqual(whole);
        expect(reader.octets()).toEqual(bytes);
        reader.end();
      }),
    );
    const arcs = fc.tuple(fc.constantFrom(0, 1), fc.nat({ max: 39 }), fc.array(fc.bigInt({ min: 0n, max: 2n ** 60n }), { maxLength: 5 }));
    fc.assert(
      fc.property(arcs, ([a, b, rest]) => {
        const oid = [a, b, ...rest].join('.');
        const content = encodeOidContent(oid);
        expect(decodeOid(content, 0, content.length)).toBe(oid);
      }),
    );
  });
});

describe('BER', () => {
  const convert = (hex: string): string => toHex(berToDer(fromHex(hex.replaceAll(' ', ''))));

  it('makes lengths definite and minimal', () => {
    expect(convert('30 80 02 01 05 00 00')).toBe('3003020105');
    expect(convert('30 81 03 02 01 05')).toBe('3003020105');
    expect(convert('30 84 00 00 00 03 02 01 05')).toBe('3003020105');
    expect(convert('30 80 30 80 00 00 00 00')).toBe('30023000');
  });

  it('joins constructed strings', () => {
    expect(convert('24 80 04 02 01 02 04 01 03 00 00')).toBe('0403010203');
    expect(convert('24 00')).toBe('0400');
    expect(convert('24 05 24 03 04 01 07')).toBe('040107');
    expect(convert('23 08 03 02 00 01 03 02 04 f0')).toBe('03030401f0');
  });

  it('leaves DER as it is', () => {
    const der = '3009020105a00404020102';
    expect(convert(der)).toBe(der);
  });

  it.each([
    ['nothing', ''],
    ['an element cut off', '3005 0201'],
    ['no end of contents', '3080 020105'],
    ['a primitive of indefinite length', '0480 0000'],
    ['a length of five octets', '3085 0000000000'],
    ['a high tag number', '1f01 00'],
    ['bytes behind it', '0500 00'],
    ['a segment of another type', '2403 020105'],
    ['unused bits inside a bit string', '2308 0302 0400 0302 0001'],
  ])('refuses %s', (_, hex) => {
    expect(() => convert(hex)).toThrow(expect.objectContaining({ code: 'DER_BER_INVALID' }));
  });

  it('joins any number of segments, and closes around any number of members', () => {
    const many = new Uint8Array(2 + 2 * 300_000 + 2);
    for (let i = 2; i < many.length - 2; i += 2) many[i] = 0x04;
    many.set([0x24, 0x80]);
    expect(toHex(berToDer(many))).toBe('0400');
    many.set([0x30, 0x80]);
    expect(berToDer(many).length).toBe(5 + 2 * 300_000);
  });

  it('bounds size and depth', () => {
    expect(() => berToDer(new Uint8Array(11), 10)).toThrow('BER of 11 bytes exceeds the bound of 10');
    expect(() => berToDer(fromHex('3080'.repeat(60) + '0000'.repeat(60)))).toThrow('nests deeper');
  });
});
