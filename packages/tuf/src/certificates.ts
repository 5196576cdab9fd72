// SPDX-License-Identifier: Apache-2.0
/** The x509 forms of keys: bundles of PEM certificates, the bare key inside, and Notary's own rules for certificates. */
import { type Fault, toUtf8 } from '@notary/base';
import { encodePem, parsePem } from '@notary/base/pem';
import { type Certificate, parseCertificate } from '@notary/x509';
import { tufFaults } from './faults.ts';
import { createPublicKey, isX509KeyType, type PublicKey } from './keys.ts';
import { MAX_BUNDLE_CERTIFICATES } from './limits.ts';

const invalid = (problem: string, cause?: unknown): Fault => tufFaults.CERTIFICATE_INVALID({ problem }, { cause });

/** Certificates of a PEM bundle, in order. Another kind of block, no block or a broken certificate is `TUF_CERTIFICATE_INVALID`. */
export function parseBundle(pem: Uint8Array): Certificate[] {
  const blocks = parsePem(pem);
  if (blocks.length === 0) throw invalid('no valid certificates found');
  if (blocks.length > MAX_BUNDLE_CERTIFICATES) throw invalid(`more than ${MAX_BUNDLE_CERTIFICATES} certificates in one bundle`);
  return blocks.map((block) => {
    if (block.label !== 'CERTIFICATE') throw invalid(`invalid pem block type: ${block.label}`);
    return parse(block.bytes);
  });
}

function parse(der: Uint8Array): Certificate {
  try {
    return parseCertificate(der);
  } catch (cause) {
    throw invalid(`could not parse provided certificate: ${(cause as Error).message}`, cause);
  }
}

/** Leaves of the keys that {@link bundleKey} made: a root's certificate is judged first, then its key is asked for by the signature. */
const leaves = new WeakMap<Uint8Array, Certificate>();

/** The first certificate among the blocks of a PEM text, `undefined` if there is none: the signer of an x509 key. */
export function firstCertificate(pem: Uint8Array): Certificate | undefined {
  const known = leaves.get(pem);
  if (known !== undefined) return known;
  for (const block of parsePem(pem)) {
    if (block.label !== 'CERTIFICATE' || block.headers.size > 0) continue;
    try {
      return parseCertificate(block.bytes);
    } catch {
      // as in the reference: a broken block is passed over
    }
  }
  return undefined;
}

/** Does the certificate say that it may issue others? */
export const isCa = (certificate: Certificate): boolean => certificate.basicConstraints?.ca === true;

/** Common name of the subject: the last one, as Go reads it; empty if there is none. */
export function commonName(certificate: Certificate): string {
  let name = '';
  for (const rdn of certificate.subject.rdns) for (const a of rdn) if (a.oid === '2.5.4.3') name = a.value;
  return name;
}

// RFC 8017, RFC 3279: sha1WithRSAEncryption (two OIDs), dsa-with-sha1, ecdsa-with-SHA1; and what is weaker still.
const WEAK_SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.2',
]);
const DAY_MS = 24 * 60 * 60 * 1000;
const MIN_RSA_BITS = 2048;

/**
 * Notary's rules for a certificate: a sane validity window, no SHA-1, RSA of 2048 bits or more and, with `at`, not expired
 * (its begin has a day of leeway). Faults: `TUF_CERTIFICATE_INVALID`, `TUF_CERTIFICATE_EXPIRED`.
 */
export function checkCertificate(certificate: Certificate, at?: Date): void {
  if (certificate.notBefore > certificate.notAfter) throw invalid('certificate validity window is invalid');
  if (WEAK_SIGNATURES.has(certificate.signatureAlgorithm.oid)) {
    throw invalid(`certificate with CN ${commonName(certificate)} uses invalid SHA1 signature algorithm`);
  }
  if (certificate.publicKey.type === 'rsa' && certificate.publicKey.bits < MIN_RSA_BITS) throw invalid('RSA bit length is too short');
  if (at === undefined) return;
  if (at.getTime() + DAY_MS < certificate.notBefore.getTime() || at > certificate.notAfter) {
    throw tufFaults.CERTIFICATE_EXPIRED({ commonName: commonName(certificate) });
  }
}

/** Would {@link checkCertificate} take it? Without `at` its dates are not looked at. */
export function isUsableCertificate(certificate: Certificate, at?: Date): boolean {
  try {
    checkCertificate(certificate, at);
    return true;
  } catch {
    return false;
  }
}

/** The key made of a leaf and its intermediates, re-encoded as standard PEM: the form whose ID roots and pins use. */
export function bundleKey(leaf: Certificate, intermediates: readonly Certificate[] = []): PublicKey {
  const type = leaf.publicKey.type;
  if (type !== 'rsa' && type !== 'ec') throw invalid('x509: cannot verify signature: algorithm unimplemented');
  let text = encodePem('CERTIFICATE', leaf.der);
  for (const c of intermediates) text += encodePem('CERTIFICATE', c.der);
  const pem = toUtf8(text);
  leaves.set(pem, leaf);
  return createPublicKey(type === 'rsa' ? 'rsa-x509' : 'ecdsa-x509', pem);
}

/**
 * The ID of the bare key: what key files are named by and what people see. For an x509 key that of the first certificate's
 * public key, else the key's own. Faults: `TUF_CERTIFICATE_INVALID`.
 */
export function canonicalKeyId(key: PublicKey): string {
  if (!isX509KeyType(key.keytype)) return key.id;
  const certificate = firstCertificate(key.public);
  if (certificate === undefined) throw invalid('no certificates found in PEM data');
  return createPublicKey(key.keytype === 'rsa-x509' ? 'rsa' : 'ecdsa', certificate.spki).id;
}

/**
 * A key out of PEM: the first block, a certificate (valid at `at`) or a `PUBLIC KEY`. Faults: `TUF_KEY_INVALID`, `TUF_CERTIFICATE_…`.
 */
export function parsePublicKeyPem(pem: Uint8Array, at: Date, keyTypeOf: (spki: Uint8Array) => 'rsa' | 'ecdsa' | undefined): PublicKey {
  const block = parsePem(pem)[0];
  if (block === undefined) throw tufFaults.KEY_INVALID({ problem: 'no valid public key found' });
  if (block.label === 'CERTIFICATE') {
    const certificate = parse(block.bytes);
    try {
      checkCertificate(certificate, at);
    } catch (cause) {
      throw invalid(`invalid certificate: ${(cause as Error).message}`, cause);
    }
    return bundleKey(certificate);
  }
  if (block.label !== 'PUBLIC KEY') {
    throw tufFaults.KEY_INVALID({ problem: `unsupported PEM block type "${block.label}", expected CERTIFICATE or PUBLIC KEY` });
  }
  const type = keyTypeOf(block.bytes);
  if (type === undefined) throw tufFaults.KEY_INVALID({ problem: 'unknown public key format' });
  return createPublicKey(type, block.bytes);
}
