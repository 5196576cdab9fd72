// SPDX-License-Identifier: Apache-2.0
/** Start-up matters: a reader of JWS must not load CBOR, and loading the package must load neither format. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));

/** Files that a module loads when it is loaded: static imports and re-exports of values. */
function loads(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found: string[] = [];
  for (const [, clause = '', specifier = ''] of text.matchAll(/^(?:import|export)\s+([^;]*?)\s*from\s+'([^']+)'/gm)) {
    if (!/^type\b/.test(clause)) found.push(specifier);
  }
  return found;
}

function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return resolve(dirname(from), specifier);
  const [, name = '', sub = ''] = /^@notary\/([^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  if (name === '') return specifier;
  const candidates = [`${packages}${name}/src/${sub === '' ? '' : `${sub}/`}index.ts`, `${packages}${name}/src/${sub}.ts`];
  return candidates.find((path) => existsSync(path)) ?? specifier;
}

function reachable(entry: string): Set<string> {
  const seen = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (file.endsWith('.ts')) open.push(...loads(file).map((specifier) => resolveImport(file as string, specifier)));
  }
  return seen;
}

const under = (files: Iterable<string>, part: string): string[] => [...files].filter((file) => file.includes(part));

describe('imports', () => {
  it('nothing of CBOR is reachable from ./jws', () => {
    const files = reachable(`${packages}signature/src/jws/index.ts`);
    expect(under(files, '/jws/read.ts')).toHaveLength(1);
    expect([...under(files, 'cbor'), ...under(files, '/cose/')]).toEqual([]);
  });

  it('the package loads neither format before it meets one', () => {
    const files = reachable(`${packages}signature/src/index.ts`);
    expect([...under(files, 'cbor'), ...under(files, '/cose/'), ...under(files, '/jws/')]).toEqual([]);
  });

  it('reading never loads writing', () => {
    for (const format of ['jws', 'cose']) expect(under(reachable(`${packages}signature/src/${format}/read.ts`), '/write.ts')).toEqual([]);
  });

  it('only packages of this project are loaded', () => {
    for (const format of ['jws', 'cose']) {
      const foreign = [...reachable(`${packages}signature/src/${format}/index.ts`)].filter((file) => !file.startsWith(packages));
      expect(foreign).toEqual([]);
    }
  });
});
