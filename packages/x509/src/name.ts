// SPDX-License-Identifier: Apache-2.0
/** Distinguished names: reading, Go's text form, and writing. */
import { type Fault, isFault, toHex, toUtf8 } from '@notary/base';
import { DerReader, decodeDerString, derElement, derOid, derSequence, derSetOf, derUtf8, TAG } from '@notary/base/der';
import { faults } from './faults.ts';
import type { Name, NameAttribute } from './types.ts';

const invalid = (detail: string, cause?: unknown): Fault =>
  faults.CERTIFICATE_MALFORMED({ reason: `x509: invalid RDNSequence${detail}` }, { cause });

const STRING_TYPES = new Map<number, string>([
  [TAG.UTF8_STRING, 'invalid UTF-8 string'],
  [TAG.PRINTABLE_STRING, 'invalid PrintableString'],
  [TAG.IA5_STRING, 'invalid IA5String'],
  [TAG.NUMERIC_STRING, 'invalid NumericString'],
  [TAG.BMP_STRING, 'invalid BMPString'],
]);

/** Reads the Name that is next in `reader`. */
export function readName(reader: DerReader): Name {
  const start = reader.offset;
  const sequence = reader.sequence();
  const rdns: NameAttribute[][] = [];
  let step = '';
  try {
    while (!sequence.done) {
      step = '';
      const set = sequence.set();
      const rdn: NameAttribute[] = [];
      while (!set.done) {
        step = ': invalid attribute';
        const attribute = set.sequence();
        step = ': invalid attribute type';
        const oid = attribute.oid();
        step = ': invalid attribute value';
        const { tag, content, raw } = attribute.element();
        const value = decodeDerString(tag, content);
        if (value === undefined) throw invalid(`: invalid attribute value: ${STRING_TYPES.get(tag) ?? `unsupported string type: ${tag}`}`);
        rdn.push({ oid, value, valueDer: raw });
      }
      rdns.push(rdn);
    }
  } catch (e) {
    throw isFault(e) && e.code.startsWith('DER_') ? invalid(step, e) : e;
  }
  return { der: reader.bytes.subarray(start, reader.offset), rdns };
}

/** The attributes that Go keeps in fields of their own, in the order in which Go writes their RDNs. */
const GO_ORDER = ['2.5.4.6', '2.5.4.8', '2.5.4.7', '2.5.4.9', '2.5.4.17', '2.5.4.10', '2.5.4.11', '2.5.4.3', '2.5.4.5'];
const GO_NAMES = new Map([
  ['2.5.4.6', 'C'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.17', 'POSTALCODE'],
]);
const SINGLE = new Set(['2.5.4.3', '2.5.4.5']);

/**
 * The name as Go's `pkix.Name.String()` prints it: known attributes regrouped by type and in a fixed order (several values of one
 * type joined by `+`, of CN and SERIALNUMBER only the last), all others at the end as `oid=#hex`. It is the text that Notation
 * matches identities against and prints; it does not keep the order of the certificate.
 */
export function goName(name: Name): string {
  const fields = new Map<string, string[]>();
  const others: string[] = [];
  const add = ({ oid, value }: NameAttribute): void => {
    if (!GO_NAMES.has(oid)) others.push(`${oid}=#${toHex(goStringDer(value))}`);
    else if (SINGLE.has(oid)) fields.set(oid, value === '' ? [] : [value]);
    else {
      const values = fields.get(oid);
      if (values === undefined) fields.set(oid, [value]);
      else values.push(value);
    }
  };
  for (const rdn of name.rdns) for (const attribute of rdn) add(attribute);
  const rdns = others;
  for (const oid of GO_ORDER) {
    const values = fields.get(oid) ?? [];
    if (values.length > 0) rdns.push(values.map((value) => `${GO_NAMES.get(oid)}=${escaped(value)}`).join('+'));
  }
  return rdns.reverse().join(',');
}

/** RFC 2253 escapes as Go writes them: specials anywhere, blanks at both ends, `#` in front. */
function escaped(value: string): string {
  return value.replace(/[,+"\\<>;]|^[ #]| $/g, (ch) => `\\${ch}`);
}

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
/** A string as Go's encoding/asn1 marshals it: PrintableString where its characters allow, else UTF8String. */
const goStringDer = (value: string): Uint8Array =>
  derElement(PRINTABLE.test(value) ? TAG.PRINTABLE_STRING : TAG.UTF8_STRING, toUtf8(value));

/** The OID of a short type. Searched for, because names are written far less often than this file is loaded. */
function oidOfType(type: string): string | undefined {
  if (type === 'DC') return '0.9.2342.19200300.100.1.25';
  if (type === 'UID') return '0.9.2342.19200300.100.1.1';
  for (const [oid, name] of GO_NAMES) if (name === type) return oid;
  return undefined;
}

/** An attribute to write: a short type (`C`, `ST`, `L`, `STREET`, `POSTALCODE`, `O`, `OU`, `CN`, `SERIALNUMBER`, `DC`, `UID`) or an OID, and its value. */
export interface NamePart {
  readonly type: string;
  readonly value: string;
}

/** DER of a name from its RDNs in order, each nearly always one attribute: `[[{ type: 'C', value: 'US' }], [{ type: 'CN', value: 'x' }]]`. */
export function encodeName(rdns: readonly (readonly NamePart[])[]): Uint8Array {
  return derSequence(...rdns.map((rdn) => derSetOf(rdn.map(encodeAttribute))));
}

function encodeAttribute({ type, value }: NamePart): Uint8Array {
  const oid = oidOfType(type) ?? type;
  if (!/^[0-2](\.\d+)+$/.test(oid)) throw faults.NAME_INVALID({ reason: `unknown attribute type ${type}` });
  return derSequence(derOid(oid), encodeValue(type, value));
}

/** Country and serial number are PrintableString, DC is IA5String, all others as Go has them. */
function encodeValue(type: string, value: string): Uint8Array {
  if ((type === 'C' || type === 'SERIALNUMBER') && !PRINTABLE.test(value))
    throw faults.NAME_INVALID({ reason: `${type} takes printable characters only` });
  if (type === 'DC') return derElement(TAG.IA5_STRING, toUtf8(value));
  return PRINTABLE.test(value) ? goStringDer(value) : derUtf8(value);
}

/** One RDN per attribute of a parsed certificate, e.g. for tests: reads DER of a name alone. */
export const parseName = (der: Uint8Array): Name => readName(DerReader.over(der));
