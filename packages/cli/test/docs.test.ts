// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { commandPages } from '../src/docs/index.ts';
import type { Command } from '../src/index.ts';

const root: Command<unknown> = {
  name: 'tool',
  short: 'A tool',
  commands: [
    {
      name: 'b',
      short: 'Second | one',
      long: 'Does <b>.\n\nExample - Do it:\n  tool b <x>\n',
      load: async () => ({ run: async () => {} }),
    },
    {
      name: 'a',
      short: 'First',
      extension: true,
      flags: { f: { type: 'string', usage: 'f', env: 'TOOL_F' } },
      load: async () => ({ run: async () => {} }),
    },
    { name: 'hidden', hidden: true, load: async () => ({ run: async () => {} }) },
  ],
};

describe('command pages', () => {
  const pages = new Map(commandPages(root).map((p) => [p.file, p.text]));
  it('one for each visible command, and an index', () => {
    expect([...pages.keys()]).toEqual(['index.md', 'a.md', 'b.md']);
  });
  it('escape what Markdown would read as markup, and show examples as code', () => {
    expect(pages.get('index.md')).toContain('| [`tool b`](b.md) | Second \\| one |');
    expect(pages.get('b.md')).toContain('Does \\<b>.');
    expect(pages.get('b.md')).toContain('```console\n$ tool b <x>\n```');
  });
  it('name environment variables and what the reference does not have', () => {
    expect(pages.get('a.md')).toContain('- `TOOL_F`: default of `--f`');
    expect(pages.get('a.md')).toContain('*Not in the reference tool.*');
  });
});
