// SPDX-License-Identifier: Apache-2.0
/** Base64 members of a JWS: one text for the same bytes, or a fault that says what Go would say, or why Go is too lenient. */
import { fromBase64, fromBase64Url, isFault } from '@notary/base';
import { jwsFaults } from '../faults.ts';

const URL_ALPHABET = /[^A-Za-z0-9_-]/;
const STD_ALPHABET = /[^A-Za-z0-9+/]/;

/** Base64url without padding. */
export const decodeBase64Url = (where: string, text: string): Uint8Array => decode(where, text, fromBase64Url, URL_ALPHABET);
/** Standard base64 with padding. */
export const decodeBase64 = (where: string, text: string): Uint8Array => decode(where, text, fromBase64, STD_ALPHABET);

function decode(where: string, text: string, from: (text: string) => Uint8Array, alphabet: RegExp): Uint8Array {
  try {
    return from(text);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    const plain = text.replace(/[\r\n]/g, '').replace(/={1,2}$/, '');
    const offset = plain.search(alphabet);
    if (offset >= 0 || plain.length % 4 === 1) {
      throw jwsFaults.BASE64_INVALID({ where, offset: offset >= 0 ? text.search(alphabet) : text.length }, { cause });
    }
    throw jwsFaults.BASE64_NOT_CANONICAL({ where }, { cause });
  }
}
