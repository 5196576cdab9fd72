// SPDX-License-Identifier: Apache-2.0
/**
 * What the executable loads for `notary lookup`, module by module: it stands in front of every download, and its cold start decides
 * whether it can. A part that is not in the list needs a reason to be loaded; UPDATE_MODULES=1 rewrites the list once there is one.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repositoryRoot } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { describe, expect, it } from 'vitest';
import { bunExecutable, compileFlags } from '../../../scripts/build.mjs';

const newFolder = temporaryFolders('notary-modules-');
const root = repositoryRoot();
const list = join(root, 'apps/notary/test/modules/lookup.txt');

interface Chunk {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** The chunks of the executable by file name. */
function chunks(): Map<string, Chunk> {
  const folder = newFolder();
  const meta = join(folder, 'meta.json');
  const flags = compileFlags.filter((flag: string) => !/^--(compile|no-compile|bytecode)/.test(flag));
  const args = ['build', ...flags, `--outdir=${join(folder, 'out')}`, `--metafile=${meta}`, 'apps/notary/src/main.ts'];
  const built = spawnSync(bunExecutable(), args, { cwd: root, encoding: 'utf8' });
  expect(built.status, built.stderr).toBe(0);
  const { outputs } = JSON.parse(readFileSync(meta, 'utf8')) as { outputs: Record<string, Chunk> };
  return new Map(Object.entries(outputs).map(([path, chunk]) => [basename(path), chunk]));
}

/** Sources in the chunks that these entries load without being asked again. */
function loadedBy(all: ReadonlyMap<string, Chunk>, entries: readonly string[]): string[] {
  const queue = [...all].filter(([, c]) => c.entryPoint !== undefined && entries.includes(c.entryPoint)).map(([name]) => name);
  expect(queue).toHaveLength(entries.length);
  const modules = new Set<string>();
  for (const name of queue) {
    const chunk = all.get(name) as Chunk;
    for (const [path, { bytesInOutput }] of Object.entries(chunk.inputs)) if (bytesInOutput > 0) modules.add(path);
    for (const { path, kind } of chunk.imports) {
      const next = basename(path);
      if (kind === 'import-statement' && all.has(next) && !queue.includes(next)) queue.push(next);
    }
  }
  return [...modules].sort();
}

describe('the executable', () => {
  it('loads nothing for a lookup that signs, holds keys, answers challenges or helps', () => {
    const modules = loadedBy(chunks(), ['apps/notary/src/main.ts', 'apps/notary/src/commands/lookup.ts']);
    const files = modules.map((m) => m.replace(/^.*?((?:apps|packages)\/)/, '$1'));
    expect(
      files.filter((m) =>
        /\/(registry-auth|help|completion|sql|processes|listener)\/|\/(editor|signing|drafts|encode-payload|ca-path|pbes|pkcs8|private-key|key-store|key-file|keys-transfer|publish|apply-changes|create|builtins|authorized-http|passphrases)\.ts$/.test(
          m,
        ),
      ),
    ).toEqual([]);
    expect(files.filter((m) => /src\/commands\/(?!.*-specs)/.test(m))).toEqual(['apps/notary/src/commands/lookup.ts']);
    // Where other packages put their files is their own business; which of their parts are loaded is not.
    const own = /^(apps|packages\/(collection|tuf))\//;
    const units = [...new Set(files.map((m) => (own.test(m) ? m : `${dirname(m)}/`)))].sort();
    const text = `${units.join('\n')}\n`;
    if (process.env.UPDATE_MODULES) {
      mkdirSync(dirname(list), { recursive: true });
      writeFileSync(list, text);
    }
    expect(text).toBe(readFileSync(list, 'utf8'));
  }, 90_000);
});
