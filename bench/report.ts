// SPDX-License-Identifier: Apache-2.0
/** Results as text on the terminal, as Markdown for the page, as JSON for machines. Pure. */
import type { Row } from './processes.ts';
import type { Comparison, Stats } from './statistics.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

export interface Report {
  readonly schema: 'notary-bench/1';
  readonly at: string;
  readonly machine: {
    readonly system: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly load: number;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly absent: readonly string[];
  readonly scenarios: readonly ScenarioResult[];
}

const number = (value: number): string =>
  value >= 1_000
    ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

const spread = (s: Stats): string => (s.count === 1 ? number(s.median) : `${number(s.median)} (${number(s.p10)} to ${number(s.p90)})`);

function verdict(c: Comparison): string {
  return c.verdict !== 'better' && c.verdict !== 'worse' ? c.verdict : `${c.verdict} (${number(c.low)} to ${number(c.high)})`;
}

function lines(row: Row): string[][] {
  return Object.entries(row.values).map(([name, value], i) => {
    const comparison = row.comparisons[name];
    return [
      i === 0 ? `${row.row}, ${row.unit}` : '',
      name,
      spread(value),
      row.cpuMs?.[name] === undefined ? '' : number(row.cpuMs[name]),
      row.peakMiB?.[name] === undefined ? '' : number(row.peakMiB[name]),
      comparison === undefined ? '' : number(comparison.ratio),
      comparison === undefined ? '' : verdict(comparison),
    ];
  });
}

const HEAD = ['row', 'by', 'median (10 % to 90 %)', 'CPU ms', 'peak MiB', 'ours / theirs', 'ours is'];

/** Rows in columns. */
export function textTable(rows: readonly Row[]): string {
  const all = [HEAD, ...rows.flatMap(lines)];
  const widths = HEAD.map((_, i) => Math.max(...all.map((line) => line[i]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The aims and notes of rows, one line each. */
export function remarks(rows: readonly Row[]): string[] {
  const aims = rows.filter((r) => r.aim).map((r) => `${r.aim?.met ? 'met' : 'NOT MET'}: ${r.row}: ${r.aim?.text}`);
  return [...aims, ...rows.filter((r) => r.note).map((r) => `${r.row}: ${r.note}`)];
}

function markdownTable(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.flatMap(lines).map(line)].join('\n');
}

/** The page, whole. It is written by the runner and by nobody else. */
export function markdownPage(report: Report): string {
  const { machine } = report;
  const versions = Object.entries(report.versions).map(([name, version]) => `- ${name}: ${version}`);
  const absent = report.absent.length === 0 ? [] : [`Not on this machine, and so not compared: ${report.absent.join(', ')}.`, ''];
  const scenarios = report.scenarios.flatMap((s) => [
    `## ${s.title}`,
    '',
    s.about,
    '',
    markdownTable(s.rows),
    '',
    ...remarks(s.rows).map((r) => `- ${r}`),
    ...(remarks(s.rows).length > 0 ? [''] : []),
  ]);
  return [
    '# Performance',
    '',
    'Written by `npm run bench -- --write`. Contenders take turns within a row, so that a change of the mood of the machine meets all of',
    'them. A row gives the median and the range of the middle 80 % of its samples, processor time and peak memory of the whole process, and the',
    'ratio of the medians. Whether a difference is one is decided by resampling: if the middle 95 % of the ratios hold 1, it says "no',
    'difference within noise". Only ratios of one run mean anything; other machines give other numbers.',
    '',
    `${machine.system}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; load ${machine.load.toFixed(2)} when it began; ${report.at.slice(0, 10)}.`,
    '',
    ...versions,
    '',
    ...absent,
    ...scenarios,
  ].join('\n');
}
