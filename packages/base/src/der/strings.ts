// SPDX-License-Identifier: Apache-2.0
/** The character string types of ASN.1, read as Go's crypto/x509 reads them. */
import { fromUtf8 } from '../bytes.ts';
import { TAG } from './tags.ts';

const PRINTABLE = charset(/[A-Za-z0-9 '()+,\-./:=?*&]/);
const NUMERIC = charset(/[0-9 ]/);
const ASCII = charset(/[\0-\x7f]/);

function charset(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => (pattern.test(String.fromCharCode(i)) ? 1 : 0));
}

function latin(bytes: Uint8Array, allowed: Uint8Array | undefined): string | undefined {
  let text = '';
  for (const b of bytes) {
    if (allowed !== undefined && allowed[b] === 0) return undefined;
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
    case TAG.UTF8_STRING:
      try {
        return fromUtf8(content);
      } catch {
        return undefined; // the caller knows the offset and names it
      }
    case TAG.PRINTABLE_STRING:
      return latin(content, PRINTABLE);
    case TAG.IA5_STRING:
      return latin(content, ASCII);
    case TAG.NUMERIC_STRING:
      return latin(content, NUMERIC);
    case TAG.T61_STRING:
      return latin(content, undefined);
    case TAG.BMP_STRING:
      return bmp(content);
    default:
      return undefined;
  }
}
