// SPDX-License-Identifier: Apache-2.0
import { lines } from '../../present.ts';
import type { Explanation } from './catalogue.ts';

/** One code. */
export const explanationText = (e: Explanation): string =>
  lines(
    `${e.code} (${e.category})`,
    '',
    ...(e.message ? [...e.message.split('\n').map((line) => `  ${line}`), ''] : []),
    ...(e.meaning ? [e.meaning] : []),
    e.action,
    ...(e.clause ? ['', `clause:  ${e.clause}`] : []),
    ...(e.remedy ? ['', `remedy:  ${e.remedy}`] : []),
  );

/** All codes with their categories. */
export function catalogueText(all: readonly Explanation[]): string {
  const width = Math.max(...all.map((e) => e.code.length));
  return lines(...all.map((e) => `${e.code.padEnd(width)}  ${e.category}`));
}
