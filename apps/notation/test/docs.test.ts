// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandPages } from '@notary/cli/docs';
import { repositoryRoot } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { rootCommand } from '../src/program.ts';

const folder = join(repositoryRoot(), 'docs/commands/notation');

describe('the command pages', () => {
  it('are what the command table says: "npm run docs" writes them', () => {
    const pages = Object.fromEntries(commandPages(rootCommand).map((p) => [p.file, p.text]));
    const there = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    expect(there).toEqual(pages);
  });
});
