// SPDX-License-Identifier: Apache-2.0
/**
 * The test command: installs and builds what is missing, runs every suite, and says which counterparts were exercised, which were not there
 * and how many tests that cost, and what tests left in the temporary folder. Arguments are passed on to the test runner, e.g.
 * `npm test -- packages/oci`. The last line counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { printCounterparts, printSkips, skipsByReason, watchCounterparts } from './counterparts.mjs';
import { ensureInstalled } from './ensure.mjs';
import { openScratch } from './scratch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The suites need a few minutes on two cores; whatever takes longer hangs. */
export const TIMEOUT_MS = 900_000;

/** The number of skipped tests by file. */
function skippedOf(report) {
  const byFile = new Map();
  for (const { name, assertionResults } of report.testResults ?? []) {
    const count = assertionResults.filter((t) => ['pending', 'skipped', 'todo'].includes(t.status)).length;
    if (count > 0) byFile.set(relative(root, name), count);
  }
  return byFile;
}

/** Runs all suites; returns the counts, what is known about counterparts and skips, and what was left behind. */
export async function runTests(args = [], timeoutMs = TIMEOUT_MS) {
  ensureInstalled();
  await ensureBuilt(readdirSync(join(root, 'apps')).filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts'))));
  const scratch = openScratch('notary-tests-');
  const results = join(scratch.folder, 'results.json');
  const watch = watchCounterparts(scratch.folder, { ...process.env, ...scratch.env });
  // A bundle named here would be parsed at the start of every Node process under test.
  delete watch.env.NODE_EXTRA_CA_CERTS;
  try {
    const runner = join(root, 'node_modules/vitest/vitest.mjs');
    const run = spawnSync(
      process.execPath,
      [runner, 'run', '--no-color', '--reporter=dot', '--reporter=json', `--outputFile.json=${results}`, ...args],
      {
        cwd: root,
        env: watch.env,
        stdio: ['ignore', 'inherit', 'inherit'],
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      },
    );
    const report = existsSync(results)
      ? JSON.parse(readFileSync(results, 'utf8'))
      : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
    const broken = run.status !== 0 && report.numFailedTests === 0 ? 1 : 0;
    if (run.signal !== null) process.stdout.write(`the test runner was ended by ${run.signal}\n`);
    const counterparts = watch.read();
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
      counterparts,
      skips: skipsByReason(skippedOf(report), counterparts),
      leftovers: await scratch.leftovers(),
    };
  } finally {
    scratch.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed, skipped, counterparts, skips, leftovers } = await runTests(process.argv.slice(2));
  printCounterparts(counterparts);
  printSkips('tests skipped, by what was missing:', skips);
  if (leftovers.length > 0) process.stdout.write(`left in the temporary folder, and removed: ${leftovers.join(', ')}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
