// SPDX-License-Identifier: Apache-2.0
/**
 * Distinguished names as trusted identities write them: RFC 4514 text, with the Notary Project's rules on top (C, ST and O present,
 * each attribute once, no multi-valued RDN). Accepts what the Go tools accept: `;` as separator, blanks around parts, any case of
 * attribute types kept as written.
 */
import { fromUtf8, toUtf8 } from '@notary/base';
import { faults } from './faults.ts';
import { limits } from './limits.ts';

/** Attribute type to value, e.g. `C` to `US`. Types are compared case-sensitively, values exactly. */
export type DistinguishedName = ReadonlyMap<string, string>;

interface Attribute {
  readonly type: string;
  readonly value: string;
}

/** Parses and checks a name. Faults: `TRUST_NAME_…`. */
export function parseDistinguishedName(name: string): DistinguishedName {
  if (name.length > limits.distinguishedNameChars) throw faults.NAME_TOO_LONG({ limit: limits.distinguishedNameChars });
  // A value in BER form could hide any attribute from a reader of the policy.
  if (name.includes('=#')) throw faults.NAME_HASH_VALUE({ name });
  const found = new Map<string, string>();
  for (const rdn of parseRdns(name)) {
    const [only, second] = rdn;
    if (second !== undefined || only === undefined) throw faults.NAME_MULTI_VALUED({ name });
    const type = only.type === 'S' ? 'ST' : only.type;
    if ((found.get(type) ?? '') !== '') throw faults.NAME_REPEATED({ name, attribute: type });
    found.set(type, only.value);
  }
  for (const attribute of ['C', 'ST', 'O']) if ((found.get(attribute) ?? '') === '') throw faults.NAME_INCOMPLETE({ name, attribute });
  return found;
}

/** Does `whole` carry every attribute of `part` with the same value? */
export function isSubset(part: DistinguishedName, whole: DistinguishedName): boolean {
  for (const [type, value] of part) if ((whole.get(type) ?? '') !== value) return false;
  return true;
}

/** Splits at unescaped separators; `+` joins attributes of one RDN. */
function parseRdns(name: string): Attribute[][] {
  if (name.trim() === '') return [];
  const invalid = (reason: string): Error => faults.NAME_INVALID({ name, reason });
  const rdns: Attribute[][] = [];
  let rdn: Attribute[] = [];
  let type: string | undefined;
  let start = 0;
  let escaping = false;
  const close = (end: number, lastOfRdn: boolean): void => {
    rdn.push({ type: type as string, value: decodeEscapes(name.slice(start, end), invalid) });
    type = undefined;
    start = end + 1;
    if (!lastOfRdn) return;
    rdns.push(rdn);
    rdn = [];
    if (rdns.length > limits.distinguishedNameParts) throw faults.NAME_TOO_LONG({ limit: limits.distinguishedNameParts });
  };
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i);
    if (escaping) escaping = false;
    else if (char === '\\') escaping = true;
    else if (char === '=' && !type) {
      type = decodeEscapes(name.slice(start, i), invalid);
      start = i + 1;
    } else if (char === ',' || char === '+' || char === ';') {
      if (!type) throw invalid('incomplete type, value pair');
      close(i, char !== '+');
    }
  }
  if (!type) throw invalid('DN ended with incomplete type, value pair');
  close(name.length, true);
  return rdns;
}

/** Trims blanks and resolves `\,` and `\C3` escapes; the bytes must be UTF-8 in the end. */
function decodeEscapes(raw: string, invalid: (reason: string) => Error): string {
  let text = raw.replace(/^ +/, '').replace(/ +$/, '');
  if (text.endsWith('\\') && raw.endsWith(' ')) text += ' ';
  if (!text.includes('\\')) return text;
  const chars = Array.from(text);
  const bytes: number[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char !== '\\') {
      bytes.push(...toUtf8(char));
      continue;
    }
    const next = chars[i + 1];
    if (next === undefined) throw invalid(`got corrupted escaped character: '${text}'`);
    if (' "#+,;<=>\\'.includes(next)) {
      bytes.push(next.charCodeAt(0));
      i += 1;
      continue;
    }
    const pair = next + (chars[i + 2] ?? '');
    if (chars[i + 2] === undefined || !/^[0-9a-fA-F]{2}$/.test(pair))
      throw invalid(`failed to decode escaped character: encoding/hex: invalid byte: ${pair}`);
    bytes.push(Number.parseInt(pair, 16));
    i += 2;
  }
  try {
    return fromUtf8(Uint8Array.from(bytes));
  } catch {
    throw invalid('escaped bytes are not UTF-8');
  }
}
