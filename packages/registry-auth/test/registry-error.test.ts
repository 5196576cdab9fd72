// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { parseRegistryErrors, statusReason } from '../src/index.ts';

const reason = (body: unknown, status = 400) =>
  statusReason(status, parseRegistryErrors(toUtf8(typeof body === 'string' ? body : JSON.stringify(body))));

describe('what a registry says', () => {
  it.each<[string, unknown, string]>([
    ['code and message', { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }, 'manifest unknown: manifest unknown'],
    ['only a code', { errors: [{ code: 'DENIED' }] }, 'denied'],
    ['several', { errors: [{ code: 'A_B', message: 'c' }, { code: 'D' }] }, 'a b: c; d'],
    ['a detail', { errors: [{ code: 'X', message: 'm', detail: 'more' }] }, 'x: m: more'],
    [
      'a detail with members',
      {
        errors: [
          {
            code: 'UNAUTHORIZED',
            message: 'authentication required',
            detail: [{ Type: 'repository', Class: '', Name: 'a', Action: 'pull' }],
          },
        ],
      },
      'unauthorized: authentication required: [map[Action:pull Class: Name:a Type:repository]]',
    ],
    [
      'numbers and nothing in a detail',
      { errors: [{ code: 'X', message: 'm', detail: [1, 1.5, 1e21, 0.00001, null, true, {}] }] },
      'x: m: [1 1.5 1e+21 1e-05 <nil> true map[]]',
    ],
    ['nothing', '', 'Bad Request'],
    ['HTML', '<html>', 'Bad Request'],
    ['no list', { errors: 'x' }, 'Bad Request'],
    ['things that are no errors', { errors: [1, null, 'x'] }, 'Bad Request'],
    ['wrong types', { errors: [{ code: 1, message: [] }] }, ''],
  ])('is printed as oras does: %s', (_name, body, expected) => {
    expect(reason(body)).toBe(expected);
  });

  it('is bounded and printable', () => {
    const text = reason({ errors: Array.from({ length: 1000 }, () => ({ code: 'X', message: `\u001b[2J${'y'.repeat(10_000)}` })) });
    expect(text.length).toBeLessThan(20_000);
    expect(text).not.toContain('\u001b');
  });

  it('has Go’s names of statuses', () => {
    expect(reason('', 401)).toBe('Unauthorized');
    expect(reason('', 418)).toBe("I'm a teapot");
    expect(reason('', 599)).toBe('');
  });
});
