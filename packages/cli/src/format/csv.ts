// SPDX-License-Identifier: Apache-2.0
/** One line of comma-separated values, as Go's encoding/csv reads the value of a list flag. */
import type { Read } from '../values.ts';

/** Splits at commas; a field in double quotes may hold commas, and `""` for a quote. */
export function readCsvLine(text: string): Read<readonly string[]> {
  if (text === '') return { value: [] };
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const field = quotedField(text, at);
      if ('reason' in field) return field;
      fields.push(field.value.text);
      at = field.value.end;
    } else {
      const comma = text.indexOf(',', at);
      const field = comma < 0 ? text.slice(at) : text.slice(at, comma);
      const quote = field.indexOf('"');
      if (quote >= 0) return { reason: `parse error on line 1, column ${byteColumn(text, at + quote)}: bare " in non-quoted-field` };
      fields.push(field);
      at += field.length;
    }
    if (at >= text.length) return { value: fields };
    at++; // the comma
    if (at === text.length) return { value: [...fields, ''] };
  }
}

const byteColumn = (text: string, index: number): number => new TextEncoder().encode(text.slice(0, index)).length + 1;

function quotedField(text: string, start: number): Read<{ text: string; end: number }> {
  let field = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') field += text[at];
    else if (text[at + 1] === '"') {
      field += '"';
      at++;
    } else if (at + 1 === text.length || text[at + 1] === ',') {
      return { value: { text: field, end: at + 1 } };
    } else {
      return { reason: `parse error on line 1, column ${byteColumn(text, at)}: extraneous or missing " in quoted-field` };
    }
  }
  return { reason: `parse error on line 1, column ${byteColumn(text, text.length)}: extraneous or missing " in quoted-field` };
}
