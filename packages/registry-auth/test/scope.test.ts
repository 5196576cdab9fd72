// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOG_SCOPE, coversScopes, mergeScopes, repositoryScope } from '../src/index.ts';

describe('scopes', () => {
  it('sorts actions and swallows them by *', () => {
    expect(repositoryScope('a/b', 'push', 'pull', 'push')).toBe('repository:a/b:pull,push');
    expect(mergeScopes(['repository:a:pull', 'repository:a:*'])).toEqual(['repository:a:*']);
  });

  it('merges by resource, and puts scopes with push first', () => {
    expect(mergeScopes(['repository:b:pull', 'repository:a:pull', 'repository:b:push', 'x'])).toEqual([
      'repository:b:pull,push',
      'repository:a:pull',
      'x',
    ]);
  });

  it('splits names with a port from both ends', () => {
    expect(mergeScopes(['repository:host:5000/a:pull', 'repository:host:5000/a:push'])).toEqual(['repository:host:5000/a:pull,push']);
  });

  it('drops scopes without actions', () => {
    expect(mergeScopes(['repository:a:', ''])).toEqual([]);
  });

  it('knows what a token covers', () => {
    expect(coversScopes(['repository:a:pull,push'], ['repository:a:pull'])).toBe(true);
    expect(coversScopes(['repository:a:*'], ['repository:a:delete'])).toBe(true);
    expect(coversScopes(['repository:a:pull'], ['repository:a:pull,push'])).toBe(false);
    expect(coversScopes(['repository:a:pull'], ['repository:b:pull'])).toBe(false);
    expect(coversScopes([CATALOG_SCOPE], [CATALOG_SCOPE])).toBe(true);
    expect(coversScopes([], [])).toBe(true);
  });

  it('is idempotent and covers what went in', () => {
    const scope = fc
      .record({
        name: fc.constantFrom('a', 'b/c', 'h:5000/x'),
        actions: fc.uniqueArray(fc.constantFrom('pull', 'push', 'delete'), { minLength: 1 }),
      })
      .map((s) => `repository:${s.name}:${s.actions.join(',')}`);
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 8 }), (scopes) => {
        const merged = mergeScopes(scopes);
        expect(mergeScopes(merged)).toEqual(merged);
        expect(coversScopes(merged, scopes)).toBe(true);
      }),
    );
  });
});
