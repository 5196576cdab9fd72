// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSubset, parseDistinguishedName } from '../src/index.ts';

const codeOf = (name: string): string => {
  try {
    parseDistinguishedName(name);
    return 'ok';
  } catch (e) {
    return (e as { code: string }).code;
  }
};

describe('distinguished names of trusted identities', () => {
  it('trims blanks around parts, reads S as ST and accepts ; as separator', () => {
    expect([...parseDistinguishedName(' C = US ;S=WA, O=Acme')]).toEqual([
      ['C', 'US'],
      ['ST', 'WA'],
      ['O', 'Acme'],
    ]);
  });
  it('resolves escapes, bytes of UTF-8 included', () => {
    expect(parseDistinguishedName('C=US,ST=WA,O=Acme\\, Inc\\C3\\A9,CN=a\\ ').get('O')).toBe('Acme, Incé');
    expect(parseDistinguishedName('C=US,ST=WA,O=x,CN=a\\ ').get('CN')).toBe('a ');
  });
  it.each([
    ['CN=x', 'TRUST_NAME_INCOMPLETE'],
    ['C=US,ST=WA', 'TRUST_NAME_INCOMPLETE'],
    ['C=US,ST=WA,O=', 'TRUST_NAME_INCOMPLETE'],
    ['C=US,ST=WA,S=CA,O=x', 'TRUST_NAME_REPEATED'],
    ['C=US,ST=WA,O=x+OU=y', 'TRUST_NAME_MULTI_VALUED'],
    ['C=US,ST=WA,O=#0402', 'TRUST_NAME_HASH_VALUE'],
    ['C=US,ST=WA,O', 'TRUST_NAME_INVALID'],
    ['C=US,,ST=WA', 'TRUST_NAME_INVALID'],
    ['C=US,ST=WA,O=\\zz', 'TRUST_NAME_INVALID'],
    ['C=US,ST=WA,O=\\ff', 'TRUST_NAME_INVALID'],
    ['', 'TRUST_NAME_INCOMPLETE'],
    [`C=${'x'.repeat(9000)}`, 'TRUST_NAME_TOO_LONG'],
    [Array.from({ length: 70 }, (_, i) => `A${i}=x`).join(','), 'TRUST_NAME_TOO_LONG'],
  ])('refuses %s', (name, code) => expect(codeOf(name)).toBe(code));
  it('throws only faults', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (name) => {
        expect(codeOf(name)).toMatch(/^(ok|TRUST_NAME_)/);
      }),
    );
  });
  it('a subset has every attribute with the same value', () => {
    const whole = parseDistinguishedName('C=US,ST=WA,O=Acme,CN=ci');
    expect(isSubset(parseDistinguishedName('O=Acme,C=US,ST=WA'), whole)).toBe(true);
    expect(isSubset(parseDistinguishedName('O=acme,C=US,ST=WA'), whole)).toBe(false);
    expect(isSubset(whole, parseDistinguishedName('C=US,ST=WA,O=Acme'))).toBe(false);
  });
});
