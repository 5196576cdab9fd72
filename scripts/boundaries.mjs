// SPDX-License-Identifier: Apache-2.0
/**
 * The plan of the house and the check that the house is built to it: which package may import which, no way past a package's `exports`, no
 * cycle of modules, `node:` modules only in adapters. Reads import statements as text: they are written in one form, which the formatter
 * keeps. (The tools that read TypeScript for this need its classic compiler, which version 7 no longer has: they pass without looking.)
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Each package with the ones it may import. Everything not listed is refused; so is a package that is not listed. */
export const plan = {
  base: [],
  cli: ['base'],
  service: ['base'],
  'registry-auth': ['base'],
  x509: ['base'],
  platform: ['base'],
  oci: ['base', 'registry-auth'],
  signature: ['base', 'x509'],
  trust: ['base', 'x509'],
  notation: ['base', 'x509', 'oci', 'signature', 'trust'],
  tuf: ['base', 'x509'],
  collection: ['base', 'x509', 'registry-auth', 'tuf'],
  'notary-server': ['base', 'x509', 'tuf', 'service'],
  'notary-signer': ['base', 'x509', 'tuf', 'service'],
  registry: ['base', 'service'],
};

/** Places where modules of the runtime may be imported: adapters, and the primitives that have no port. */
const runtimeAllowed =
  /^(packages\/(platform|testkit)\/|packages\/base\/src\/crypto\/|packages\/[^/]+\/src\/(store-[^/]+|adapters?)(\/|\.ts$)|apps\/)/;

/** Folders of one package that must not import each other. */
const apart = [
  ['packages/notation/src/verify/', 'packages/notation/src/sign/'],
  ['packages/notation/src/sign/', 'packages/notation/src/verify/'],
];

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"();]*?from\s+'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

/** Import statements of a module: specifier, and whether they vanish when types are erased or run later. */
export function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  return [...code.matchAll(importPattern)].map((m) => ({
    specifier: m[2] ?? m[3] ?? m[4],
    kind: m[1] ? 'type' : m[4] ? 'dynamic' : 'static',
  }));
}

function sourcesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'node_modules' || name === 'dist' ? [] : sourcesBelow(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

/** `packages/oci/src/x.ts` is of the package `oci`; an app is of `app:NAME`. */
function ownerOf(path) {
  const [group, name] = path.split('/');
  return group === 'packages' ? name : `app:${name}`;
}

function checkImport(root, file, { specifier, kind }, exportsOf) {
  const owner = ownerOf(file);
  if (specifier.startsWith('node:'))
    return kind === 'type' || runtimeAllowed.test(file) ? [] : [`${file}: imports ${specifier}; the runtime belongs into an adapter`];
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, dirname(file), specifier));
    if (!existsSync(join(root, target))) return [`${file}: imports ${specifier}, which does not exist`];
    if (!target.startsWith(`${file.split('/').slice(0, 2).join('/')}/`))
      return [`${file}: reaches into another package by the path ${specifier}`];
    return apart
      .filter(([from, to]) => file.startsWith(from) && target.startsWith(to))
      .map(([from, to]) => `${file}: ${from} must not import ${to}`);
  }
  const own = /^@notary\/([^/]+)(\/.+)?$/.exec(specifier);
  if (own === null) return [];
  const [, name, entry = ''] = own;
  if (!owner.startsWith('app:') && name !== owner && !(plan[owner] ?? []).includes(name))
    return [`${file}: ${owner} must not import ${name}`];
  if (name === 'testkit') return [`${file}: the test kit is not for sources`];
  return exportsOf(name)?.[`.${entry}`] === undefined ? [`${file}: ${specifier} is no entry of its package`] : [];
}

/** Cycles of modules, types left out: a list of the files of each. */
function findCycles(graph) {
  const state = new Map();
  const cycles = [];
  const visit = (node, path) => {
    state.set(node, 'open');
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === 'open') cycles.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next)) visit(next, [...path, next]);
    }
    state.set(node, 'done');
  };
  for (const node of graph.keys()) if (!state.has(node)) visit(node, [node]);
  return cycles;
}

/** Every offence below `root`, one line each, and how many modules were read. */
export function checkBoundaries(root) {
  const problems = [];
  const graph = new Map();
  const exportsOf = (name) => {
    const file = join(root, 'packages', name, 'package.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).exports : undefined;
  };
  const folders = ['packages', 'apps'].flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
  );
  for (const folder of folders) {
    const owner = ownerOf(folder);
    if (owner === 'testkit') continue;
    if (!owner.startsWith('app:') && plan[owner] === undefined)
      problems.push(`${folder}: not in the plan of the house (scripts/boundaries.mjs)`);
    for (const path of sourcesBelow(join(root, folder, 'src'))) {
      const file = relative(root, path);
      const imports = importsOf(readFileSync(path, 'utf8'));
      problems.push(...imports.flatMap((found) => checkImport(root, file, found, exportsOf)));
      graph.set(
        file,
        imports
          .filter((i) => i.kind === 'static' && i.specifier.startsWith('.'))
          .map((i) => relative(root, resolve(root, dirname(file), i.specifier))),
      );
    }
  }
  problems.push(...findCycles(graph).map((cycle) => `cycle: ${cycle.join(' -> ')}`));
  return { problems, modules: graph.size };
}
