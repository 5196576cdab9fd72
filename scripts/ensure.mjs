// SPDX-License-Identifier: Apache-2.0
/**
 * Installs what the lock file names, if it is not installed yet, so that each command of the README works alone straight after a clone.
 * Install scripts stay off (.npmrc): nothing that was downloaded runs at install time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.lock-digest`;

/** A registry that stumbles is asked again, one that does not answer is not waited for. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 240_000;

/** Runs `npm ci` unless `node_modules` already holds exactly what the lock file names; says whether it holds that now. */
export function tryInstall(attempts = ATTEMPTS) {
  const digest = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return true;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    process.stderr.write('installing the development dependencies from package-lock.json ...\n');
    const run = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
      timeout: ATTEMPT_MS,
    });
    if (run.status === 0) {
      writeFileSync(stamp, digest);
      return true;
    }
    if (attempts > 1) process.stderr.write(`attempt ${attempt} of ${attempts} failed\n`);
  }
  process.stderr.write(
    'error: the dependencies could not be installed\nhint: check the network and the npm configuration, then run the command again\n',
  );
  return false;
}

/** As `tryInstall`, once, for a person who can try again; ends the process if that fails. */
export function ensureInstalled() {
  if (!tryInstall(1)) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
