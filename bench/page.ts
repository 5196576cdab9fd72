// SPDX-License-Identifier: Apache-2.0
/** `docs/performance.md`: a head, and a section a scenario. What was measured anew replaces its section; the others stay. Pure. */
import { markdownSection, type Report } from './report.ts';

/** What the page must know of a section without reading its prose. */
interface Mark {
  readonly name: string;
  readonly at: string;
  readonly versions: Readonly<Record<string, string>>;
}

interface Section extends Mark {
  readonly text: string;
}

const HEAD = `# Performance

Written by \`npm run bench -- --write\`, which replaces the sections of the scenarios that it ran. Contenders take turns within a row, so that
a change of the mood of the machine meets all of them. A row gives the median and, in brackets, the range of the middle 80 % of its samples, or
of all where they are fewer than ten; then processor time and peak memory of the whole process, and the ratio of the medians. Whether a
difference is one is decided by resampling: if the middle 95 % of the ratios hold 1, it says "no difference within noise". Only ratios within
one row mean anything; other machines give other numbers.
`;

const markOf = ({ name, at, versions }: Mark): string => `<!-- scenario ${JSON.stringify({ name, at, versions })} -->`;

function sectionsOf(page: string): Section[] {
  return page
    .split(/^(?=<!-- scenario )/m)
    .slice(1)
    .map((part) => {
      const [first = ''] = part.split('\n', 1);
      const mark = JSON.parse(first.slice('<!-- scenario '.length, -' -->'.length)) as Mark;
      return { ...mark, text: part.slice(first.length + 1) };
    });
}

/** Every program once, in the version that was measured last. */
function versionsOf(sections: readonly Section[]): string[] {
  const newest = new Map<string, string>();
  const byAge = [...sections].sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const section of byAge) for (const [name, version] of Object.entries(section.versions)) newest.set(name, version);
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, version]) => `- ${name} ${version}`);
}

/** The page with these reports in it. `order` names all scenarios there are: sections of others are dropped. */
export function updatePage(page: string, reports: readonly Report[], order: readonly string[]): string {
  const sections = new Map(sectionsOf(page).map((section) => [section.name, section]));
  for (const report of reports) sections.set(report.name, { ...report, text: markdownSection(report) });
  const kept = order.flatMap((name) => sections.get(name) ?? []);
  const versions = versionsOf(kept);
  const head = versions.length === 0 ? HEAD : `${HEAD}\nPrograms, in the version measured last:\n\n${versions.join('\n')}\n`;
  return [head, ...kept.map((section) => `${markOf(section)}\n${section.text.trimEnd()}\n`)].join('\n');
}
