// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that must hold before a change lands: the checks, the test command, the library suites again on Bun, the build, the quickstart.
 * A counterpart that the machine has and no test ran is a failure: it means that tests were lost; so is what tests leave in the temporary
 * folder. Each step has a time of its own, after which it is ended and has failed. The last line counts, whatever happened.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunExecutable } from './build.mjs';
import { findProgram, printCounterparts, printSkips, skipsByReason, watchCounterparts } from './counterparts.mjs';
import { tryInstall } from './ensure.mjs';
import { openScratch } from './scratch.mjs';
import { runTests, TIMEOUT_MS } from './test.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const totals = { passed: 0, failed: 0, skipped: 0 };

/** What `.ci/run` installs, by the names under which tests ask for it, and the program that shows that it is there. */
const EXPECTED = new Map([
  ...['docker', 'docker-registry', 'notary', 'notary-server', 'notary-signer', 'openssl', 'skopeo', 'htpasswd', 'strace'].map((name) => [
    name,
    [name],
  ]),
  ['postgres', ['postgres', 'pg_ctlcluster']],
  ['mariadb', ['mariadbd', 'mysqld']],
]);

/** Far above what a step needs on two cores, so that a hang ends well before the half hour that a run may take. */
const STEP_TIMEOUT_MS = 240_000;
const SUITE_TIMEOUT_MS = 120_000;
/** Where several hang, these are not added up: what is not done by then has failed. */
const RUN_TIMEOUT_MS = 1_620_000 - 1_000 * Number(process.env.NOTARY_CI_SECONDS ?? 0);

/** At most `ms`, and not more than is left of the run. */
const within = (ms) => Math.max(1, Math.min(ms, Math.round(RUN_TIMEOUT_MS - performance.now())));

function step(name, ok, detail = '') {
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}${detail === '' ? '' : `: ${detail}`}\n`);
  totals[ok ? 'passed' : 'failed'] += 1;
}

function run(name, args) {
  process.stdout.write(`--- ${name}\n`);
  const started = performance.now();
  const limits = { timeout: within(STEP_TIMEOUT_MS), killSignal: 'SIGKILL' };
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...limits });
  const ended = result.signal === null ? '' : `, ended by ${result.signal}`;
  step(name, result.status === 0, `${((performance.now() - started) / 1000).toFixed(0)} s${ended}`);
}

/** The number of skipped tests by file, from a JUnit report. */
function skippedIn(report) {
  const counts = new Map();
  for (const [, file, count] of report.matchAll(/^ {2}<testsuite [^>]*file="([^"]+)"[^>]* skipped="(\d+)"/gm))
    if (count !== '0') counts.set(file, Number(count));
  return counts;
}

/** The suite in one folder on Bun, which maps the test runner's imports; returns the number of skipped tests by file. */
function runSuiteOnBun(folder, scratch, env) {
  const name = folder.replace('packages/', '');
  const junit = join(scratch.folder, `${name.replace('/', '-')}.xml`);
  const flags = [
    '--conditions=@notary/source',
    'test',
    '--preload=./test/fuzz/seed.ts',
    '--timeout',
    '60000',
    '--reporter=junit',
    `--reporter-outfile=${junit}`,
  ];
  const limits = { timeout: within(SUITE_TIMEOUT_MS), killSignal: 'SIGKILL', maxBuffer: 64 << 20 };
  const result = spawnSync(bunExecutable(), [...flags, `${folder}/`], {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...limits,
  });
  const text = `${result.stdout}${result.stderr}`;
  const count = (what) => Number(new RegExp(`^\\s*(\\d+) ${what}$`, 'm').exec(text)?.[1] ?? 0);
  const [passed, failed, skipped] = ['pass', 'fail', 'skip'].map(count);
  totals.passed += passed;
  totals.skipped += skipped;
  totals.failed += failed + (result.status !== 0 && failed === 0 ? 1 : 0);
  const verdict = result.status === 0 ? 'ok    ' : 'FAILED';
  process.stdout.write(`${verdict} ${name} on Bun: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  const errors = text.split('\n').filter((line) => /\(fail\)|error:/i.test(line));
  if (result.status !== 0) process.stdout.write(`${errors.slice(0, 20).join('\n')}${result.signal === null ? '' : result.signal}\n`);
  return existsSync(junit) ? skippedIn(readFileSync(junit, 'utf8')) : new Map();
}

/** The suites of the libraries on Bun. */
async function runOnBun() {
  process.stdout.write('--- libraries on Bun\n');
  const scratch = openScratch('notary-bun-');
  const watch = watchCounterparts(scratch.folder, { ...process.env, ...scratch.env });
  try {
    const skipped = new Map();
    const libraries = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'test')));
    for (const folder of [...libraries.map((name) => `packages/${name}`), 'test/fuzz'])
      for (const [file, count] of runSuiteOnBun(folder, scratch, watch.env)) skipped.set(file, count);
    return { skips: skipsByReason(skipped, watch.read()), leftovers: await scratch.leftovers() };
  } finally {
    scratch.close();
  }
}

/** The libraries as their users get them, and the commands as plain programs of Node. */
function runBuilt() {
  run('build', ['scripts/build.mjs']);
  for (const [name, flag] of [
    ['notation', 'version'],
    ['notary', 'version'],
    ['notary-registry', 'version'],
    ['notary-server', '-version'],
    ['notary-signer', '-version'],
  ]) {
    const result = spawnSync(process.execPath, [join(root, 'apps', name, 'dist/main.js'), flag], { encoding: 'utf8', timeout: 10_000 });
    step(
      `${name} on Node ${process.versions.node}`,
      result.status === 0 && result.stdout.includes('0.'),
      result.stderr.trim().slice(0, 300),
    );
  }
}

function checkCounterparts(counterparts) {
  printCounterparts(counterparts);
  for (const [name, programs] of EXPECTED) {
    if (counterparts.get(name)?.ran) step(`counterpart ${name}`, true, 'exercised');
    else if (programs.some((program) => findProgram(program) !== undefined))
      step(`counterpart ${name}`, false, 'is installed, and no test ran it');
    else process.stdout.write(`skip   counterpart ${name}: not installed\n`);
  }
}

async function main() {
  if (!tryInstall()) throw new Error('the dependencies are not installed');
  run('checks', ['scripts/check.mjs']);
  process.stdout.write('--- tests\n');
  const tests = await runTests([], within(TIMEOUT_MS));
  for (const key of Object.keys(totals)) totals[key] += tests[key];
  const onBun = await runOnBun();
  runBuilt();
  run('quickstart', ['scripts/quickstart.mjs']);
  checkCounterparts(tests.counterparts);
  const leftovers = [...tests.leftovers, ...onBun.leftovers];
  step('the temporary folder after the tests', leftovers.length === 0, leftovers.length === 0 ? 'empty' : leftovers.join(', '));
  printSkips('tests skipped, by what was missing:', tests.skips);
  printSkips('and on Bun:', onBun.skips);
}

try {
  await main();
} catch (e) {
  step('the run itself', false, e instanceof Error ? (e.stack ?? e.message) : String(e));
}
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
// Not 1, with which Node ends when it breaks down before anything was counted.
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 3);
