// SPDX-License-Identifier: Apache-2.0
/** Makes certificates: for test keys, for server certificates of a fresh installation, and for tests that need a broken one. */
import { concatBytes, toUtf8 } from '@notary/base';
import { derEcdsaSignature, hash, hashForAlgorithm, type KeyAlgorithm, type PrivateKey, parsePublicKey } from '@notary/base/crypto';
import {
  derBits,
  derBoolean,
  derContext,
  derContextPrimitive,
  derInteger,
  derNamedBits,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derTime,
  derUnsigned,
} from '@notary/base/der';
import { parseCertificate } from './certificate.ts';
import { EXTENSION, KEY_USAGE_NAMES } from './extensions.ts';
import { faults } from './faults.ts';
import { encodeName, type NamePart } from './name.ts';
import type { KeyUsageName } from './types.ts';

/** What a certificate shall say. Nothing is added that is not asked for; extensions come in the order of these members. */
export interface CertificateTemplate {
  /** RDNs in order, or the DER of a name. */
  readonly subject: readonly (readonly NamePart[])[] | Uint8Array;
  /** The subject if left out: a self-issued certificate. */
  readonly issuer?: readonly (readonly NamePart[])[] | Uint8Array;
  /** SubjectPublicKeyInfo of the certified key; that of `signer` if left out. */
  readonly publicKey?: Uint8Array;
  readonly signer: PrivateKey;
  /** Signature over the certificate: SHA-256 with PKCS#1 v1.5, ECDSA with the hash of the curve, or Ed25519 if left out. */
  readonly signatureAlgorithm?: KeyAlgorithm;
  /** Octets of a positive number. RFC 5280 wants at least 64 random bits and at most 20 octets. */
  readonly serialNumber: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** 3 if left out. Version 1 has no extensions. */
  readonly version?: 1 | 3;
  /** Critical unless said otherwise, as are key usages. */
  readonly basicConstraints?: { readonly critical?: boolean; readonly ca: boolean; readonly pathLength?: number };
  readonly keyUsage?: { readonly critical?: boolean; readonly bits: readonly KeyUsageName[] };
  /** Not critical unless said otherwise. */
  readonly extendedKeyUsage?: { readonly critical?: boolean; readonly oids: readonly string[] };
  readonly dnsNames?: readonly string[];
  /** IPv4 in dotted text, or 4 or 16 octets. */
  readonly ipAddresses?: readonly (string | Uint8Array)[];
  readonly ocspUrls?: readonly string[];
  readonly caIssuerUrls?: readonly string[];
  readonly crlUrls?: readonly string[];
  readonly freshestCrlUrls?: readonly string[];
  /** `derive` takes the first 20 octets of the SHA-256 of the key (RFC 7093 method 1). */
  readonly subjectKeyId?: Uint8Array | 'derive';
  readonly authorityKeyId?: Uint8Array;
  /** Any further extensions, as they are. */
  readonly extensions?: readonly { readonly oid: string; readonly critical?: boolean; readonly value: Uint8Array }[];
}

const SIGNATURES = new Map<KeyAlgorithm, { oid: string; parameters: 'null' | 'absent' | 'pss' }>([
  ['RS256', { oid: '1.2.840.113549.1.1.11', parameters: 'null' }],
  ['RS384', { oid: '1.2.840.113549.1.1.12', parameters: 'null' }],
  ['RS512', { oid: '1.2.840.113549.1.1.13', parameters: 'null' }],
  ['PS256', { oid: '1.2.840.113549.1.1.10', parameters: 'pss' }],
  ['PS384', { oid: '1.2.840.113549.1.1.10', parameters: 'pss' }],
  ['PS512', { oid: '1.2.840.113549.1.1.10', parameters: 'pss' }],
  ['ECDSA-SHA256', { oid: '1.2.840.10045.4.3.2', parameters: 'absent' }],
  ['ECDSA-SHA384', { oid: '1.2.840.10045.4.3.3', parameters: 'absent' }],
  ['ECDSA-SHA512', { oid: '1.2.840.10045.4.3.4', parameters: 'absent' }],
  ['Ed25519', { oid: '1.3.101.112', parameters: 'absent' }],
]);

const HASH_OIDS = {
  'SHA-256': '2.16.840.1.101.3.4.2.1',
  'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
} as const;
const HASH_BYTES = { 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 } as const;

/** DER of the AlgorithmIdentifier of a signature algorithm. */
function encodeSignatureAlgorithm(algorithm: KeyAlgorithm): Uint8Array {
  const row = SIGNATURES.get(algorithm);
  if (row === undefined) throw faults.TEMPLATE_INVALID({ reason: `no certificate is signed with ${algorithm}` });
  if (row.parameters === 'absent') return derSequence(derOid(row.oid));
  if (row.parameters === 'null') return derSequence(derOid(row.oid), derNull());
  const name = hashForAlgorithm(algorithm) as keyof typeof HASH_OIDS;
  const inner = derSequence(derOid(HASH_OIDS[name]), derNull());
  const mgf = derSequence(derOid('1.2.840.113549.1.1.8'), inner);
  return derSequence(derOid(row.oid), derSequence(derContext(0, inner), derContext(1, mgf), derContext(2, derInteger(HASH_BYTES[name]))));
}

/** The algorithm that suits a key where a template names none. */
function defaultAlgorithm(signer: PrivateKey): KeyAlgorithm {
  const key = parsePublicKey(signer.spki);
  if (key.type === 'ed25519') return 'Ed25519';
  if (key.type !== 'ec') return 'RS256';
  return key.curve === 'P-384' ? 'ECDSA-SHA384' : key.curve === 'P-521' ? 'ECDSA-SHA512' : 'ECDSA-SHA256';
}

/** Signs as X.509 and CMS want it: ECDSA signatures in DER. */
async function signX509(signer: PrivateKey, algorithm: KeyAlgorithm, data: Uint8Array): Promise<Uint8Array> {
  const signature = await signer.sign(algorithm, data);
  return signer.keyType === 'ec' ? derEcdsaSignature(signature) : signature;
}

/** Makes and signs a certificate and returns its DER. It is parsed again first, so what comes out is a certificate that this project reads. Faults: `X509_TEMPLATE_INVALID`. */
export async function createCertificate(template: CertificateTemplate): Promise<Uint8Array> {
  const { subject, issuer = subject, signer, version = 3 } = template;
  const algorithm = template.signatureAlgorithm ?? defaultAlgorithm(signer);
  const identifier = encodeSignatureAlgorithm(algorithm);
  const extensions = encodeExtensions(template);
  if (version === 1 && extensions.length > 0) throw faults.TEMPLATE_INVALID({ reason: 'version 1 has no extensions' });
  const tbs = derSequence(
    ...(version === 3 ? [derContext(0, derInteger(2))] : []),
    derUnsigned(template.serialNumber),
    identifier,
    encodeSubject(issuer),
    derSequence(derTime(template.notBefore), derTime(template.notAfter)),
    encodeSubject(subject),
    template.publicKey ?? signer.spki,
    ...(extensions.length > 0 ? [derContext(3, derSequence(...extensions))] : []),
  );
  const der = derSequence(tbs, identifier, derBits(await signX509(signer, algorithm, tbs)));
  parseCertificate(der);
  return der;
}

const encodeSubject = (name: readonly (readonly NamePart[])[] | Uint8Array): Uint8Array =>
  name instanceof Uint8Array ? name : encodeName(name);

const extension = (oid: string, critical: boolean, value: Uint8Array): Uint8Array =>
  derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value));

function encodeExtensions(t: CertificateTemplate): Uint8Array[] {
  const out: Uint8Array[] = [];
  const { basicConstraints: bc, keyUsage, extendedKeyUsage: eku } = t;
  if (bc !== undefined) {
    const parts = [...(bc.ca ? [derBoolean(true)] : []), ...(bc.pathLength === undefined ? [] : [derInteger(bc.pathLength)])];
    out.push(extension(EXTENSION.BASIC_CONSTRAINTS, bc.critical ?? true, derSequence(...parts)));
  }
  if (keyUsage !== undefined) {
    out.push(extension(EXTENSION.KEY_USAGE, keyUsage.critical ?? true, derNamedBits(keyUsage.bits.map((b) => KEY_USAGE_NAMES.indexOf(b)))));
  }
  if (eku !== undefined) out.push(extension(EXTENSION.EXTENDED_KEY_USAGE, eku.critical ?? false, derSequence(...eku.oids.map(derOid))));
  const keyId = t.subjectKeyId === 'derive' ? hash('SHA-256', t.publicKey ?? t.signer.spki).subarray(0, 20) : t.subjectKeyId;
  if (keyId !== undefined) out.push(extension(EXTENSION.SUBJECT_KEY_ID, false, derOctets(keyId)));
  if (t.authorityKeyId !== undefined) {
    out.push(extension(EXTENSION.AUTHORITY_KEY_ID, false, derSequence(derContextPrimitive(0, t.authorityKeyId))));
  }
  const names = [...(t.dnsNames ?? []).map((n) => uri(2, n)), ...(t.ipAddresses ?? []).map((ip) => derContextPrimitive(7, ipBytes(ip)))];
  if (names.length > 0) out.push(extension(EXTENSION.SUBJECT_ALT_NAME, false, derSequence(...names)));
  const access = [...accessDescriptions('1.3.6.1.5.5.7.48.1', t.ocspUrls), ...accessDescriptions('1.3.6.1.5.5.7.48.2', t.caIssuerUrls)];
  if (access.length > 0) out.push(extension(EXTENSION.AUTHORITY_INFO_ACCESS, false, derSequence(...access)));
  if (t.crlUrls !== undefined) out.push(extension(EXTENSION.CRL_DISTRIBUTION_POINTS, false, distributionPoints(t.crlUrls)));
  if (t.freshestCrlUrls !== undefined) out.push(extension(EXTENSION.FRESHEST_CRL, false, distributionPoints(t.freshestCrlUrls)));
  for (const e of t.extensions ?? []) out.push(extension(e.oid, e.critical ?? false, e.value));
  return out;
}

const uri = (tag: number, text: string): Uint8Array => derContextPrimitive(tag, toUtf8(text));

const accessDescriptions = (method: string, urls: readonly string[] | undefined): Uint8Array[] =>
  (urls ?? []).map((url) => derSequence(derOid(method), uri(6, url)));

/** One distribution point per URL. */
const distributionPoints = (urls: readonly string[]): Uint8Array =>
  derSequence(...urls.map((url) => derSequence(derContext(0, derContext(0, uri(6, url))))));

function ipBytes(ip: string | Uint8Array): Uint8Array {
  if (ip instanceof Uint8Array) return ip;
  const octets = ip.split('.').map(Number);
  if (octets.length !== 4 || octets.some((n) => !Number.isInteger(n) || n < 0 || n > 255)) {
    if (ip === '::1') return concatBytes(new Uint8Array(15), Uint8Array.of(1));
    throw faults.TEMPLATE_INVALID({ reason: `${JSON.stringify(ip)} is no IPv4 address; give other addresses as octets` });
  }
  return Uint8Array.from(octets);
}
