// SPDX-License-Identifier: Apache-2.0
/**
 * The runner: `npm run bench -- [--quick] [--rounds N] [--write] [--list] [scenario…]`. Prints tables, writes JSON into
 * `bench/results/`, and with `--write` the page `docs/performance.md` from all scenarios of the run.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { builtExecutable, type CounterpartName, findCounterpart, repositoryRoot } from '@notary/testkit';
import type { BenchContext, Scenario } from './harness.ts';
import { markdownPage, type Report, remarks, type ScenarioResult, textTable } from './report.ts';

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
  return { names, quick: argv.includes('--quick'), write: argv.includes('--write'), list: argv.includes('--list'), rounds };
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

function versionOf(file: string): string {
  try {
    const text = execFileSync(file, [file.includes('skopeo') ? '--version' : 'version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return /v?\d+\.\d+\.\d+[^\s)]*/.exec(text)?.[0] ?? 'unknown version';
  } catch {
    // Not every counterpart can say its version; it is compared all the same.
    return 'unknown version';
  }
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

async function main(): Promise<void> {
  const options = parse(process.argv.slice(2));
  const all = await scenarios();
  if (options.list) {
    for (const s of all) process.stdout.write(`${s.name.padEnd(24)} ${s.title}\n`);
    return;
  }
  const wrong = options.names.find((n) => !all.some((s) => s.name === n));
  if (wrong !== undefined) throw new Error(`no scenario ${wrong}; there are: ${all.map((s) => s.name).join(', ')}`);
  const chosen = options.names.length === 0 ? all : all.filter((s) => options.names.includes(s.name));
  // What the measured programs would read at their start: a full bundle costs a Node process 40 ms.
  delete process.env.NODE_EXTRA_CA_CERTS;

  const absent = new Set<string>();
  const versions = new Map<string, string>();
  const ends: (() => void | Promise<void>)[] = [];
  const context: BenchContext = {
    quick: options.quick,
    rounds: options.rounds ?? (options.quick ? 5 : 40),
    ours(name) {
      const path = builtExecutable(name);
      if (path === undefined) throw new Error(`dist/bin/${name} is not built: npm run build`);
      versions.set(`${name} (this project)`, versionOf(path));
      return path;
    },
    counterpart(name: CounterpartName) {
      const path = findCounterpart(name);
      if (path === undefined) absent.add(name);
      else versions.set(name, versionOf(path));
      return path;
    },
    say: (line) => void process.stderr.write(`  ${line}\n`),
    atEnd: (work) => void ends.push(work),
  };
  const report: { -readonly [K in keyof Report]: Report[K] } = {
    schema: 'notary-bench/1',
    at: new Date().toISOString(),
    machine: machine(),
    versions: {},
    absent: [],
    scenarios: [],
  };
  const results: ScenarioResult[] = [];
  try {
    for (const s of chosen) {
      process.stderr.write(`${s.name}: ${s.title}\n`);
      const rows = await s.run(context);
      results.push({ name: s.name, title: s.title, about: s.about, rows });
      process.stdout.write(
        `\n${s.title}\n${textTable(rows)}\n${remarks(rows)
          .map((r) => `  ${r}\n`)
          .join('')}\n`,
      );
    }
  } finally {
    for (const end of ends.reverse()) await end();
  }
  Object.assign(report, { versions: Object.fromEntries(versions), absent: [...absent].sort(), scenarios: results });
  if (absent.size > 0) process.stdout.write(`absent, not compared: ${report.absent.join(', ')}\n`);
  const folder = join(repositoryRoot(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.at.replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  process.stdout.write(`wrote ${file}\n`);
  if (options.write) {
    writeFileSync(join(repositoryRoot(), 'docs', 'performance.md'), markdownPage(report));
    process.stdout.write('wrote docs/performance.md\n');
  }
}

try {
  await main();
  process.exit(0);
} catch (e) {
  process.stderr.write(`bench: ${e instanceof Error ? e.message : String(e)}\n`);
  process.exit(1);
}
