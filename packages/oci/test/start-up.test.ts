// SPDX-License-Identifier: Apache-2.0
/** What a verifier loads: the modules that the entry points import at once, by their source. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** Static imports only, types left out: they are erased. */
function closure(entry: string, seen = new Set<string>()): Set<string> {
  const file = join(src, entry);
  if (seen.has(relative(src, file))) return seen;
  seen.add(relative(src, file));
  for (const match of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm))
    closure(relative(src, join(dirname(file), match[1] as string)), seen);
  return seen;
}

describe('start-up', () => {
  it('loads nothing that writes, and no layout, with a remote repository', () => {
    const loaded = [...closure('remote/index.ts')];
    expect(loaded.filter((file) => /push|writer|ownership|layout|memory|copy|tar/.test(file))).toEqual([]);
    expect(loaded).toContain('remote/referrers.ts');
  });

  it('loads no client and no layout with the types and parsers', () => {
    expect([...closure('index.ts')].filter((file) => file.includes('/'))).toEqual([]);
  });

  it('loads no client with a layout', () => {
    expect([...closure('layout/index.ts')].filter((file) => file.startsWith('remote'))).toEqual([]);
  });
});
