// SPDX-License-Identifier: Apache-2.0
/**
 * Text from signatures, certificates and registries on its way to a terminal: control characters could move the cursor or recolour
 * what was printed before, and directional marks could make a name look like another. They are shown as escapes.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

export const printable = (text: string): string =>
  text.replace(UNSAFE, (c) => `\\u${(c.codePointAt(0) as number).toString(16).padStart(4, '0')}`);
