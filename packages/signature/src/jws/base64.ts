// SPDX-License-Identifier: Apache-2.0
/** Base64 members of a JWS: one text for the same bytes, or a fault that says what Go would say, or why Go is too lenient. */
import { fromBase64, fromBase64Url, isFault } from '@notary/base';
import { jwsFaults } from '../faults.ts';

const URL_ALPHABET = /[^A-Za-z0-9_\r\n-]/;
const STD_ALPHABET = /[^A-Za-z0-9+/\r\n=]/;

/** Base64url without padding. */
export const decodeBase64Url = (where: string, text: string): Uint8Array => decode(where, text, fromBase64Url, URL_ALPHABET);
/** Standard base64 with padding. */
export const decodeBase64 = (where: string, text: string): Uint8Array => decode(where, text, fromBase64, STD_ALPHABET);

function decode(where: string, text: string, from: (text: string) => Uint8Array, alphabet: RegExp): Uint8Array {
  try {
    return from(text);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    // Go skips line breaks and overlooks pad bits; whatever else is wrong is wrong for Go too, at this offset.
    const offset = text.search(alphabet);
    const length = text.replace(/[\r\n=]/g, '').length;
    if (offset >= 0 || length % 4 === 1) throw jwsFaults.BASE64_INVALID({ where, offset: offset >= 0 ? offset : text.length }, { cause });
    throw jwsFaults.BASE64_NOT_CANONICAL({ where }, { cause });
  }
}
