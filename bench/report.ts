// SPDX-License-Identifier: Apache-2.0
/** Results as text on the terminal, as Markdown for the page, as JSON for machines. Pure. */
import type { Row } from './processes.ts';
import type { Comparison, Stats } from './statistics.ts';

/** What was measured on what, of one scenario. */
export interface Report {
  readonly schema: 'notary-bench/2';
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly at: string;
  readonly machine: {
    readonly system: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    /** When the scenario began. */
    readonly load: number;
  };
  /** Of the programs that took part. */
  readonly versions: Readonly<Record<string, string>>;
  /** Counterparts that are not on this machine. */
  readonly absent: readonly string[];
  readonly rows: readonly Row[];
}

const number = (value: number): string =>
  value >= 1_000
    ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

/** The middle 80 % of few samples would be made up of them all: then it is the least and the most. */
function spread({ median, p10, p90, least, most, count }: Stats): string {
  if (count === 1) return number(median);
  return count < 10 ? `${number(median)} (${number(least)} to ${number(most)})` : `${number(median)} (${number(p10)} to ${number(p90)})`;
}

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

const HEAD = ['row', 'by', 'median (range)', 'CPU ms', 'peak MiB', 'ours / theirs', 'ours is'];

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

/** A scenario in Markdown, below a heading of its own. */
export function markdownSection(report: Report): string {
  const { machine } = report;
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  const counts = report.rows.flatMap((row) => Object.values(row.values).map((s) => s.count));
  const rounds = [...new Set([Math.min(...counts), Math.max(...counts)])].join(' to ');
  const measured = [
    `Measured ${report.at.slice(0, 10)}, ${rounds} ${rounds === '1' ? 'round' : 'rounds'} a row, on ${machine.system}, ${machine.processor}`,
    `${machine.cores} cores, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(2)} when it began`,
  ];
  const programs = versions.length === 0 ? [] : [`with ${versions.join(', ')}`];
  const absent = report.absent.length === 0 ? [] : [`${report.absent.join(', ')} not on that machine and so not compared`];
  return [
    `## ${report.title}`,
    '',
    report.about,
    '',
    `${[...measured, ...programs, ...absent].join('; ')}.`,
    '',
    markdownTable(report.rows),
    '',
    ...remarks(report.rows).map((r) => `- ${r}`),
    ...(remarks(report.rows).length > 0 ? [''] : []),
  ].join('\n');
}
