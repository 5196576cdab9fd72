// SPDX-License-Identifier: Apache-2.0
/**
 * The gate in front of every commit, without the tests: format and lint, types, boundaries between packages, and the rules of the house
 * that no tool knows. Prints one line a check; the first lines of a failing one follow it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAudits } from './audits.mjs';
import { checkBoundaries } from './boundaries.mjs';
import { ensureInstalled } from './ensure.mjs';
import { checkFaultTests } from './fault-tests.mjs';
import { checkPageExamples } from './page-examples.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/${name}`;

/** Runs a tool and returns its output where it failed. */
const tool = (file, args) => script(bin(file), args);

function script(file, args) {
  const run = spawnSync(process.execPath, [file, ...args], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  return run.status === 0 ? [] : `${run.stdout}\n${run.stderr}`.split('\n').filter((line) => line.trim() !== '');
}

const trackedFiles = () =>
  spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
    .stdout.split('\n')
    .filter(Boolean);

/** Lock files name packages and digests, never the address of a registry. */
function lockFile() {
  return readFileSync(`${root}package-lock.json`, 'utf8')
    .split('\n')
    .filter((line) => /"resolved": *"https?:/.test(line));
}

/** Every source file says its license in its first line, and tests are never switched off or alone. */
function sources() {
  const wrong = [];
  for (const file of trackedFiles().filter((f) => /^(packages|apps|bench|examples|scripts|test)\/.*\.(ts|mjs)$/.test(f))) {
    const text = readFileSync(`${root}${file}`, 'utf8');
    if (!/^(#!.*\n)?\/\/ SPDX-License-Identifier: Apache-2\.0\n/.test(text))
      wrong.push(`${file}: the first line is not the license identifier`);
    if (/\.test\.ts$/.test(file) && /\b(it|test|describe)\.(only|todo)\(/.test(text))
      wrong.push(`${file}: a test stands alone or is not written`);
  }
  return wrong;
}

/** A package without code, or without a page that says what it is for, has no place in the house. */
function packages() {
  const wrong = [];
  for (const group of ['packages', 'apps'])
    for (const name of readdirSync(`${root}${group}`)) {
      const files = trackedFiles().filter((f) => f.startsWith(`${group}/${name}/`));
      if (!files.some((f) => f.endsWith('.ts'))) wrong.push(`${group}/${name}: no code`);
      if (!files.some((f) => f === `${group}/${name}/README.md`)) wrong.push(`${group}/${name}: no README.md`);
    }
  return wrong;
}

/** The plan of the house; a check that read nothing has not passed. */
function boundaries() {
  const { problems, modules } = checkBoundaries(root);
  return modules === 0 ? ['no module was read'] : problems;
}

/** Every entry of the page of divergences has a test that carries its number. */
function divergences() {
  const page = readFileSync(`${root}docs/explanation/divergences.md`, 'utf8');
  const tests = trackedFiles()
    .filter((f) => f.endsWith('.test.ts'))
    .map((f) => readFileSync(`${root}${f}`, 'utf8'))
    .join('\n');
  return [...page.matchAll(/^\| (D-\d+) /gm)]
    .map((m) => m[1])
    .filter((id) => !tests.includes(`[${id}]`))
    .map((id) => `${id}: no test carries this number`);
}

/** Every finding of an audit that can apply here has a test that carries its number, and the page knows every number. */
function audits() {
  const page = readFileSync(`${root}docs/explanation/audits.md`, 'utf8');
  const tests = trackedFiles().filter((f) => f.endsWith('.test.ts') && existsSync(`${root}${f}`));
  return checkAudits(page, new Map(tests.map((f) => [f, readFileSync(`${root}${f}`, 'utf8')])));
}

/** Every way to fail has a test; a check that read nothing has not passed. */
function faultTests() {
  const { problems, codes } = checkFaultTests(root);
  return codes === 0 ? ['no code was read'] : problems;
}

/** Every relative link of every page leads to a file. */
function links() {
  const wrong = [];
  for (const file of trackedFiles().filter((f) => f.endsWith('.md') && existsSync(`${root}${f}`))) {
    const text = readFileSync(`${root}${file}`, 'utf8').replace(/```[\s\S]*?```/g, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#|mailto:)/.test(target)) continue;
      if (!existsSync(join(root, dirname(file), target.split('#')[0]))) wrong.push(`${file}: ${target} leads nowhere`);
    }
  }
  return wrong;
}

/** What pages show compiles as it stands; a check that found nothing has not passed. */
function pageExamples() {
  const pages = trackedFiles().filter((f) => f.endsWith('.md') && existsSync(`${root}${f}`));
  const { problems, blocks } = checkPageExamples(root, new Map(pages.map((f) => [f, readFileSync(`${root}${f}`, 'utf8')])), (project) =>
    tool('typescript/bin/tsc', ['-p', project]),
  );
  return blocks === 0 ? ['no block was found'] : problems;
}

const checks = [
  ['format and lint', () => tool('@biomejs/biome/bin/biome', ['ci', '--colors=off', '--max-diagnostics=20', '.'])],
  ['types', () => tool('typescript/bin/tsc', ['-p', '.'])],
  ['boundaries', boundaries],
  ['lock file', lockFile],
  ['sources', sources],
  ['packages', packages],
  ['divergences', divergences],
  ['fault tests', faultTests],
  ['audits', audits],
  ['links', links],
  ['examples on pages', pageExamples],
  ['command pages', () => script('scripts/docs.mjs', ['--check'])],
];

ensureInstalled();
const only = process.argv.slice(2);
let failed = 0;
for (const [name, check] of checks) {
  if (only.length > 0 && !only.includes(name)) continue;
  const started = performance.now();
  const problems = check();
  process.stdout.write(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  for (const line of problems.slice(0, 60)) process.stdout.write(`       ${line}\n`);
  if (problems.length > 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
