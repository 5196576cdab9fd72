// SPDX-License-Identifier: Apache-2.0
/** The bench command: builds the executables that are missing or old, then runs `bench/run.ts` on Bun with the arguments given. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunExecutable, ensureBuilt } from './build.mjs';
import { ensureInstalled } from './ensure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
ensureInstalled();
await ensureBuilt(readdirSync(join(root, 'apps')).filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts'))));
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;
const run = spawnSync(bunExecutable(), ['--conditions=@notary/source', join(root, 'bench/run.ts'), ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
