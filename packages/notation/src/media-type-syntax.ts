// SPDX-License-Identifier: Apache-2.0
/** Media types as users type them: `type/subtype` with optional parameters (RFC 2045 5.1, as Go's mime.ParseMediaType reads it). */
import { faults } from './faults.ts';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z{}-]+$/;

/** Faults: `NOTATION_MEDIA_TYPE_INVALID` with Go's reasons. The empty text is not a media type. */
export function checkMediaType(text: string): void {
  const semicolon = text.indexOf(';');
  const base = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const invalid = (reason: string): Error => faults.MEDIA_TYPE_INVALID({ mediaType: text, reason });
  if (base === '') throw invalid('mime: no media type');
  const slash = base.indexOf('/');
  const major = slash < 0 ? base : base.slice(0, slash);
  if (!token.test(major)) throw invalid('mime: unexpected content after media subtype');
  if (slash < 0) return;
  const minor = base.slice(slash + 1);
  if (minor === '') throw invalid('mime: expected token after slash');
  if (!token.test(minor))
    throw invalid(token.test(minor.charAt(0)) ? 'mime: unexpected content after media subtype' : 'mime: expected token after slash');
  if (semicolon < 0) return;
  for (const parameter of text.slice(semicolon + 1).split(';')) {
    if (parameter.trim() === '') continue;
    if (!/^\s*[!#$%&'*+.^_`|~0-9A-Za-z{}-]+\s*=\s*(?:[!#$%&'*+.^_`|~0-9A-Za-z{}-]+|"(?:[^"\\]|\\.)*")\s*$/.test(parameter))
      throw invalid('mime: invalid media parameter');
  }
}
