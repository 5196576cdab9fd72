// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { updatePage } from '../page.ts';
import { sampleRow } from '../processes.ts';
import { markdownSection, type Report, textTable } from '../report.ts';

const around = (center: number, count: number): number[] => Array.from({ length: count }, (_, i) => center + 0.1 * Math.sin(i * 12.9898));

const row = (count: number) =>
  sampleRow(
    'verify',
    'ms',
    'less',
    new Map([
      ['ours', around(10, count)],
      ['go', around(12, count)],
    ]),
  );

const report = (name: string, more: Partial<Report> = {}): Report => ({
  schema: 'notary-bench/2',
  name,
  title: `Title of ${name}`,
  about: 'About it.',
  at: '2026-01-01T00:00:00.000Z',
  machine: { system: 'linux', processor: 'x', cores: 2, memoryGiB: 4, load: 0.5 },
  versions: { notation: '1.0.0' },
  absent: [],
  rows: [row(40)],
  ...more,
});

describe('a report', () => {
  it('is a table', () => {
    expect(textTable([row(40)]).split('\n')).toHaveLength(3);
    expect(textTable([row(40)])).toContain('better');
  });

  it('judges five rounds, and shows all of a few samples as their range', () => {
    expect(textTable([row(5)])).toMatch(/10\.1 \(10\.0 to 10\.1\).*better/s);
    expect(textTable([row(2)])).toContain('too few samples to judge');
  });

  it('says where it was measured, with what, what was absent and what was not met', () => {
    const section = markdownSection(report('s', { absent: ['zot'], rows: [{ ...row(40), aim: { text: 'fast', met: false } }] }));
    expect(section).toContain(
      'Measured 2026-01-01, 40 rounds a row, on linux, x; 2 cores, 4 GiB, load 0.50 when it began; with notation 1.0.0; zot not on that machine and so not compared.',
    );
    expect(section).toContain('- NOT MET: verify: fast');
    expect(section).toContain('| verify, ms | ours |');
  });
});

describe('the page', () => {
  const order = ['a', 'b', 'c'];
  const titles = (page: string): string[] => page.match(/(?<=^## ).*/gm) ?? [];

  it('has the sections in the order of the scenarios, whatever was run first', () => {
    expect(titles(updatePage('', [report('c'), report('a')], order))).toEqual(['Title of a', 'Title of c']);
  });

  it('keeps the sections of scenarios that were not run, to the letter', () => {
    const first = updatePage('', [report('a'), report('b')], order);
    const second = updatePage(first, [report('b', { about: 'New.' }), report('c')], order);
    expect(titles(second)).toEqual(['Title of a', 'Title of b', 'Title of c']);
    expect(second).toContain('New.');
    const sectionOf = (page: string): string => page.slice(page.indexOf('## Title of a'), page.indexOf('<!-- scenario {"name":"b"'));
    expect(sectionOf(second)).toBe(sectionOf(first));
    expect(updatePage(second, [], order)).toBe(second);
  });

  it('drops the sections of scenarios that are no more', () => {
    expect(titles(updatePage(updatePage('', [report('a'), report('b')], order), [], ['b']))).toEqual(['Title of b']);
  });

  it('lists every program once, in the version measured last', () => {
    const old = report('a', { versions: { zot: 'v1', notation: '1.0.0' } });
    const page = updatePage('', [old, report('b', { at: '2026-02-01T00:00:00.000Z', versions: { zot: 'v2' } })], order);
    expect(page).toContain('- notation 1.0.0\n- zot v2\n');
  });
});
