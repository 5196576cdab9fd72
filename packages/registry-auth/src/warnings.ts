// SPDX-License-Identifier: Apache-2.0
/** `Warning: 299 - "text"` (distribution-spec, "Warnings"): shown once each, never acted on. */
import { MAX_WARNING_LENGTH, MAX_WARNINGS } from './limits.ts';

/** The texts of the 299 warnings of an answer, at most 4,096 characters of fields, control characters replaced. */
export function parseWarnings(fields: readonly string[]): string[] {
  const texts: string[] = [];
  let budget = MAX_WARNING_LENGTH;
  for (const field of fields) {
    if (field.length > budget) break;
    budget -= field.length;
    for (const match of field.matchAll(/(?:^|,)\s*299\s+-\s+"((?:[^"\\]|\\.)*)"/g)) {
      const text = (match[1] as string).replace(/\\(.)/g, '$1').replace(/[\x00-\x1f\x7f-\x9f]/g, '\ufffd');
      if (text !== '') texts.push(text);
    }
  }
  return texts;
}

/** Passes each distinct text on once. */
export function createWarningFilter(onWarning: ((text: string) => void) | undefined): (fields: readonly string[]) => void {
  const seen = new Set<string>();
  return (fields) => {
    if (onWarning === undefined || fields.length === 0) return;
    for (const text of parseWarnings(fields)) {
      if (seen.has(text) || seen.size >= MAX_WARNINGS) continue;
      seen.add(text);
      onWarning(text);
    }
  };
}
