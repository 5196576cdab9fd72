// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPageExamples, typeScriptBlocks } from '../page-examples.mjs';

const PAGE = 'Intro\n\n```ts\nconst a = 1;\n```\n\n```sh\nls\n```\n\n```typescript\nconst b: string = 2;\n```\n';

let root: string;
beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), 'notary-pages-'))}/`;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('examples on pages', () => {
  it('finds TypeScript, and the line on which it begins', () => {
    expect(typeScriptBlocks(PAGE)).toEqual([
      { line: 4, code: 'const a = 1;\n' },
      { line: 12, code: 'const b: string = 2;\n' },
    ]);
  });

  it('compiles each block alone, says of a problem where on the page it is, and leaves the reader his own names', () => {
    let files: string[] = [];
    const compile = (project: string): string[] => {
      const folder = join(root, project, '..');
      files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
      expect(readFileSync(join(folder, '1.ts'), 'utf8')).toContain('const b');
      const block = project.replace('tsconfig.json', '1.ts');
      return [
        `${block}(1,7): error TS2322: not assignable`,
        '  in detail',
        `${block}(2,1): error TS2304: Cannot find name 'clock'.`,
        '  or so',
      ];
    };
    const { problems, blocks } = checkPageExamples(root, new Map([['docs/a.md', PAGE]]), compile);
    expect([blocks, files.sort()]).toEqual([2, ['0.ts', '1.ts']]);
    expect(problems).toEqual(['docs/a.md:12:7: error TS2322: not assignable', '  in detail']);
    expect(readdirSync(join(root, '.cache'))).toEqual([]);
  });

  it('leaves nothing behind when the compiler cannot be run', () => {
    const failing = (): string[] => {
      throw new Error('no compiler');
    };
    expect(() => checkPageExamples(root, new Map([['a.md', PAGE]]), failing)).toThrow('no compiler');
    expect(existsSync(join(root, '.cache')) ? readdirSync(join(root, '.cache')) : []).toEqual([]);
  });
});
