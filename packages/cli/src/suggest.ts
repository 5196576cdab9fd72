// SPDX-License-Identifier: Apache-2.0
/** Names similar to a mistyped one: at most two edits away, or beginning with what was typed. */
import type { Command } from './table.ts';

const MAX_DISTANCE = 2; // cobra: SuggestionsMinimumDistance
const MAX_WORD = 64; // longer words are nobody's typing error; bounds the quadratic work

/** Names of the visible commands below `parent` that resemble `typed`, in table order. */
export function suggestNames<D>(parent: Command<D>, typed: string): string[] {
  if (typed.length > MAX_WORD) return [];
  const wanted = typed.toLowerCase();
  return (parent.commands ?? [])
    .filter((c) => !c.hidden && c.name !== 'help')
    .map((c) => c.name)
    .filter((name) => name.toLowerCase().startsWith(wanted) || distance(wanted, name.toLowerCase()) <= MAX_DISTANCE);
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      next[j] = same ? (row[j - 1] as number) : 1 + Math.min(row[j] as number, next[j - 1] as number, row[j - 1] as number);
    }
    row = next;
  }
  return row[b.length] as number;
}
