// SPDX-License-Identifier: Apache-2.0
/**
 * Writes the pages that are generated: the commands of each executable, from its command table, into docs/commands/.
 *   node scripts/docs.mjs           writes them
 *   node scripts/docs.mjs --check   says which differ from what is there, and ends with 1 if any does
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunExecutable } from './build.mjs';
import { ensureInstalled } from './ensure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = 'docs/commands';

/** Pages by path, as the tables have them now. */
function generate() {
  const run = spawnSync(bunExecutable(), ['--conditions=@notary/source', 'scripts/command-pages.ts'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return new Map(Object.entries(JSON.parse(run.stdout)));
}

/** Pages by path, as they are on disk. */
function present() {
  const found = new Map();
  if (!existsSync(root + folder)) return found;
  for (const name of readdirSync(root + folder, { recursive: true }))
    if (name.endsWith('.md')) found.set(`${folder}/${name}`, readFileSync(`${root}${folder}/${name}`, 'utf8'));
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  const wanted = generate();
  const there = present();
  const stale = [...new Set([...wanted.keys(), ...there.keys()])].filter((path) => wanted.get(path) !== there.get(path));
  if (process.argv.includes('--check')) {
    for (const path of stale) process.stderr.write(`${path} is not what the command table says: run "npm run docs"\n`);
    process.exit(stale.length === 0 ? 0 : 1);
  }
  for (const path of stale) {
    const text = wanted.get(path);
    mkdirSync(dirname(root + path), { recursive: true });
    if (text === undefined) rmSync(root + path);
    else writeFileSync(root + path, text);
  }
  process.stdout.write(`${wanted.size} pages in ${folder}, ${stale.length} of them changed\n`);
}
