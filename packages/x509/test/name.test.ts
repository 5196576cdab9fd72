// SPDX-License-Identifier: Apache-2.0
import { toHex, toUtf8 } from '@notary/base';
import { derElement, derOid, derSequence, derSet, derUtf8, TAG } from '@notary/base/der';
import { encodeName, goName, parseName } from '@notary/x509';
import { describe, expect, it } from 'vitest';
import { exactly } from './support.ts';

const CN = '2.5.4.3';
const attribute = (oid: string, value: Uint8Array | string): Uint8Array =>
  derSequence(derOid(oid), typeof value === 'string' ? derUtf8(value) : value);
const rdn = (...attributes: Uint8Array[]): Uint8Array => derSet(...attributes);
const go = (...rdns: Uint8Array[]): string => goName(parseName(derSequence(...rdns)));
const one = (oid: string, value: Uint8Array | string): Uint8Array => rdn(attribute(oid, value));

describe('the text of Go', () => {
  it('regroups attributes in its own order', () => {
    const name = encodeName(
      ['SERIALNUMBER', 'CN', 'OU', 'O', 'POSTALCODE', 'STREET', 'L', 'ST', 'C']
        .reverse()
        .map((type) => [{ type, value: type.toLowerCase() }]),
    );
    expect(goName(parseName(name))).toBe('SERIALNUMBER=serialnumber,CN=cn,OU=ou,O=o,POSTALCODE=postalcode,STREET=street,L=l,ST=st,C=c');
    expect(go(one(CN, 'cn'), one('2.5.4.6', 'US'))).toBe('CN=cn,C=US');
  });

  it('joins several values of a type and keeps the last common name', () => {
    expect(go(one('2.5.4.11', 'a'), one('2.5.4.10', 'o'), one('2.5.4.11', 'b'))).toBe('OU=a+OU=b,O=o');
    expect(go(rdn(attribute('2.5.4.11', 'a'), attribute(CN, 'x')), one(CN, 'y'))).toBe('CN=y,OU=a');
    expect(go(one(CN, 'x'), one(CN, ''))).toBe('');
  });

  it('puts other attributes last, as DER of the type that Go would choose', () => {
    expect(go(one('1.2.840.113549.1.9.1', derElement(TAG.IA5_STRING, toUtf8('a@b'))), one(CN, 'x'))).toBe(
      'CN=x,1.2.840.113549.1.9.1=#0c03614062',
    );
    expect(go(one('0.9.2342.19200300.100.1.25', derElement(TAG.IA5_STRING, toUtf8('com'))), one('1.2.3', 'é'))).toBe(
      '1.2.3=#0c02c3a9,0.9.2342.19200300.100.1.25=#1303636f6d',
    );
  });

  it.each([
    ['a,b+c"d\\e<f>g;h', 'a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
    [' both ends ', '\\ both ends\\ '],
    [' ', '\\ '],
    ['#hash#', '\\#hash#'],
    ['=eq', '=eq'],
    ['naïve Ünïcode 😀', 'naïve Ünïcode 😀'],
    ['new\nline', 'new\nline'],
  ])('escapes %j', (value, text) => {
    expect(go(one(CN, value))).toBe(`CN=${text}`);
  });

  it('reads every string type', () => {
    const typed = (tag: number, bytes: number[]): Uint8Array => derElement(tag, Uint8Array.from(bytes));
    expect(go(one(CN, typed(TAG.PRINTABLE_STRING, [0x41])))).toBe('CN=A');
    expect(go(one(CN, typed(TAG.T61_STRING, [0xe9])))).toBe('CN=é');
    expect(go(one(CN, typed(TAG.BMP_STRING, [0, 0x41, 0, 0])))).toBe('CN=A');
    expect(go(one(CN, typed(TAG.NUMERIC_STRING, [0x31])))).toBe('CN=1');
    expect(go()).toBe('');
    expect(go(rdn())).toBe('');
  });
});

describe('refusals', () => {
  const bad = (tag: number, ...bytes: number[]): Uint8Array => one(CN, derElement(tag, Uint8Array.from(bytes)));
  it.each([
    ['x509: invalid RDNSequence', derSequence()],
    ['x509: invalid RDNSequence: invalid attribute', derSet(derSet())],
    ['x509: invalid RDNSequence: invalid attribute type', derSet(derSequence())],
    ['x509: invalid RDNSequence: invalid attribute value', derSet(derSequence(derOid(CN)))],
    ['x509: invalid RDNSequence: invalid attribute value: invalid PrintableString', bad(TAG.PRINTABLE_STRING, 0x40)],
    ['x509: invalid RDNSequence: invalid attribute value: invalid UTF-8 string', bad(TAG.UTF8_STRING, 0xff)],
    ['x509: invalid RDNSequence: invalid attribute value: invalid BMPString', bad(TAG.BMP_STRING, 1)],
    ['x509: invalid RDNSequence: invalid attribute value: invalid IA5String', bad(TAG.IA5_STRING, 0x80)],
    ['x509: invalid RDNSequence: invalid attribute value: invalid NumericString', bad(TAG.NUMERIC_STRING, 0x41)],
    ['x509: invalid RDNSequence: invalid attribute value: unsupported string type: 4', bad(TAG.OCTET_STRING)],
  ])('%s', (message, content) => {
    expect(() => parseName(derSequence(content))).toThrow(exactly(message));
  });

  it('does not write what it could not read', () => {
    expect(() => encodeName([[{ type: 'XX', value: 'a' }]])).toThrow('unknown attribute type XX');
    expect(() => encodeName([[{ type: 'C', value: 'é' }]])).toThrow('printable characters only');
  });
});

it('writes a name of very many attributes in time that grows with their number', () => {
  const parsed = parseName(derSequence(...Array.from({ length: 90_000 }, () => one('2.5.4.11', derElement(TAG.PRINTABLE_STRING)))));
  const started = performance.now();
  expect(goName(parsed).length).toBe(90_000 * 4 - 1);
  expect(performance.now() - started).toBeLessThan(3000);
});

it('writes types by name and by object identifier', () => {
  expect(toHex(encodeName([[{ type: 'C', value: 'US' }], [{ type: '2.5.4.3', value: 'ü' }]]))).toBe(
    '301a310b3009060355040613025553310b300906035504030c02c3bc',
  );
  expect(
    goName(
      parseName(
        encodeName([
          [
            { type: 'DC', value: 'org' },
            { type: 'CN', value: 'x' },
          ],
        ]),
      ),
    ),
  ).toBe('CN=x,0.9.2342.19200300.100.1.25=#13036f7267');
});
