// SPDX-License-Identifier: Apache-2.0
/** The character string types of ASN.1, read as Go's crypto/x509 reads them. */
import { fromUtf8 } from '../bytes.ts';
import { TAG } from './tags.ts';

// Plain comparisons instead of tables or patterns: this file is on the way of every verification, and tables cost at start.
type Allowed = (code: number) => boolean;
const isAscii: Allowed = (c) => c < 0x80;
const isNumeric: Allowed = (c) => (c >= 0x30 && c <= 0x39) || c === 0x20;
const isLatin: Allowed = () => true;

/** Letters, digits and `'()+,-./:=?` with the blank, and `*` and `&`, which real certificates hold. */
function isPrintable(c: number): boolean {
  if ((c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || isNumeric(c)) return true;
  return (c >= 0x26 && c <= 0x2f) || c === 0x3a || c === 0x3d || c === 0x3f;
}

function latin(bytes: Uint8Array, allowed: Allowed): string | undefined {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const b = bytes[i] as number;
    if (!allowed(b)) return undefined;
    text += String.fromCharCode(b);
  }
  return text;
}

/** UCS-2: surrogates and permanently reserved code points are refused, one trailing NUL is dropped. */
function bmp(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  let end = bytes.length;
  if (end >= 2 && bytes[end - 1] === 0 && bytes[end - 2] === 0) end -= 2;
  let text = '';
  for (let i = 0; i < end; i += 2) {
    const c = ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
    if (c >= 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) || (c >= 0xd800 && c <= 0xdfff)) return undefined;
    text += String.fromCharCode(c);
  }
  return text;
}

/**
 * The text of a string element by its tag; `undefined` where the content breaks the rules of its type or the tag is no
 * string. PrintableString also admits `*` and `&`, which real certificates hold; T61String is taken as Latin-1.
 */
export function decodeDerString(tag: number, content: Uint8Array): string | undefined {
  switch (tag) {
    case TAG.UTF8_STRING: {
      // Nearly every name is ASCII, for which the decoder of the runtime is the slower way.
      const ascii = latin(content, isAscii);
      if (ascii !== undefined) return ascii;
      try {
        return fromUtf8(content);
      } catch {
        return undefined; // the caller knows the offset and names it
      }
    }
    case TAG.PRINTABLE_STRING:
      return latin(content, isPrintable);
    case TAG.IA5_STRING:
      return latin(content, isAscii);
    case TAG.NUMERIC_STRING:
      return latin(content, isNumeric);
    case TAG.T61_STRING:
      return latin(content, isLatin);
    case TAG.BMP_STRING:
      return bmp(content);
    default:
      return undefined;
  }
}
