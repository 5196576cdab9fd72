// SPDX-License-Identifier: Apache-2.0
/** The texts of flag values, read as Go's strconv, time and encoding/csv read them, with their error texts. */
import type { Flag, FlagType, FlagValues } from './table.ts';

/** A value, or why the text is none. */
export type Read<T> = { readonly value: T } | { readonly reason: string };

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** The zero value of each type. */
export const zeroValues: { readonly [T in FlagType]: FlagValues[T] } = {
  bool: false,
  string: '',
  int: 0,
  duration: 0n,
  stringArray: [],
  strings: [],
};

/** Reads one occurrence of a flag; lists yield what the occurrence adds. Resolved at once for all types but durations and lists. */
export async function readValue(flag: Flag, text: string): Promise<Read<FlagValues[FlagType]>> {
  switch (flag.type) {
    case 'string':
      return { value: text };
    case 'stringArray':
      return { value: [text] };
    case 'bool':
      return readBool(text);
    case 'int':
      return (await import('./format/int.ts')).parseGoInt(text);
    case 'duration':
      return (await import('./format/duration.ts')).readGoDuration(text);
    case 'strings':
      return (await import('./format/csv.ts')).readCsvLine(text);
  }
}

function readBool(text: string): Read<boolean> {
  if (TRUE.includes(text)) return { value: true };
  if (FALSE.includes(text)) return { value: false };
  return { reason: `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax` };
}

/** `signature-format` to `signatureFormat`. */
export function camelCase(name: string): string {
  let dash = name.indexOf('-');
  // Most names have no dash, and no command pays for a pattern then.
  if (dash < 0) return name;
  let text = '';
  let at = 0;
  for (; dash >= 0; dash = name.indexOf('-', at)) {
    text += name.slice(at, dash) + name.charAt(dash + 1).toUpperCase();
    at = dash + 2;
  }
  return text + name.slice(at);
}
