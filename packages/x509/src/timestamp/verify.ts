// SPDX-License-Identifier: Apache-2.0
/** Verification of time-stamp tokens, step for step as the Go client does it. */
import { equalBytes, Fault, isFault, mostTelling } from '@notary/base';
import { hash, type KeyAlgorithm, verifySignature, verifyX509Signature } from '@notary/base/crypto';
import { contextTag, DerReader, derSetOf, TAG } from '@notary/base/der';
import { CMS_OID, findSigner, readAlgorithm, type SignedData, type SignerInfo } from '../cms.ts';
import { buildChains } from '../path.ts';
import type { Certificate } from '../types.ts';
import { timestampFaults } from './faults.ts';
import { hashOf, type TimestampToken, TST_INFO } from './token.ts';

const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

export interface TimestampVerification {
  /** Roots of trusted time-stamping authorities. */
  readonly roots: readonly Certificate[];
  /** When the chain must hold: the token's own time unless said otherwise (a signer judges a fresh token at the present). */
  readonly at?: Date;
}

/**
 * Verifies the signature of a token and builds its authority's chain to one of the roots; one valid signer is enough. Resolves to the
 * chain, leaf first. Faults: `TIMESTAMP_…`. The caller then checks the time-stamping profile and revocation, and that the token is about its message.
 */
export async function verifyTimestampToken(
  token: TimestampToken,
  { roots, at = token.genTime }: TimestampVerification,
): Promise<readonly Certificate[]> {
  const { signedData } = token;
  if (signedData.signers.length === 0) throw timestampFaults.SIGNER_MISSING();
  if (roots.length === 0) throw timestampFaults.ROOTS_MISSING();
  const attempts: Fault[] = [];
  for (const signer of signedData.signers) {
    try {
      const certificate = signingCertificate(signedData, signer);
      const chain = await verifySigner(signedData, signer, certificate, { roots, at });
      checkPurpose(certificate);
      return chain;
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      attempts.push(e);
    }
  }
  // The Go client reports the last failure; with equal ranks the first of the reversed list wins.
  throw attempts.length === 1 ? (attempts[0] as Fault) : mostTelling(attempts.reverse());
}

/** A reader over the first value of a signed attribute. */
function attribute(signer: SignerInfo, oid: string): DerReader | undefined {
  const found = signer.signedAttributes.find((a) => a.oid === oid);
  return found && DerReader.over(found.values);
}

const certificateFault = (reason: string, cause?: unknown): Fault => timestampFaults.SIGNING_CERTIFICATE_INVALID({ reason }, { cause });

interface CertificateReference {
  readonly hashOid: string;
  readonly hash: Uint8Array;
  readonly issuer: Uint8Array | undefined;
  readonly serialNumber: Uint8Array | undefined;
}

/** The first ESSCertIDv2 of the signing-certificate-v2 attribute (RFC 5035 4). */
function certificateReference(signer: SignerInfo): CertificateReference {
  const prefix = 'failed to get SigningCertificateV2 from signed attributes';
  const value = attribute(signer, SIGNING_CERTIFICATE_V2);
  if (value === undefined) throw certificateFault(`${prefix}: attribute not found`);
  try {
    const list = value.sequence().sequence();
    if (list.done) throw certificateFault('signingCertificateV2 does not contain any certificate');
    const reader = list.sequence();
    const hashOid = reader.is(TAG.SEQUENCE) ? readAlgorithm(reader.sequence()).oid : '2.16.840.1.101.3.4.2.1';
    const digest = reader.octets();
    if (!reader.is(TAG.SEQUENCE)) return { hashOid, hash: digest, issuer: undefined, serialNumber: undefined };
    const issuerSerial = reader.sequence();
    const names = issuerSerial.sequence();
    // GeneralNames with one directoryName, which is [4] EXPLICIT because Name is a CHOICE.
    const issuer = names.is(contextTag(4)) ? names.enter(contextTag(4)).raw(TAG.SEQUENCE) : undefined;
    if (issuer === undefined) throw certificateFault('issuer name is missing in IssuerSerial');
    return { hashOid, hash: digest, issuer, serialNumber: issuerSerial.integer() };
  } catch (e) {
    throw isFault(e) && e.code.startsWith('DER_') ? certificateFault(`${prefix}: ${e.message}`, e) : e;
  }
}

function signingCertificate(data: SignedData, signer: SignerInfo): Certificate {
  const reference = certificateReference(signer);
  const { issuer, serialNumber } = reference;
  const named = issuer === undefined || serialNumber === undefined ? signer.signer : { issuer, serialNumber };
  const certificate = findSigner(data.certificates, named);
  if (certificate === undefined) throw timestampFaults.SIGNING_CERTIFICATE_NOT_FOUND();
  const name = hashOf(reference.hashOid);
  if (name === undefined) throw certificateFault('unsupported certificate hash algorithm in SigningCertificateV2 attribute');
  if (!equalBytes(hash(name, certificate.der), reference.hash)) {
    throw certificateFault('signing certificate hash does not match CertHash in signed attribute');
  }
  return certificate;
}

async function verifySigner(
  data: SignedData,
  signer: SignerInfo,
  certificate: Certificate,
  { roots, at }: { roots: readonly Certificate[]; at: Date },
): Promise<readonly Certificate[]> {
  if (signer.version !== 1) throw attributesFault(`invalid signer info version: only version 1 is supported; got ${signer.version}`);
  const chains = await trusted(() => buildChains(certificate, { roots, intermediates: data.certificates, at, purpose: TIME_STAMPING }));
  await checkSignature(data, signer, certificate);
  return checkSignedAttributes(data, signer, chains);
}

async function trusted<T>(build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (e) {
    throw isFault(e) ? timestampFaults.CHAIN_UNTRUSTED({ reason: e.message }, { cause: e }) : e;
  }
}

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const RSA_OF = new Map([
  ['SHA-256', '1.2.840.113549.1.1.11'],
  ['SHA-384', '1.2.840.113549.1.1.12'],
  ['SHA-512', '1.2.840.113549.1.1.13'],
]);
const WHOLE = new Set([...RSA_OF.values(), '1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4']);

const signatureFault = (reason: string, cause?: unknown): Fault => timestampFaults.SIGNATURE_INVALID({ reason }, { cause });

async function checkSignature(data: SignedData, signer: SignerInfo, certificate: Certificate): Promise<void> {
  // The signature covers the attributes as a DER SET OF, whatever order and tag they travel in (RFC 5652 5.4).
  const attributes = signer.signedAttributes;
  const signed = attributes.length === 0 ? data.content : derSetOf(attributes.map((a) => a.der));
  if (await isSignedBy(signer, certificate, signed)) return;
  throw signatureFault(certificate.publicKey.type === 'rsa' ? 'crypto/rsa: verification error' : 'x509: ECDSA verification failure');
}

async function isSignedBy(signer: SignerInfo, { spki, publicKey }: Certificate, data: Uint8Array): Promise<boolean> {
  const { signature } = signer;
  const oid = signer.signatureAlgorithm.oid;
  const digest = hashOf(signer.digestAlgorithm.oid);
  // With the bare RSA identifiers the digest algorithm beside them says which hash is meant.
  const byDigest = oid === RSA || oid === RSA_PSS;
  const algorithmOid = byDigest ? digest && RSA_OF.get(digest) : oid;
  if (algorithmOid === undefined || !WHOLE.has(algorithmOid)) throw signatureFault('unknown signature algorithm');
  try {
    if (oid !== RSA_PSS || publicKey.type !== 'rsa') return await verifyX509Signature({ algorithmOid, spki, data, signature });
    return await verifySignature({ algorithm: `PS${digest?.slice(4)}` as KeyAlgorithm, spki, data, signature });
  } catch (e) {
    throw isFault(e) ? signatureFault(e.message, e) : e;
  }
}

const attributesFault = (reason: string, cause?: unknown): Fault => timestampFaults.ATTRIBUTES_INVALID({ reason }, { cause });

/** Reads a required signed attribute. */
function required<T>(signer: SignerInfo, oid: string, reason: string, read: (reader: DerReader) => T): T {
  const value = attribute(signer, oid);
  if (value === undefined) throw attributesFault(`${reason}: attribute not found`);
  try {
    return read(value);
  } catch (e) {
    throw isFault(e) ? attributesFault(`${reason}: ${e.message}`, e) : e;
  }
}

function checkSignedAttributes(data: SignedData, signer: SignerInfo, chains: readonly (readonly Certificate[])[]): readonly Certificate[] {
  if (signer.signedAttributes.length === 0) throw attributesFault('missing signed attributes');
  if (data.contentType !== TST_INFO) throw timestampFaults.CONTENT_TYPE_UNEXPECTED({ contentType: data.contentType });
  const contentType = required(signer, CMS_OID.CONTENT_TYPE, 'invalid content type', (r) => r.oid());
  if (contentType !== data.contentType) {
    throw attributesFault(`mismatch content type: found "${contentType}" in signer info, and "${data.contentType}" in signed data`);
  }
  const expected = required(signer, CMS_OID.MESSAGE_DIGEST, 'invalid message digest', (r) => r.octets());
  const name = hashOf(signer.digestAlgorithm.oid);
  if (name === undefined) throw attributesFault('unsupported digest algorithm');
  if (!equalBytes(hash(name, data.content), expected)) throw attributesFault('mismatch message digest');
  const first = chains[0] as readonly Certificate[];
  if (attribute(signer, CMS_OID.SIGNING_TIME) === undefined) return first;
  const signingTime = required(signer, CMS_OID.SIGNING_TIME, 'invalid signing time', (r) => r.time('go'));
  const valid = chains.find((chain) => chain.every((c) => signingTime >= c.notBefore && signingTime <= c.notAfter));
  if (valid === undefined) {
    const text = `${signingTime.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
    throw attributesFault(`signing time, ${text}, is outside certificate's validity period`);
  }
  return valid;
}

function checkPurpose({ extendedKeyUsage }: Certificate): void {
  if (extendedKeyUsage?.oids.length !== 1 || extendedKeyUsage.oids[0] !== TIME_STAMPING) {
    throw timestampFaults.PURPOSE_INVALID({
      reason: 'signing certificate must have and only have ExtKeyUsageTimeStamping as extended key usage',
    });
  }
  if (!extendedKeyUsage.critical) {
    throw timestampFaults.PURPOSE_INVALID({ reason: 'signing certificate extended key usage extension must be set as critical' });
  }
}
