// SPDX-License-Identifier: Apache-2.0
import { faults } from '../../faults.ts';
import { command } from '../../present.ts';
import { explanations } from './catalogue.ts';
import type { explainFlags } from './spec.ts';
import { catalogueText, explanationText } from './view.ts';

/** What a code means, or the list of codes. */
export const { run } = command<typeof explainFlags>(async ({ args }, _, report) => {
  const all = explanations();
  const wanted = args[0];
  if (wanted === undefined) {
    report.text(catalogueText(all));
    return { codes: all };
  }
  const code = wanted.toUpperCase();
  const found = all.find((e) => e.code === code);
  if (found === undefined)
    throw faults.CODE_UNKNOWN({
      code: wanted,
      similar: similarCodes(
        code,
        all.map((e) => e.code),
      ),
    });
  report.text(explanationText(found));
  return { ...found };
});

/** For completion. */
export const allCodes = (): readonly string[] => explanations().map((e) => e.code);

/** Codes that share the most words with what was typed. */
function similarCodes(typed: string, codes: readonly string[]): readonly string[] {
  const words = typed.split('_').filter((w) => w.length > 2);
  const score = (code: string): number => words.filter((w) => code.includes(w)).length;
  return codes
    .filter((code) => score(code) > 0)
    .sort((a, b) => score(b) - score(a))
    .slice(0, 5);
}
