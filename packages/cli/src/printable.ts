// SPDX-License-Identifier: Apache-2.0
/**
 * Text from signatures, certificates, files and servers on its way to a terminal: control characters could move the cursor or recolour
 * what was printed before, and directional marks could make a name look like another. They are shown as escapes.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

type Kept = 'nothing' | 'lines';
const isLineControl = (code: number): boolean => code === 0x0a || code === 0x09;

/** Most texts hold nothing else, and a cold command does not compile the pattern for them. */
function isPlainAscii(text: string, keep: Kept): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7e || (code < 0x20 && !(keep === 'lines' && isLineControl(code)))) return false;
  }
  return true;
}

/** `lines` keeps newlines and tabs, which our own texts hold. Applied twice it changes nothing more. */
export function printable(text: string, keep: Kept = 'nothing'): string {
  if (isPlainAscii(text, keep)) return text;
  return text.replace(UNSAFE, (c) =>
    keep === 'lines' && isLineControl(c.charCodeAt(0)) ? c : `\\u${(c.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );
}
