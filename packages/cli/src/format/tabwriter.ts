// SPDX-License-Identifier: Apache-2.0
/**
 * Text tables in the layout of Go's text/tabwriter: cells end with a tab, a column is a run of lines that have a cell there,
 * and it is as wide as its widest cell plus the padding. The last cell of a line, without a tab, belongs to no column.
 */

/** The parameters of Go's `tabwriter.NewWriter`. */
export interface TabwriterOptions {
  /** Smallest width of a cell, its padding included. */
  readonly minWidth: number;
  /** Width of a tab, for columns padded with tabs. */
  readonly tabWidth: number;
  readonly padding: number;
  /** One character; a tab makes columns multiples of `tabWidth`. */
  readonly padCharacter: string;
  /** Text stands at the right of its cell. */
  readonly alignRight?: boolean;
}

/** Lays out `text`, whose lines hold cells that end with a tab. */
export function tabwriter(text: string, options: TabwriterOptions): string {
  const endsWithNewline = text.endsWith('\n');
  const lines = (endsWithNewline ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  layout({ lines, out, options }, [], 0, lines.length);
  return out.join('\n') + (endsWithNewline ? '\n' : '');
}

/** A table: rows of cells, each of which ends with a tab, also the last. */
export function tabTable(rows: readonly (readonly string[])[], options: TabwriterOptions): string {
  return tabwriter(rows.map((row) => `${row.map((cell) => `${cell}\t`).join('')}\n`).join(''), options);
}

interface Table {
  readonly lines: readonly (readonly string[])[];
  readonly out: string[];
  readonly options: TabwriterOptions;
}

/** Prints the lines `from` to `to`, whose first columns have the given widths. */
function layout(table: Table, widths: readonly number[], from: number, to: number): void {
  const column = widths.length;
  const reaches = (line: number): boolean => (table.lines[line] as readonly string[]).length - 1 > column;
  let at = from;
  while (at < to) {
    if (!reaches(at)) {
      printLine(table, widths, at++);
      continue;
    }
    let end = at;
    while (end < to && reaches(end)) end++;
    layout(table, [...widths, columnWidth(table, column, at, end)], at, end);
    at = end;
  }
}

function columnWidth({ lines, options }: Table, column: number, from: number, to: number): number {
  let width = options.minWidth;
  for (let i = from; i < to; i++) {
    const length = textWidth((lines[i] as readonly string[])[column] as string);
    width = Math.max(width, length + options.padding);
  }
  return width;
}

const textWidth = (text: string): number => [...text].length;

function printLine({ lines, out, options }: Table, widths: readonly number[], index: number): void {
  const cells = lines[index] as readonly string[];
  let line = '';
  cells.forEach((cell, i) => {
    const width = widths[i];
    const isLast = i === cells.length - 1;
    if (isLast || width === undefined) line += cell;
    else if (options.alignRight) line += pad(options, textWidth(cell), width) + cell;
    else line += cell + pad(options, textWidth(cell), width);
  });
  out.push(line);
}

function pad(options: TabwriterOptions, used: number, width: number): string {
  if (options.padCharacter !== '\t') return options.padCharacter.repeat(Math.max(0, width - used));
  if (options.tabWidth === 0) return '';
  const full = Math.ceil(width / options.tabWidth) * options.tabWidth;
  return '\t'.repeat(Math.max(0, Math.ceil((full - used) / options.tabWidth)));
}
