// SPDX-License-Identifier: Apache-2.0
/** Certificates from bytes, as strict as Go's crypto/x509 and with its words. What it ignores is ignored here. */
import { equalBytes, isFault, toHex } from '@notary/base';
import { hash, type KeySpec, keySpecOf, type PublicKey, parsePublicKey } from '@notary/base/crypto';
import { contextPrimitiveTag, DerReader, TAG } from '@notary/base/der';
import { parsePem } from '@notary/base/pem';
import { EXTENSION, type ExtensionValues, malformed, noExtensions, readDistributionPoints, readExtensions } from './extensions.ts';
import { faults } from './faults.ts';
import { MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES } from './limits.ts';
import { readName } from './name.ts';
import type { AlgorithmIdentifier, Certificate, Extension, Name } from './types.ts';

interface Fields {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  readonly serialNumber: Uint8Array;
  readonly spki: Uint8Array;
  readonly publicKey: PublicKey;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly extensions: readonly Extension[];
}
type Holders = Pick<Certificate, 'issuer' | 'subject' | 'notBefore' | 'notAfter'>;

// `declare` keeps the fields from being defined before they are assigned: that was half the time of parsing.
class ParsedCertificate implements Certificate {
  declare readonly der: Uint8Array;
  declare readonly tbs: Uint8Array;
  declare readonly version: 1 | 2 | 3;
  declare readonly serialNumber: Uint8Array;
  declare readonly issuer: Name;
  declare readonly subject: Name;
  declare readonly notBefore: Date;
  declare readonly notAfter: Date;
  declare readonly spki: Uint8Array;
  declare readonly publicKey: PublicKey;
  declare readonly keySpec: KeySpec | undefined;
  declare readonly signatureAlgorithm: AlgorithmIdentifier;
  declare readonly signature: Uint8Array;
  declare readonly extensions: readonly Extension[];
  declare readonly basicConstraints: Certificate['basicConstraints'];
  declare readonly keyUsage: Certificate['keyUsage'];
  declare readonly extendedKeyUsage: Certificate['extendedKeyUsage'];
  declare readonly ocspUrls: readonly string[];
  declare readonly caIssuerUrls: readonly string[];
  declare readonly crlUrls: readonly string[];
  declare readonly subjectKeyId: Uint8Array | undefined;
  declare readonly authorityKeyId: Uint8Array | undefined;
  declare readonly unhandledCriticalExtensions: readonly string[];
  #thumbprint: string | undefined;

  constructor(fields: Fields, names: Holders, values: ExtensionValues) {
    this.der = fields.der;
    this.tbs = fields.tbs;
    this.version = fields.version;
    this.serialNumber = fields.serialNumber;
    this.issuer = names.issuer;
    this.subject = names.subject;
    this.notBefore = names.notBefore;
    this.notAfter = names.notAfter;
    this.spki = fields.spki;
    this.publicKey = fields.publicKey;
    this.keySpec = keySpecOf(fields.publicKey);
    this.signatureAlgorithm = fields.signatureAlgorithm;
    this.signature = fields.signature;
    this.extensions = fields.extensions;
    this.basicConstraints = values.basicConstraints;
    this.keyUsage = values.keyUsage;
    this.extendedKeyUsage = values.extendedKeyUsage;
    this.ocspUrls = values.ocspUrls;
    this.caIssuerUrls = values.caIssuerUrls;
    this.crlUrls = values.crlUrls;
    this.subjectKeyId = values.subjectKeyId;
    this.authorityKeyId = values.authorityKeyId;
    this.unhandledCriticalExtensions = values.unhandledCriticalExtensions;
  }

  get thumbprint(): string {
    this.#thumbprint ??= toHex(hash('SHA-256', this.der));
    return this.#thumbprint;
  }

  get freshestCrlUrls(): readonly string[] {
    const extension = this.extensions.find((e) => e.oid === EXTENSION.FRESHEST_CRL);
    if (extension === undefined) return [];
    try {
      return readDistributionPoints(DerReader.over(extension.value));
    } catch (e) {
      throw isFault(e) && e.code.startsWith('DER_') ? malformed('invalid CRL distribution point', e) : e;
    }
  }
}

/** Reads the certificate that is next in `reader`. `step` is what Go calls the part being read. */
function readCertificate(reader: DerReader): Certificate {
  let step = 'malformed certificate';
  try {
    const start = reader.offset;
    const outer = reader.sequence();
    const der = reader.bytes.subarray(start, reader.offset);
    if (der.length > MAX_CERTIFICATE_BYTES) throw faults.CERTIFICATE_TOO_LARGE({ size: der.length, max: MAX_CERTIFICATE_BYTES });
    step = 'malformed tbs certificate';
    const tbsStart = outer.offset;
    const tbs = outer.sequence();
    const tbsDer = reader.bytes.subarray(tbsStart, outer.offset);
    step = 'malformed version';
    const version = readVersion(tbs);
    step = 'malformed serial number';
    const serialNumber = tbs.integer();
    if ((serialNumber[0] as number) >= 0x80) throw malformed('negative serial number');
    step = 'malformed signature algorithm identifier';
    const inner = tbs.read(TAG.SEQUENCE);
    step = 'malformed algorithm identifier';
    const signatureAlgorithm = readAlgorithm(outer.read(TAG.SEQUENCE), inner);
    step = 'malformed issuer';
    const issuer = readName(tbs);
    step = 'malformed validity';
    const validity = tbs.sequence();
    const [notBefore, notAfter] = [readTime(validity), readTime(validity)];
    step = 'malformed issuer'; // sic
    const subject = readName(tbs);
    step = 'malformed spki';
    const spki = tbs.raw(TAG.SEQUENCE);
    const publicKey = readPublicKey(spki);
    step = 'malformed issuerUniqueID';
    if (version > 1) tbs.skip(contextPrimitiveTag(1));
    step = 'malformed subjectUniqueID';
    if (version > 1) tbs.skip(contextPrimitiveTag(2));
    step = 'malformed extensions';
    const extensions = version === 3 ? splitExtensions(tbs) : [];
    const values = extensions.length === 0 ? noExtensions() : readExtensions(extensions);
    step = 'malformed signature';
    const signature = outer.bitOctets();
    const names = { issuer, subject, notBefore, notAfter };
    return new ParsedCertificate(
      { der, tbs: tbsDer, version, serialNumber, spki, publicKey, signatureAlgorithm, signature, extensions },
      names,
      values,
    );
  } catch (e) {
    throw isFault(e) && e.code.startsWith('DER_') ? malformed(step, e) : e;
  }
}

/** Versions are numbered from 1 but written from 0. */
function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const explicit = tbs.optional(0);
  if (explicit === undefined) return 1;
  const written = explicit.unsigned();
  explicit.end();
  if (written > 2) throw malformed('invalid version');
  return (written + 1) as 1 | 2 | 3;
}

function readAlgorithm(outer: Uint8Array, inner: Uint8Array): AlgorithmIdentifier {
  if (!equalBytes(outer, inner)) {
    throw malformed("inner and outer signature algorithm identifiers don't match");
  }
  const reader = DerReader.over(inner);
  let step = 'malformed OID';
  try {
    const oid = reader.oid();
    step = 'malformed parameters';
    return { oid, parameters: reader.done ? undefined : reader.raw() };
  } catch (e) {
    throw isFault(e) ? malformed(step, e) : e;
  }
}

function readTime(validity: DerReader): Date {
  const tag = validity.peek();
  if (tag !== TAG.UTC_TIME && tag !== TAG.GENERALIZED_TIME) throw malformed('unsupported time format');
  try {
    return validity.time('go');
  } catch (e) {
    throw isFault(e) ? malformed(tag === TAG.UTC_TIME ? 'malformed UTCTime' : 'malformed GeneralizedTime', e) : e;
  }
}

function readPublicKey(spki: Uint8Array): PublicKey {
  try {
    return parsePublicKey(spki);
  } catch (e) {
    throw isFault(e) ? faults.CERTIFICATE_MALFORMED({ reason: e.message }, { cause: e }) : e;
  }
}

function splitExtensions(tbs: DerReader): Extension[] {
  const list = tbs.optional(3)?.sequence();
  const extensions: Extension[] = [];
  const seen = new Set<string>();
  let step = 'malformed extension';
  try {
    while (list !== undefined && !list.done) {
      step = 'malformed extension';
      const reader = list.sequence();
      step = 'malformed extension OID field';
      const oid = reader.oid();
      step = 'malformed extension critical field';
      const critical = reader.is(TAG.BOOLEAN) ? reader.boolean() : false;
      step = 'malformed extension value field';
      const value = reader.octets();
      if (seen.has(oid)) throw malformed(`certificate contains duplicate extension with OID "${oid}"`);
      seen.add(oid);
      extensions.push({ oid, critical, value });
    }
  } catch (e) {
    throw isFault(e) && e.code.startsWith('DER_') ? malformed(step, e) : e;
  }
  return extensions;
}

/** One certificate that fills `der`. */
export function parseCertificate(der: Uint8Array): Certificate {
  const reader = DerReader.over(der);
  const certificate = readCertificate(reader);
  if (!reader.done) throw malformed('trailing data');
  return certificate;
}

/** Every certificate in a file: all PEM blocks whatever their labels, else one or more DER certificates without anything between. Faults: `X509_CERTIFICATE_MALFORMED`, `X509_CERTIFICATE_TOO_LARGE`, `X509_TOO_MANY_CERTIFICATES`. */
export function parseCertificates(bytes: Uint8Array): Certificate[] {
  const blocks = parsePem(bytes);
  if (blocks.length > MAX_CERTIFICATES) throw faults.TOO_MANY_CERTIFICATES({ max: MAX_CERTIFICATES });
  if (blocks.length > 0) return blocks.map((block) => parseCertificate(block.bytes));
  return parseDerCertificates(bytes);
}

/** DER certificates one after the other, without anything between; none in no bytes. */
export function parseDerCertificates(bytes: Uint8Array): Certificate[] {
  const certificates: Certificate[] = [];
  const reader = DerReader.over(bytes);
  while (!reader.done) {
    if (certificates.length >= MAX_CERTIFICATES) throw faults.TOO_MANY_CERTIFICATES({ max: MAX_CERTIFICATES });
    certificates.push(readCertificate(reader));
  }
  return certificates;
}
