// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8 } from '../src/bytes.ts';
import {
  type CanonicalValue,
  encodeCanonicalJson,
  encodeNotaryFile,
  escapeGoHtml,
  MAX_CANONICAL_DEPTH,
} from '../src/canonical-json/index.ts';

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    return (e as { code: string }).code;
  }
  return 'no fault';
};

describe('canonical JSON', () => {
  it('sorts keys by UTF-8 bytes at every level and writes no white space', () => {
    expect(encodeCanonicalJson({ b: { z: 1, a: [true, null] }, a: 'x' })).toBe('{"a":"x","b":{"a":[true,null],"z":1}}');
  });

  it('puts characters above U+FFFF after U+E000 to U+FFFF, as bytes do and UTF-16 does not', () => {
    expect(encodeCanonicalJson({ '\u{1f600}': 1, '\uff5e': 2 })).toBe('{"\uff5e":2,"\u{1f600}":1}');
  });

  it('escapes only the backslash and the quotation mark', () => {
    expect(encodeCanonicalJson('a"b\\c\n\u00e9<>&\u2028\u007f')).toBe('"a\\"b\\\\c\n\u00e9<>&\u2028\u007f"');
  });

  it('writes integers in plain decimal and refuses everything else', () => {
    expect(encodeCanonicalJson([1e3, -0, 2 ** 60, 12345678901234567890n])).toBe('[1000,0,1152921504606846976,12345678901234567890]');
    for (const bad of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e19])
      expect(code(() => encodeCanonicalJson(bad))).toBe('CANONICAL_JSON_NUMBER_INVALID');
  });

  it('refuses half of a surrogate pair in keys and values', () => {
    expect(code(() => encodeCanonicalJson('\ud800'))).toBe('CANONICAL_JSON_TEXT_INVALID');
    expect(code(() => encodeCanonicalJson({ '\udc00': 1 }))).toBe('CANONICAL_JSON_TEXT_INVALID');
  });

  it('bounds the depth', () => {
    let deep: CanonicalValue = 1;
    for (let i = 0; i <= MAX_CANONICAL_DEPTH; i++) deep = [deep];
    expect(code(() => encodeCanonicalJson(deep))).toBe('CANONICAL_JSON_TOO_DEEP');
  });

  it('refuses what JSON has no form for', () => {
    expect(code(() => encodeCanonicalJson((() => 1) as never))).toBe('CANONICAL_JSON_TYPE_INVALID');
  });

  it('treats maps, null-prototype objects and a member named __proto__ like any other', () => {
    const plain = JSON.parse('{"__proto__":{"x":1},"a":2}') as CanonicalValue;
    expect(encodeCanonicalJson(plain)).toBe('{"__proto__":{"x":1},"a":2}');
    expect(
      encodeCanonicalJson(
        new Map<string, CanonicalValue>([
          ['b', 1],
          ['__proto__', 2],
        ]),
      ),
    ).toBe('{"__proto__":2,"b":1}');
  });

  it('reads back as the same value and does not depend on the order of members', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.boolean())),
        (value) => {
          const text = encodeCanonicalJson(value);
          const reversed = Object.fromEntries(Object.entries(value).reverse());
          expect(encodeCanonicalJson(reversed)).toBe(text);

          const keys = Object.keys(value).sort(compareUtf8);
          expect(text.startsWith(keys.length ? `{${encodeCanonicalJson(keys[0] as string)}:` : '{}')).toBe(true);
        },
      ),
    );
  });
});

describe('the file form', () => {
  it('escapes what Go escapes for HTML, and nothing else', () => {
    expect(escapeGoHtml('"a&b<c>\u2028\u2029\u00e9"')).toBe('"a\\u0026b\\u003cc\\u003e\\u2028\\u2029\u00e9"');
  });

  it('has its members in Go order on one line', () => {
    const file = encodeNotaryFile({ signed: '{"a&b":1}', signatures: [{ keyid: 'k', method: 'ecdsa', sig: 'AA==' }] });
    expect(file).toBe('{"signed":{"a\\u0026b":1},"signatures":[{"keyid":"k","method":"ecdsa","sig":"AA=="}]}');
    expect(encodeNotaryFile({ signed: '{}', signatures: [] })).toBe('{"signed":{},"signatures":[]}');
  });

  it('refuses control characters, which Go cannot write', () => {
    expect(code(() => encodeNotaryFile({ signed: encodeCanonicalJson('a\nb'), signatures: [] }))).toBe('CANONICAL_JSON_CONTROL_CHARACTER');
  });
});
