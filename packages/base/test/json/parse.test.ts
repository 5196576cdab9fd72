// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/index.ts';
import { goMember, goMemberSpellings, type JsonObject, parseJsonStrict } from '../../src/json/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function fault(run: () => unknown): { code: string; message: string } {
  try {
    run();
  } catch (e) {
    if (e instanceof Fault) return { code: e.code, message: e.message };
    throw e;
  }
  return { code: 'ok', message: '' };
}
const codeOf = (text: string, options = {}): string => fault(() => parseJsonStrict(text, options)).code;

it('finds the last of several spellings also where one is repeated', () => {
  const read = (text: string) => goMember(parseJsonStrict(text, { duplicates: 'last' }) as JsonObject, 'level');
  expect(read('{"level":"strict","LEVEL":"skip","level":"audit"}')).toBe('audit');
  expect(read('{"LEVEL":"strict","level":"skip","LEVEL":"audit"}')).toBe('audit');
});

describe('parseJsonStrict', () => {
  it('agrees with JSON.parse on every value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
        const duplicates = 'last' as const;
        expect(JSON.stringify(parseJsonStrict(bytes(space + text + space), { duplicates }))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('agrees with JSON.parse on which texts are JSON', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      '"\\n"',
      '"\\u00e9"',
      ':',
      ',',
      '1',
      '-0',
      '0',
      '.5',
      '1e3',
      'true',
      'null',
      ' ',
      '"\u0001"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        // A number beyond the range of doubles, which is infinite to JSON.parse, is refused here.
        fc.pre(!/1e3\d/.test(text));
        let native = 'ok';
        try {
          JSON.parse(text);
        } catch {
          native = 'refused';
        }
        const ours = codeOf(text, { duplicates: 'last' });
        expect(ours === 'ok' ? 'ok' : 'refused').toBe(native);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives objects no prototype, so that every name is only a name', () => {
    const value = parseJsonStrict('{"__proto__":{"x":1},"constructor":2}') as JsonObject;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
  });

  it('gives maps in the order of the text where asked', () => {
    const value = parseJsonStrict('{"b":{"2":1,"1":2},"a":[{}]}', { objects: 'map' });
    const inner = (value as Map<string, Map<string, number>>).get('b') ?? new Map<string, number>();
    expect([...inner.keys()]).toEqual(['2', '1']);
    expect(fault(() => parseJsonStrict('{"a":1,"a":2}', { objects: 'map' })).code).toBe('JSON_DUPLICATE_KEY');
  });

  it('refuses a name twice, also escaped, unless the last one shall count', () => {
    expect(codeOf('{"a":1,"a":2}')).toBe('JSON_DUPLICATE_KEY');
    expect(codeOf('{"a":1,"\\u0061":2}')).toBe('JSON_DUPLICATE_KEY');
    expect(codeOf('{"__proto__":1,"__proto__":2}')).toBe('JSON_DUPLICATE_KEY');
    expect(parseJsonStrict('{"a":1,"a":2}', { duplicates: 'last' })).toEqual(Object.assign(Object.create(null), { a: 2 }));
  });

  it('refuses what follows the value unless told to ignore it', () => {
    expect(codeOf('{} x')).toBe('JSON_TRAILING');
    expect(parseJsonStrict('[1] x', { trailing: 'ignore' })).toEqual([1]);
  });

  it('refuses invalid UTF-8, also half surrogates in text', () => {
    expect(fault(() => parseJsonStrict(Uint8Array.of(0x22, 0xc0, 0x80, 0x22))).code).toBe('JSON_UTF8_INVALID');
    expect(codeOf('"\ud800"')).toBe('JSON_UTF8_INVALID');
    expect(codeOf('\ufeff{}')).toBe('JSON_SYNTAX');
  });

  it('replaces an escaped half surrogate as Go does, or refuses it', () => {
    expect(parseJsonStrict('"a\\ud800b"')).toBe('a\ufffdb');
    expect(parseJsonStrict('"\\ud83d\\ude00"')).toBe('\u{1f600}');
    expect(codeOf('"\\udc00"', { surrogates: 'refuse' })).toBe('JSON_SURROGATE');
  });

  it('bounds bytes, nesting and numbers', () => {
    expect(codeOf('[[[]]]', { maxDepth: 2 })).toBe('JSON_TOO_DEEP');
    expect(codeOf('[[]]', { maxDepth: 2 })).toBe('ok');
    expect(codeOf('['.repeat(100_000))).toBe('JSON_TOO_DEEP');
    expect(codeOf('"aaaa"', { maxBytes: 5 })).toBe('JSON_TOO_LARGE');
    expect(codeOf('{"a":[1,{}]}', { maxValues: 3 })).toBe('JSON_TOO_MANY_VALUES');
    expect(parseJsonStrict('{"a":[1,{}]}', { maxValues: 4 })).toEqual({ a: [1, {}] });
    expect(codeOf('1e999')).toBe('JSON_NUMBER_RANGE');
  });

  it('speaks in the words of Go', () => {
    const says = (text: string): string => fault(() => parseJsonStrict(text)).message;
    expect(says('')).toBe('unexpected end of JSON input');
    expect(says('[1,]')).toBe("invalid character ']' looking for beginning of value");
    expect(says('{a')).toBe("invalid character 'a' looking for beginning of object key string");
    expect(says('{"a" 1}')).toBe("invalid character '1' after object key");
    expect(says('{"a":1 "b"}')).toBe(`invalid character '"' after object key:value pair`);
    expect(says('[1 2]')).toBe("invalid character '2' after array element");
    expect(says('nulx')).toBe("invalid character 'x' in literal null (expecting 'l')");
    expect(says('"\t"')).toBe("invalid character '\\t' in string literal");
    expect(says('"\\x"')).toBe("invalid character 'x' in string escape code");
    expect(says('"\\u00g0"')).toBe("invalid character 'g' in \\u hexadecimal character escape");
    expect(says('-a')).toBe("invalid character 'a' in numeric literal");
    expect(says('1.a')).toBe("invalid character 'a' after decimal point in numeric literal");
    expect(says('1ea')).toBe("invalid character 'a' in exponent of numeric literal");
    expect(says("'")).toBe("invalid character '\\'' looking for beginning of value");
    expect(says('\u00e9')).toBe("invalid character '\u00c3' looking for beginning of value");
    expect(says('1 2')).toBe("invalid character '2' after top-level value");
    expect(says('"a')).toBe('unexpected end of JSON input');
  });
});

describe('goMember', () => {
  const object = parseJsonStrict('{"TargetArtifact":1,"x":null,"targetartifact":2,"\u017fize":3,"ko":4,"KO":null}') as JsonObject;
  it('finds names in any case, the last one counting, null being absent', () => {
    expect(goMember(object, 'targetArtifact')).toBe(2);
    expect(goMember(object, 'size')).toBe(3);
    expect(goMember(object, 'x')).toBeUndefined();
    expect(goMember(object, 'ko')).toBe(4);
    expect(goMember(object, 'absent')).toBeUndefined();
    expect(goMember(object, '__proto__')).toBeUndefined();
  });
  it('names all spellings, and refuses several where asked', () => {
    expect(goMemberSpellings(object, 'targetArtifact')).toEqual(['TargetArtifact', 'targetartifact']);
    expect(fault(() => goMember(object, 'targetArtifact', { duplicates: 'refuse' })).code).toBe('JSON_DUPLICATE_KEY');
    expect(goMember(object, 'size', { duplicates: 'refuse' })).toBe(3);
  });
});
