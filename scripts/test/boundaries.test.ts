// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolders } from '@notary/testkit/temporary';
import { describe, expect, it } from 'vitest';
import { checkBoundaries, importsOf } from '../boundaries.mjs';

const newFolder = temporaryFolders('house-');

/** A house of these files, each package with its main entry only. */
function house(files: Record<string, string>): string {
  const root = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    const folder = path.split('/').slice(0, 2).join('/');
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ exports: { '.': './src/index.ts' } }));
  }
  return root;
}

describe('boundaries', () => {
  it('reads every form of import', () => {
    const text =
      "import a from './a.ts';\nimport type { B } from './b.ts';\nexport {\n  c,\n} from './c.ts';\nimport './d.ts';\nconst e = await import('./e.ts'); // import 'x'\n";
    expect(importsOf(text).map((i: { specifier: string; kind: string }) => `${i.kind} ${i.specifier}`)).toEqual([
      'static ./a.ts',
      'type ./b.ts',
      'static ./c.ts',
      'static ./d.ts',
      'dynamic ./e.ts',
    ]);
  });

  it.each([
    [
      'an import upward',
      { 'packages/base/src/index.ts': "import type { X } from '@notary/oci';\n", 'packages/oci/src/index.ts': '' },
      'base must not import oci',
    ],
    [
      'a path into another package',
      { 'packages/oci/src/index.ts': "import { x } from '../../base/src/x.ts';\n", 'packages/base/src/x.ts': '' },
      'reaches into another package',
    ],
    [
      'an entry that is not exported',
      { 'packages/oci/src/index.ts': "import { x } from '@notary/base/secret';\n", 'packages/base/src/index.ts': '' },
      'is no entry of its package',
    ],
    ['a module of the runtime', { 'packages/oci/src/index.ts': "import { readFileSync } from 'node:fs';\n" }, 'belongs into an adapter'],
    ['a cycle', { 'packages/base/src/a.ts': "import './b.ts';\n", 'packages/base/src/b.ts': "import './a.ts';\n" }, 'cycle:'],
    [
      'signing inside verifying',
      { 'packages/notation/src/verify/a.ts': "import '../sign/b.ts';\n", 'packages/notation/src/sign/b.ts': '' },
      'must not import packages/notation/src/sign/',
    ],
    ['a package outside the plan', { 'packages/shed/src/index.ts': '' }, 'not in the plan'],
  ])('refuses %s', (_, files, problem) => {
    expect(checkBoundaries(house(files as Record<string, string>)).problems.join('\n')).toContain(problem);
  });

  it('reads this repository', () => {
    expect(checkBoundaries(fileURLToPath(new URL('../..', import.meta.url))).modules).toBeGreaterThan(100);
  });
});
