// SPDX-License-Identifier: Apache-2.0
/**
 * Builds everything that ships:
 *   node scripts/build.mjs               libraries (dist/ of each package, JavaScript and types) and executables (dist/bin/)
 *   node scripts/build.mjs bin [NAME…]   executables only
 *   node scripts/build.mjs lib           libraries only
 *
 * Executables are compiled by the executable of Bun's platform package, which the package manager fetched and checked: no
 * install script runs. Autoloading of `.env` and `bunfig.toml` is off, because by default a compiled program runs code that a
 * `bunfig.toml` in the current folder names.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Path of Bun's own executable inside its platform package. */
export function bunExecutable() {
  const scope = `${root}node_modules/@oven`;
  const names = existsSync(scope) ? readdirSync(scope) : [];
  for (const name of names) {
    const file = `${scope}/${name}/bin/${process.platform === 'win32' ? 'bun.exe' : 'bun'}`;
    if (existsSync(file)) return file;
  }
  throw new Error(`no Bun for ${process.platform}-${process.arch} among the installed packages: run "npm ci" without --omit=optional`);
}

/** The flags that every executable is compiled with; the end-to-end tests hold them to their promise. */
export const compileFlags = [
  '--compile',
  '--bytecode',
  '--minify',
  '--target=bun',
  // Chunks: a command loads its own code and nothing else; about 1 ms less than one bundle, and a smaller process.
  '--splitting',
  '--format=esm',
  '--min-chunk-size=65536',
  '--conditions=@notary/source',
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
  '--no-compile-autoload-tsconfig',
  '--no-compile-autoload-package-json',
];

/** Commands end before optimised code would pay for its compilation: they start compiling ten times later, which a cold `verify` gains 4 ms of processor time from. Servers keep the default. */
const shortLived = new Set(['notation', 'notary']);

function run(file, args, cwd = root) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env };
    delete env.BUN_OPTIONS;
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (d) => {
      text += d;
    });
    child.stderr.on('data', (d) => {
      text += d;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${file} ${args.join(' ')}\n${text}`))));
  });
}

/** Compiles one executable into `dist/bin`, staged beside it so that a failed build leaves the old one. */
async function buildExecutable(name) {
  const out = `${root}dist/bin/${name}`;
  const staged = `${root}dist/.staged-${process.pid}-${name}`;
  const flags = shortLived.has(name) ? [...compileFlags, '--compile-jit-policy=10'] : compileFlags;
  await run(bunExecutable(), ['build', ...flags, `--outfile=${staged}`, `apps/${name}/src/main.ts`]);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const made = existsSync(staged) ? staged : staged + suffix;
  // Written in one go, as an installation would: the pieces that the bundler writes stay small in the page cache, and each start then takes
  // 2 ms of page faults more.
  copyFileSync(made, `${staged}-whole`);
  rmSync(made);
  renameSync(`${staged}-whole`, out + suffix);
  process.stdout.write(`built dist/bin/${name}${suffix}\n`);
}

async function buildExecutables(only) {
  mkdirSync(`${root}dist/bin`, { recursive: true });
  const names = readdirSync(`${root}apps`).filter(
    (n) => existsSync(`${root}apps/${n}/src/main.ts`) && (only.length === 0 || only.includes(n)),
  );
  for (const name of names) await buildExecutable(name);
}

/** What executables are made of, from the root of the repository. */
export function sourceFiles() {
  const folders = ['packages', 'apps'].flatMap((group) => readdirSync(root + group).map((name) => `${group}/${name}/src`));
  const files = folders
    .filter((folder) => existsSync(root + folder))
    .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((file) => `${folder}/${file}`));
  return [...files.filter((file) => !file.startsWith('packages/testkit/')), 'scripts/build.mjs', 'package-lock.json'];
}

/** Builds those of the named executables that are missing or older than a source file, or than the folder that one was removed from. */
export async function ensureBuilt(names) {
  const newest = Math.max(...sourceFiles().map((file) => statSync(root + file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const stale = names.filter(
    (name) => !existsSync(`${root}dist/bin/${name}${suffix}`) || statSync(`${root}dist/bin/${name}${suffix}`).mtimeMs < newest,
  );
  if (stale.length > 0) await buildExecutables(stale);
}

/** Workspace folders in an order in which each comes after what it depends on. */
function workspacesInOrder() {
  const byName = new Map();
  for (const group of ['packages', 'apps'])
    for (const folder of readdirSync(`${root}${group}`)) {
      const file = `${root}${group}/${folder}/package.json`;
      if (!existsSync(file)) continue;
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      byName.set(manifest.name, { dir: `${root}${group}/${folder}`, manifest });
    }
  const order = [];
  const visit = (name) => {
    const workspace = byName.get(name);
    if (workspace === undefined) return;
    byName.delete(name);
    for (const dependency of Object.keys(workspace.manifest.dependencies ?? {})) visit(dependency);
    order.push(workspace);
  };
  for (const name of [...byName.keys()]) visit(name);
  return order;
}

/** Compiles each library with the types it exports, against the built form of those below it: what a user of the package gets. */
async function buildLibraries() {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  let count = 0;
  for (const { dir, manifest } of workspacesInOrder()) {
    if (manifest.name === '@notary/testkit' || !existsSync(`${dir}/src`) || readdirSync(`${dir}/src`).length === 0) continue;
    rmSync(`${dir}/dist`, { recursive: true, force: true });
    const config = `${dir}/tsconfig.dist.json`;
    writeFileSync(
      config,
      JSON.stringify({ extends: '../../tsconfig.build.json', compilerOptions: { rootDir: 'src', outDir: 'dist' }, include: ['src'] }),
    );
    try {
      await run(process.execPath, [tsc, '-p', config], dir);
    } finally {
      rmSync(config, { force: true });
    }
    count += 1;
  }
  process.stdout.write(`built ${count} libraries\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  const [what = 'all', ...names] = process.argv.slice(2);
  try {
    if (what === 'all' || what === 'bin') await buildExecutables(names);
    if (what === 'all' || what === 'lib') await buildLibraries();
  } catch (e) {
    process.stderr.write(`${e.message}\n`);
    process.exit(1);
  }
}
