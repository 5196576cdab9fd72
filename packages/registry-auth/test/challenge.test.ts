// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseChallenge, parseChallenges } from '../src/index.ts';

const plain = (fields: string[]) => parseChallenges(fields).map((c) => [c.scheme, Object.fromEntries(c.parameters)]);

describe('WWW-Authenticate', () => {
  it.each<[string, string[], unknown]>([
    [
      'one bearer',
      ['Bearer realm="https://a/t",service="s",scope="repository:x:pull,push"'],
      [['bearer', { realm: 'https://a/t', service: 's', scope: 'repository:x:pull,push' }]],
    ],
    ['scheme in any case', ['BEARER realm="r"'], [['bearer', { realm: 'r' }]]],
    ['bare values', ['Bearer realm=https://a/t, service=s'], [['bearer', { realm: 'https://a/t', service: 's' }]]],
    ['blanks round the equals sign', ['Bearer realm = "r" , service= "s"'], [['bearer', { realm: 'r', service: 's' }]]],
    ['escapes', ['Basic realm="a \\"b\\" \\\\c"'], [['basic', { realm: 'a "b" \\c' }]]],
    ['names in any case, the first one counts', ['Bearer Realm="a",REALM="b"'], [['bearer', { realm: 'a' }]]],
    [
      'several fields',
      ['Basic realm="r"', 'Bearer realm="t"'],
      [
        ['basic', { realm: 'r' }],
        ['bearer', { realm: 't' }],
      ],
    ],
    [
      'several in one field',
      ['Basic realm="r", Bearer realm="t",service="s", Negotiate'],
      [
        ['basic', { realm: 'r' }],
        ['bearer', { realm: 't', service: 's' }],
        ['negotiate', {}],
      ],
    ],
    [
      'token68',
      ['Negotiate YWJj==, Basic realm="x"'],
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'commas and blanks inside the scope',
      ['Bearer realm="t",scope="repository:a:pull,push repository:b:pull"'],
      [['bearer', { realm: 't', scope: 'repository:a:pull,push repository:b:pull' }]],
    ],
    ['a quoted string without end', ['Bearer realm="t'], [['bearer', {}]]],
    ['nothing', ['', ' , '], []],
  ])('reads %s', (_name, fields, expected) => {
    expect(plain(fields)).toEqual(expected);
  });

  it('prefers a bearer challenge that names its realm', () => {
    expect(chooseChallenge(parseChallenges(['Basic realm="r", Bearer realm="t"']))?.scheme).toBe('bearer');
    expect(chooseChallenge(parseChallenges(['Bearer error="x"', 'Basic realm="r"']))?.scheme).toBe('basic');
    expect(chooseChallenge(parseChallenges(['Digest realm="r"']))).toBeUndefined();
  });

  it('never throws and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z]+ [a-z]+="?[^"]*"?,?$/))), (fields) => {
        const challenges = parseChallenges(fields);
        expect(challenges.length).toBeLessThanOrEqual(16);
        for (const c of challenges) expect(c.parameters.size).toBeLessThanOrEqual(32);
      }),
    );
    expect(parseChallenges([`Bearer ${'a=b,'.repeat(100_000)}`])[0]?.parameters.size).toBe(1);
  });
});
