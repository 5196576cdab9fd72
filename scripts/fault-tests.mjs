// SPDX-License-Identifier: Apache-2.0
/**
 * Every way to fail has a test: each code that a table of faults declares is named, in full, by a test, a contract suite or the manifest of
 * a set of vectors. Reads sources as text: tables are written in one form, which the formatter keeps.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Codes that no test provokes, each with the reason. */
export const untested = {};

const table = /\bdefineFaults\(\s*'([A-Z0-9_]+)',\s*\{(.*?)^\}\)/gms;
const row = /^ {2}([A-Z][A-Z0-9_]*)(?=[:,(])/gm;

/** The codes that a module declares. */
export function codesOf(text) {
  return [...text.matchAll(table)].flatMap(([, area, rows]) => [...rows.matchAll(row)].map((m) => `${area}_${m[1]}`));
}

/** Calls of `defineFaults` in a module, to notice a table that {@link codesOf} cannot read. */
const callsOf = (text) => text.match(/\bdefineFaults\(/g)?.length ?? 0;

/** Is this a file that provokes faults: a suite, a contract for adapters, or what a suite reads its expectations from? */
const isTest = (file) =>
  /\.test\.ts$/.test(file) || file.startsWith('packages/testkit/src/contract/') || /^vectors\/.*manifest\.json$/.test(file);

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules' || name === 'dist') return [];
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Codes without a test below `root`, one line each, entries of the allow list that are not needed, and how many codes were read. */
export function checkFaultTests(root, allowed = untested) {
  const files = ['packages', 'apps', 'test', 'vectors']
    .flatMap((folder) => filesBelow(join(root, folder)))
    .map((path) => relative(root, path));
  const text = (file) => readFileSync(join(root, file), 'utf8');
  const problems = [];
  const declared = new Map();
  for (const file of files.filter((f) => /^(packages|apps)\/[^/]+\/src\/.*\.ts$/.test(f))) {
    const source = text(file);
    for (const code of codesOf(source)) declared.set(code, file);
    const read = [...source.matchAll(table)].length;
    // The function itself is the one call that declares nothing.
    if (read !== callsOf(source) && !source.includes('function defineFaults'))
      problems.push(`${file}: a table of faults is not written in the usual form`);
  }
  const named = new Set(files.filter(isTest).flatMap((file) => text(file).match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g) ?? []));
  for (const [code, file] of declared) if (!named.has(code) && allowed[code] === undefined) problems.push(`${file}: no test names ${code}`);
  for (const code of Object.keys(allowed)) {
    if (!declared.has(code)) problems.push(`${code}: excused from a test, and declared nowhere`);
    else if (named.has(code)) problems.push(`${code}: excused from a test, and named by one`);
  }
  return { problems, codes: declared.size };
}
