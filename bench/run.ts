// SPDX-License-Identifier: Apache-2.0
/**
 * The runner: `npm run bench -- [--quick] [--rounds N] [--write] [--list] [scenario…]`. After each scenario it prints a table and keeps the
 * result as `bench/results/<scenario>.json`; with `--write` it also replaces the scenario's section of `docs/performance.md`.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, cpus, loadavg, platform, release, tmpdir, totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { builtExecutable, type CounterpartName, findCounterpart, repositoryRoot } from '@notary/testkit';
import type { BenchContext, Scenario } from './harness.ts';
import { updatePage } from './page.ts';
import { type Report, remarks, textTable } from './report.ts';
import { versionOf } from './versions.ts';

interface Options {
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly write: boolean;
  readonly list: boolean;
  readonly rounds: number | undefined;
}

function parse(argv: readonly string[]): Options {
  const at = argv.indexOf('--rounds');
  const rounds = at < 0 ? undefined : Number(argv[at + 1]);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds needs a positive number');
  const names = argv.filter((a, i) => !a.startsWith('--') && (at < 0 || i !== at + 1));
  const unknown = argv.find((a) => a.startsWith('--') && !['--rounds', '--quick', '--write', '--list'].includes(a));
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}`);
  const [quick, write] = [argv.includes('--quick'), argv.includes('--write')];
  if (quick && write) throw new Error('--quick shows that scenarios work: its numbers are not for the page');
  return { names, quick, write, list: argv.includes('--list'), rounds };
}

async function scenarios(): Promise<Scenario[]> {
  const folder = join(repositoryRoot(), 'bench', 'scenarios');
  const found: Scenario[] = [];
  for (const file of readdirSync(folder)
    .filter((f) => f.endsWith('.ts'))
    .sort()) {
    const module = (await import(join(folder, file))) as { scenario?: Scenario };
    if (module.scenario !== undefined) found.push(module.scenario);
  }
  return found;
}

function machine(): Report['machine'] {
  const [first] = cpus();
  return {
    system: `${platform()} ${release()} ${arch()}`,
    processor: first?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? 0,
  };
}

/** `BENCH_ZOT` names an executable for measurements alone; others are found as tests find them. */
const counterpartPath = (name: CounterpartName): string | undefined =>
  process.env[`BENCH_${name.toUpperCase().replaceAll('-', '_')}`] ?? findCounterpart(name);

/** Temporary files of a run are in one folder and go with it. Databases run as users of their own, so it can be passed through. */
function openTemporary(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'notary-bench-'));
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** What scenarios used: by name with versions, and what they missed. Emptied before each. */
interface Used {
  readonly versions: Map<string, string>;
  readonly absent: Set<string>;
}

function createContext(options: Options, used: Used, ends: (() => void | Promise<void>)[]): BenchContext {
  const versions = new Map<string, string>();
  const copies = new Map<string, string>();
  /** A copy of its own for each: how a file came to lie in the page cache makes milliseconds of a start, and nothing else tells them apart. */
  const installed = (name: string, path: string): string => {
    const copy = copies.get(path) ?? join(mkdtempSync(join(tmpdir(), 'program-')), basename(path));
    if (!copies.has(path)) {
      chmodSync(dirname(copy), 0o711);
      copyFileSync(realpathSync(path), copy);
      chmodSync(copy, 0o755);
      copies.set(path, copy);
    }
    const version = versions.get(path) ?? versionOf(path);
    versions.set(path, version);
    used.versions.set(name, version);
    return copy;
  };
  return {
    quick: options.quick,
    rounds: options.rounds ?? (options.quick ? 5 : 40),
    loadRounds: options.quick ? 1 : Math.min(options.rounds ?? LOAD_ROUNDS, LOAD_ROUNDS),
    ours(name) {
      const path = builtExecutable(name);
      if (path === undefined) throw new Error(`dist/bin/${name} is not built: npm run build`);
      return installed(`${name} (this project)`, path);
    },
    counterpart(name) {
      const path = counterpartPath(name);
      if (path === undefined) used.absent.add(name);
      return path && installed(name, path);
    },
    say: (line) => void process.stderr.write(`  ${line}\n`),
    atEnd: (work) => void ends.push(work),
  };
}

/** Five rounds of some seconds each are as many as a run of all scenarios has time for, and enough to be judged. */
const LOAD_ROUNDS = 5;

async function measure(scenario: Scenario, context: BenchContext, used: Used): Promise<Report> {
  used.versions.clear();
  used.absent.clear();
  const [at, before] = [new Date().toISOString(), machine()];
  const rows = await scenario.run(context);
  const { name, title, about } = scenario;
  const versions = Object.fromEntries(used.versions);
  return { schema: 'notary-bench/2', name, title, about, at, machine: before, versions, absent: [...used.absent].sort(), rows };
}

function print({ title, rows, absent }: Report): void {
  const lines = remarks(rows).map((remark) => `  ${remark}\n`);
  const missing = absent.length === 0 ? '' : `  absent, not compared: ${absent.join(', ')}\n`;
  process.stdout.write(`\n${title}\n${textTable(rows)}\n${lines.join('')}${missing}`);
}

/** Keeps a result at once: a run that is interrupted has measured what it has measured. */
function keep(report: Report, options: Options, order: readonly string[]): void {
  const folder = join(repositoryRoot(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${report.name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  if (!options.write) return;
  const page = join(repositoryRoot(), 'docs', 'performance.md');
  writeFileSync(page, updatePage(existsSync(page) ? readFileSync(page, 'utf8') : '', [report], order));
}

async function main(): Promise<number> {
  const options = parse(process.argv.slice(2));
  const all = await scenarios();
  if (options.list) {
    for (const s of all) process.stdout.write(`${s.name.padEnd(24)} ${s.title}\n`);
    return 0;
  }
  const order = all.map((s) => s.name);
  const wrong = options.names.find((n) => !order.includes(n));
  if (wrong !== undefined) throw new Error(`no scenario ${wrong}; there are: ${order.join(', ')}`);
  // What the measured programs would read at their start: a full bundle costs a Node process 40 ms.
  delete process.env.NODE_EXTRA_CA_CERTS;

  const ends: (() => void | Promise<void>)[] = [openTemporary()];
  const end = async (): Promise<void> => {
    for (const work of ends.splice(0).reverse())
      await Promise.resolve()
        .then(work)
        .catch((e) => process.stderr.write(`bench: at the end: ${messageOf(e)}\n`));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().then(() => process.exit(130)));
  const used: Used = { versions: new Map(), absent: new Set() };
  const context = createContext(options, used, ends);
  let failed = 0;
  for (const scenario of all.filter((s) => options.names.length === 0 || options.names.includes(s.name))) {
    process.stderr.write(`${scenario.name}: ${scenario.title}\n`);
    try {
      const report = await measure(scenario, context, used);
      print(report);
      if (report.rows.length > 0) keep(report, options, order);
    } catch (e) {
      failed++;
      process.stderr.write(`bench: ${scenario.name}: ${messageOf(e)}\n`);
    }
  }
  await end();
  return failed === 0 ? 0 : 1;
}

const messageOf = (e: unknown): string => (e instanceof Error ? e.message : String(e));

try {
  process.exit(await main());
} catch (e) {
  process.stderr.write(`bench: ${messageOf(e)}\n`);
  process.exit(1);
}
