// SPDX-License-Identifier: Apache-2.0
/** The reference's tables: tabwriter with cells of at least 4, 4 blanks between them, a row of dashes under the header. */

import { printable } from '@notary/cli';
import { tabwriter } from '@notary/cli/format';

/** Rows of cells; the last cell of a row is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map((h) => '-'.repeat(h.length)), ...rows.map((row) => row.map((cell) => printable(cell)))];
  const text = lines.map((cells) => `${cells.join('\t')}\n`).join('');
  return tabwriter(text, { minWidth: 4, tabWidth: 4, padding: 4, padCharacter: ' ' });
}

/** Paths sorted, the empty one spelled out. */
export const prettyPaths = (paths: readonly string[]): string[] => [...paths].sort().map((p) => (p === '' ? '"" <all paths>' : p));

/** The last `max` characters, with dots for what is missing. */
export const fromTheRight = (text: string, max: number): string =>
  text.length <= max ? text : `...${text.slice(text.length - (max - 3))}`;
