// SPDX-License-Identifier: Apache-2.0
/** A time-stamping authority for tests: tokens of which any part can be made wrong. */
import { toUtf8 } from '@notary/base';
import { derEcdsaSignature, hash, type KeyAlgorithm, type PrivateKey } from '@notary/base/crypto';
import { derContext, derElement, derInteger, derNull, derOctets, derOid, derSequence, derSet, derSetOf, TAG } from '@notary/base/der';
import type { Certificate } from '@notary/x509';

export const SHA256 = '2.16.840.1.101.3.4.2.1';
export const SHA1 = '1.3.14.3.2.26';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
export const TST_INFO = '1.2.840.113549.1.9.16.1.4';

const algorithm = (oid: string): Uint8Array => derSequence(derOid(oid), derNull());
const attribute = (oid: string, ...values: Uint8Array[]): Uint8Array => derSequence(derOid(oid), derSet(...values));
const utcTime = (text: string): Uint8Array => derElement(TAG.UTC_TIME, toUtf8(text));

/** Everything a test may change. Parts given as bytes replace the whole element. */
export interface TokenParts {
  readonly message: Uint8Array;
  readonly infoVersion: number;
  readonly policy: string;
  readonly imprintHash: string;
  readonly genTime: string;
  readonly accuracy: Uint8Array | undefined;
  readonly info: Uint8Array | undefined;
  readonly contentType: string;
  readonly signedDataVersion: number;
  readonly certificates: readonly Certificate[];
  readonly signerVersion: number;
  readonly digestAlgorithm: string;
  readonly signatureAlgorithm: string;
  readonly contentTypeAttribute: Uint8Array | undefined;
  readonly digestAttribute: Uint8Array | undefined;
  readonly signingTime: string | undefined;
  readonly signingCertificate: Uint8Array | undefined;
  readonly noAttributes: boolean;
  readonly extraAttributes: number;
  readonly breakSignature: boolean;
  readonly signers: number;
}

/** ESSCertIDv2 of a certificate, with or without its optional parts. */
export function certificateId(
  certificate: Certificate,
  options: { hashOid?: string; digest?: Uint8Array; issuerTag?: number; issuerSerial?: boolean } = {},
): Uint8Array {
  const digest = derOctets(options.digest ?? hash('SHA-256', certificate.der));
  const names = derSequence(derElement(0xa0 | (options.issuerTag ?? 4), certificate.issuer.der));
  const issuerSerial = options.issuerSerial === false ? [] : [derSequence(names, derElement(TAG.INTEGER, certificate.serialNumber))];
  return derSequence(...(options.hashOid === undefined ? [] : [derSequence(derOid(options.hashOid))]), digest, ...issuerSerial);
}
/** The SigningCertificateV2 value around some ESSCertIDv2. */
export const signingCertificate = (...ids: Uint8Array[]): Uint8Array => derSequence(derSequence(...ids));

export interface Authority {
  readonly key: PrivateKey;
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  /** ECDSA with SHA-256 if left out. */
  readonly algorithm?: KeyAlgorithm;
}

/** Makes a token about `parts.message`. */
export async function makeToken(authority: Authority, change: Partial<TokenParts> = {}): Promise<Uint8Array> {
  const leaf = authority.chain[0] as Certificate;
  const p: TokenParts = {
    message: toUtf8('message'),
    infoVersion: 1,
    policy: '1.2.3.4',
    imprintHash: SHA256,
    genTime: '20260601120000Z',
    accuracy: undefined,
    info: undefined,
    contentType: TST_INFO,
    signedDataVersion: 3,
    certificates: authority.chain,
    signerVersion: 1,
    digestAlgorithm: SHA256,
    signatureAlgorithm: ECDSA_SHA256,
    contentTypeAttribute: derOid(change.contentType ?? TST_INFO),
    digestAttribute: undefined,
    signingTime: undefined,
    signingCertificate: signingCertificate(certificateId(leaf)),
    noAttributes: false,
    extraAttributes: 0,
    breakSignature: false,
    signers: 1,
    ...change,
  };
  const content = p.info ?? encodeInfo(p);
  const signer = await encodeSigner(p, authority, leaf, content);
  const signedData = derSequence(
    derInteger(p.signedDataVersion),
    derSet(algorithm(p.digestAlgorithm)),
    derSequence(derOid(p.contentType), derContext(0, derOctets(content))),
    ...(p.certificates.length === 0 ? [] : [derContext(0, ...p.certificates.map((c) => c.der))]),
    derSet(...Array.from({ length: p.signers }, () => signer)),
  );
  return derSequence(derOid('1.2.840.113549.1.7.2'), derContext(0, signedData));
}

export function encodeInfo(p: Pick<TokenParts, 'infoVersion' | 'policy' | 'imprintHash' | 'message' | 'genTime' | 'accuracy'>): Uint8Array {
  return derSequence(
    derInteger(p.infoVersion),
    derOid(p.policy),
    derSequence(algorithm(p.imprintHash), derOctets(hash('SHA-256', p.message))),
    derInteger(42),
    derElement(TAG.GENERALIZED_TIME, toUtf8(p.genTime)),
    ...(p.accuracy === undefined ? [] : [p.accuracy]),
    derInteger(7),
  );
}

async function encodeSigner(
  p: TokenParts,
  { key, algorithm: signing = 'ECDSA-SHA256' }: Authority,
  leaf: Certificate,
  content: Uint8Array,
): Promise<Uint8Array> {
  const attributes = [
    ...(p.contentTypeAttribute === undefined ? [] : [attribute('1.2.840.113549.1.9.3', p.contentTypeAttribute)]),
    attribute('1.2.840.113549.1.9.4', p.digestAttribute ?? derOctets(hash('SHA-256', content))),
    ...(p.signingTime === undefined ? [] : [attribute('1.2.840.113549.1.9.5', utcTime(p.signingTime))]),
    ...(p.signingCertificate === undefined ? [] : [attribute('1.2.840.113549.1.9.16.2.47', p.signingCertificate)]),
  ];
  for (let i = 0; i < p.extraAttributes; i++) attributes.push(attribute(`1.2.3.${i}`, derNull()));
  const set = derSetOf(attributes);
  const raw = await key.sign(signing, p.noAttributes ? content : set);
  const signature = key.keyType === 'ec' ? derEcdsaSignature(raw) : raw.slice();
  if (p.breakSignature) signature[signature.length - 1] = (signature[signature.length - 1] as number) ^ 1;
  return derSequence(
    derInteger(p.signerVersion),
    derSequence(leaf.issuer.der, derElement(TAG.INTEGER, leaf.serialNumber)),
    algorithm(p.digestAlgorithm),
    // On the wire the attributes stand in the order given; what is signed is their sorted SET.
    ...(p.noAttributes ? [] : [derElement(0xa0, ...[...attributes].reverse())]),
    derSequence(derOid(p.signatureAlgorithm)),
    derOctets(signature),
  );
}
