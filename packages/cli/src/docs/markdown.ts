// SPDX-License-Identifier: Apache-2.0
/** The command pages of the documentation: one Markdown page per top-level command, and an index, from the table alone. */
import { usageText } from '../help/help.ts';
import type { Command } from '../table.ts';

/** A page in Markdown. */
export interface CommandPage {
  /** `sign.md`, `index.md`. */
  readonly file: string;
  readonly text: string;
}

const NOTICE = '<!-- Generated from the command table. Do not edit: run "node scripts/docs.mjs". -->';

/** Pages for the commands below `root`. Hidden commands have none. */
export function commandPages<D>(root: Command<D>): CommandPage[] {
  const shown = (root.commands ?? []).filter((c) => !c.hidden).sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = shown.map(
    (c) =>
      `| [\`${root.name} ${c.name}\`](${c.name}.md) | ${escapeCell(c.short ?? '')}${c.extension ? ' *(not in the reference tool)*' : ''} |`,
  );
  const index = `${NOTICE}\n\n# ${root.name}\n\n${root.long ?? root.short ?? ''}\n\n| command | |\n| --- | --- |\n${rows.join('\n')}\n`;
  return [
    { file: 'index.md', text: index },
    ...shown.map((c) => ({ file: `${c.name}.md`, text: `${NOTICE}\n\n${section([root, c], 1)}` })),
  ];
}

function section<D>(chain: readonly Command<D>[], level: number): string {
  const command = chain.at(-1) as Command<D>;
  const path = chain.map((c) => c.name).join(' ');
  const parts = [`${'#'.repeat(level)} ${path}\n`];
  if (command.extension) parts.push('*Not in the reference tool.*\n');
  const prose = paragraphs(command.long ?? command.short ?? '');
  if (prose !== '') parts.push(`${prose}\n`);
  parts.push(`\`\`\`text\n${usageText(chain, { experimental: true }).trimEnd()}\n\`\`\`\n`);
  const environment = environmentOf(command);
  if (environment !== '') parts.push(`${environment}\n`);
  const children = (command.commands ?? []).filter((c) => !c.hidden).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const child of children) parts.push(section([...chain, child], Math.min(level + 1, 6)));
  return parts.join('\n');
}

/** Long texts hold examples as indented lines below a line that ends with a colon: those become code. */
function paragraphs(long: string): string {
  const out: string[] = [];
  let isCode = false;
  for (const line of long.trimEnd().split('\n')) {
    const indented = /^( {2}|\t)\S/.test(line);
    if (indented !== isCode) out.push(indented ? '```console' : '```');
    if (indented && !isCode && out.at(-2) !== '') out.splice(-1, 0, '');
    isCode = indented;
    out.push(indented ? `$ ${line.trim()}` : escapeText(line));
  }
  if (isCode) out.push('```');
  return out.join('\n');
}

/** `<registry>` would be an HTML tag, `*` an emphasis. */
const escapeText = (text: string): string => text.replace(/[<*]/g, (c) => `\\${c}`);
const escapeCell = (text: string): string => escapeText(text).replaceAll('|', '\\|');

function environmentOf<D>(command: Command<D>): string {
  const rows = Object.entries(command.flags ?? {})
    .filter(([, flag]) => flag.env !== undefined && !flag.hidden)
    .map(([name, flag]) => `- \`${flag.env}\`: default of \`--${name}\``);
  return rows.length === 0 ? '' : `Environment:\n\n${rows.join('\n')}`;
}
