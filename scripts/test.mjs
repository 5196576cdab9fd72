// SPDX-License-Identifier: Apache-2.0
/**
 * The test command: installs and builds what is missing, runs every suite, and says which counterparts were exercised and which were not
 * there. Arguments are passed on to the test runner, e.g. `npm test -- packages/oci`. The last line counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './ensure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Reads the notes that tests leave about counterparts: one JSON object a line. */
function readCounterparts(file) {
  const byName = new Map();
  if (!existsSync(file)) return byName;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const note = JSON.parse(line);
    const known = byName.get(note.name);
    if (known === undefined || note.found) byName.set(note.name, note);
  }
  return byName;
}

/** Runs all suites; returns the counts and what is known about counterparts. */
export async function runTests(args = []) {
  ensureInstalled();
  await ensureBuilt(readdirSync(join(root, 'apps')).filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts'))));
  const scratch = mkdtempSync(join(tmpdir(), 'notary-tests-'));
  const results = join(scratch, 'results.json');
  const notes = join(scratch, 'counterparts.jsonl');
  const env = { ...process.env, NOTARY_COUNTERPARTS_LOG: notes };
  // A bundle named here would be parsed at the start of every Node process under test.
  delete env.NODE_EXTRA_CA_CERTS;
  try {
    const runner = join(root, 'node_modules/vitest/vitest.mjs');
    const run = spawnSync(process.execPath, [runner, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${results}`, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const report = existsSync(results)
      ? JSON.parse(readFileSync(results, 'utf8'))
      : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
    const broken = run.status !== 0 && report.numFailedTests === 0 ? 1 : 0;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
      counterparts: readCounterparts(notes),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints one line a counterpart. */
export function printCounterparts(counterparts) {
  for (const note of [...counterparts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
    process.stdout.write(note.found ? `exercised ${note.name}\n` : `skipped   ${note.name}: ${note.reason}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed, skipped, counterparts } = await runTests(process.argv.slice(2));
  printCounterparts(counterparts);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
