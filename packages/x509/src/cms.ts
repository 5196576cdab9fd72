// SPDX-License-Identifier: Apache-2.0
/** CMS SignedData (RFC 5652) as time-stamp tokens carry it: version 3, signers named by issuer and serial number. */
import { defineFaults, equalBytes, type Fault, isFault } from '@notary/base';
import { berToDer, contextTag, DerReader, TAG } from '@notary/base/der';
import { parseDerCertificates } from './certificate.ts';
import { MAX_CMS_ATTRIBUTES, MAX_CMS_SIGNERS } from './limits.ts';
import type { AlgorithmIdentifier, Certificate } from './types.ts';

/** The faults with codes `CMS_…`. */
export const cmsFaults = defineFaults('CMS', {
  MALFORMED: { category: 'malformed', say: (f: { reason: string }) => `cms: syntax error: ${f.reason}`, clause: 'RFC 5652 5' },
  NOT_SIGNED_DATA: { category: 'malformed', say: () => 'cms: content type is not signed-data', clause: 'RFC 5652 5' },
  TOO_MANY_ITEMS: { category: 'limit', say: (f: { what: string; max: number }) => `CMS message holds more than ${f.max} ${f.what}` },
});

export const CMS_OID = {
  SIGNED_DATA: '1.2.840.113549.1.7.2',
  CONTENT_TYPE: '1.2.840.113549.1.9.3',
  MESSAGE_DIGEST: '1.2.840.113549.1.9.4',
  SIGNING_TIME: '1.2.840.113549.1.9.5',
} as const;

/** Who signed: the issuer's name as DER and the serial number as encoded. */
export interface IssuerAndSerial {
  readonly issuer: Uint8Array;
  readonly serialNumber: Uint8Array;
}

export interface CmsAttribute {
  readonly oid: string;
  /** The whole attribute. */
  readonly der: Uint8Array;
  /** What is inside its SET OF values. */
  readonly values: Uint8Array;
}

/** Who signed, with what (RFC 5652 5.3). */
export interface SignerInfo {
  readonly version: number;
  readonly signer: IssuerAndSerial;
  readonly digestAlgorithm: AlgorithmIdentifier;
  readonly signedAttributes: readonly CmsAttribute[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** Content with its signatures and certificates (RFC 5652 5.1). */
export interface SignedData {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signers: readonly SignerInfo[];
}

const malformed = (reason: string, cause: unknown): Fault =>
  cmsFaults.MALFORMED({ reason: `${reason}${cause instanceof Error ? `: ${cause.message}` : ''}` }, { cause });

/** Runs one step of the decoder; what it finds wrong is reported under the step's name in Go's words. */
function step<T>(reason: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    if (isFault(e) && e.category === 'malformed' && !e.code.startsWith('CMS_')) throw malformed(reason, e);
    throw e;
  }
}

/** Reads a SignedData message in BER without verifying anything. */
export function parseSignedData(ber: Uint8Array): SignedData {
  const der = step('invalid signed data: failed to convert from BER to DER', () => berToDer(ber));
  const info = step('invalid content info: failed to unmarshal DER to ContentInfo', () => {
    const reader = DerReader.over(der).sequence();
    return { type: reader.oid(), content: reader.enter(contextTag(0)) };
  });
  if (info.type !== CMS_OID.SIGNED_DATA) throw cmsFaults.NOT_SIGNED_DATA();
  const { version, ...parts } = step('invalid signed data', () => readSignedData(info.content.sequence()));
  if (version !== 3) throw cmsFaults.MALFORMED({ reason: `unsupported signed data version: got ${version}, want 3` });
  const certificates = step('failed to parse X.509 certificates from signed data. Only X.509 certificates are supported', () =>
    parseDerCertificates(parts.certificates),
  );
  return { ...parts, certificates };
}

function readSignedData(reader: DerReader): {
  version: number;
  contentType: string;
  content: Uint8Array;
  certificates: Uint8Array;
  signers: SignerInfo[];
} {
  const version = reader.unsigned();
  reader.read(TAG.SET);
  const encapsulated = reader.sequence();
  const contentType = encapsulated.oid();
  const content = encapsulated.optional(0)?.octets() ?? new Uint8Array(0);
  const certificates = reader.is(contextTag(0)) ? reader.read(contextTag(0)) : new Uint8Array(0);
  reader.skip(contextTag(1));
  const set = reader.set();
  const signers: SignerInfo[] = [];
  while (!set.done) {
    if (signers.length >= MAX_CMS_SIGNERS) throw cmsFaults.TOO_MANY_ITEMS({ what: 'signers', max: MAX_CMS_SIGNERS });
    signers.push(readSigner(set.sequence()));
  }
  return { version, contentType, content, certificates, signers };
}

function readSigner(reader: DerReader): SignerInfo {
  const version = reader.unsigned();
  const signer = readIssuerAndSerial(reader.sequence());
  const digestAlgorithm = readAlgorithm(reader.sequence());
  const signedAttributes = readAttributes(reader.optional(0));
  const signatureAlgorithm = readAlgorithm(reader.sequence());
  const signature = reader.octets();
  return { version, signer, digestAlgorithm, signedAttributes, signatureAlgorithm, signature };
}

function readIssuerAndSerial(reader: DerReader): IssuerAndSerial {
  return { issuer: reader.raw(TAG.SEQUENCE), serialNumber: reader.integer() };
}

export function readAlgorithm(reader: DerReader): AlgorithmIdentifier {
  return { oid: reader.oid(), parameters: reader.done ? undefined : reader.raw() };
}

function readAttributes(list: DerReader | undefined): CmsAttribute[] {
  const attributes: CmsAttribute[] = [];
  while (list !== undefined && !list.done) {
    if (attributes.length >= MAX_CMS_ATTRIBUTES) throw cmsFaults.TOO_MANY_ITEMS({ what: 'attributes', max: MAX_CMS_ATTRIBUTES });
    const start = list.offset;
    const reader = list.sequence();
    attributes.push({ oid: reader.oid(), values: reader.read(TAG.SET), der: list.bytes.subarray(start, list.offset) });
  }
  return attributes;
}

/** The certificate with this issuer and serial number. */
export const findSigner = (certificates: readonly Certificate[], { issuer, serialNumber }: IssuerAndSerial): Certificate | undefined =>
  certificates.find((c) => equalBytes(c.issuer.der, issuer) && equalBytes(c.serialNumber, serialNumber));
