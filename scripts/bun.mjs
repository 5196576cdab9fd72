// SPDX-License-Identifier: Apache-2.0
/** Runs the Bun that the package manager fetched, which no install script has put on a path: `node scripts/bun.mjs test packages/oci`. */
import { spawnSync } from 'node:child_process';
import { bunExecutable } from './build.mjs';
import { ensureInstalled } from './ensure.mjs';

ensureInstalled();
// Packages resolve to their sources, as in all other tools of the house.
const run = spawnSync(bunExecutable(), ['--conditions=@notary/source', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
