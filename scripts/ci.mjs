// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that must hold before a change lands: the checks, the test command, the library suites again on Bun, the quickstart. A
 * counterpart that the machine has and no test exercised is a failure: it means that tests were lost. The last line counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunExecutable } from './build.mjs';
import { ensureInstalled } from './ensure.mjs';
import { printCounterparts, runTests } from './test.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const totals = { passed: 0, failed: 0, skipped: 0 };

/** Programs that `.ci/run` installs, by the names under which tests ask for them. */
const expected = ['docker-registry', 'notary', 'notary-server', 'notary-signer', 'openssl', 'skopeo', 'htpasswd', 'postgres', 'mariadb'];

function step(name, ok, detail = '') {
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}${detail === '' ? '' : `: ${detail}`}\n`);
  totals[ok ? 'passed' : 'failed'] += 1;
}

function run(name, args, env = {}) {
  process.stdout.write(`--- ${name}\n`);
  const started = performance.now();
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  step(name, result.status === 0, `${((performance.now() - started) / 1000).toFixed(0)} s`);
}

/** The suites of the libraries on Bun, which maps the test runner's imports. */
function runOnBun() {
  process.stdout.write('--- libraries on Bun\n');
  const folders = readdirSync(join(root, 'packages')).filter(
    (name) => existsSync(join(root, 'packages', name, 'test')) && !libraryTestsOnNodeOnly.has(name),
  );
  for (const name of folders) {
    const result = spawnSync(bunExecutable(), ['--conditions=@notary/source', 'test', '--timeout', '60000', `packages/${name}/`], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    const text = `${result.stdout}${result.stderr}`;
    const passed = Number(/^\s*(\d+) pass$/m.exec(text)?.[1] ?? 0);
    const failed = Number(/^\s*(\d+) fail$/m.exec(text)?.[1] ?? 0);
    const skipped = Number(/^\s*(\d+) skip$/m.exec(text)?.[1] ?? 0);
    totals.passed += passed;
    totals.skipped += skipped;
    totals.failed += failed + (result.status !== 0 && failed === 0 ? 1 : 0);
    process.stdout.write(
      `${result.status === 0 ? 'ok    ' : 'FAILED'} ${name} on Bun: ${passed} passed, ${failed} failed, ${skipped} skipped\n`,
    );
    if (result.status !== 0)
      process.stdout.write(
        `${text
          .split('\n')
          .filter((line) => /\(fail\)|error:/i.test(line))
          .slice(0, 20)
          .join('\n')}\n`,
      );
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
    const result = spawnSync(process.execPath, [join(root, 'apps', name, 'dist/main.js'), flag], { encoding: 'utf8' });
    step(
      `${name} on Node ${process.versions.node}`,
      result.status === 0 && result.stdout.includes('0.'),
      result.stderr.trim().slice(0, 300),
    );
  }
}

/** Suites that drive processes of their own, where running them once is enough. */
const libraryTestsOnNodeOnly = new Set([]);

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, name)));

ensureInstalled();
run('checks', ['scripts/check.mjs']);
process.stdout.write('--- tests\n');
const tests = await runTests();
totals.passed += tests.passed;
totals.failed += tests.failed;
totals.skipped += tests.skipped;
runOnBun();
runBuilt();
run('quickstart', ['scripts/quickstart.mjs']);
printCounterparts(tests.counterparts);
for (const name of expected) {
  if (tests.counterparts.get(name)?.found) step(`counterpart ${name}`, true, 'exercised');
  else if (onPath(name)) step(`counterpart ${name}`, false, 'is installed, and no test exercised it');
  else process.stdout.write(`skip   counterpart ${name}: not installed\n`);
}
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
