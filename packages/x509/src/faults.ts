// SPDX-License-Identifier: Apache-2.0
/**
 * Faults of certificates and chains. The message of every rule that the Go libraries have is Go's text to the letter; subjects in
 * facts are names in Go's form.
 */
import { defineFaults } from '@notary/base';
import { goQuote } from '@notary/base/json';

interface OfSubject {
  readonly subject: string;
}

const q = goQuote;
const because = (reason: string | undefined): string => (reason === undefined ? '' : `. Error: ${reason}`);
const PROFILE = 'Notary Project signature specification, Certificate Requirements';
const REISSUE = 'have the certificate issued again as the rule says; notation certificate check FILE shows every rule';

/** The faults with codes `X509_…`. */
export const faults = defineFaults('X509', {
  CERTIFICATE_MALFORMED: {
    category: 'malformed',
    say: (f: { reason: string }) => f.reason,
    remedy: 'give certificates as PEM or DER: openssl x509 -in FILE -noout -text reads a sound one',
    clause: 'RFC 5280 4.1',
  },
  CERTIFICATE_TOO_LARGE: {
    category: 'limit',
    say: (f: { size: number; max: number }) => `certificate of ${f.size} bytes exceeds the bound of ${f.max}`,
  },
  TOO_MANY_CERTIFICATES: { category: 'limit', say: (f: { max: number }) => `input holds more than ${f.max} certificates` },
  SIGNATURE_INVALID: { category: 'untrusted', say: (f: { reason: string }) => f.reason, clause: 'RFC 5280 6.1.3' },
  ISSUER_CANNOT_SIGN: {
    category: 'untrusted',
    say: () => 'x509: invalid signature: parent certificate cannot sign this kind of certificate',
    remedy: 'an issuing certificate needs basic constraints with CA true, and keyCertSign where it has a key usage',
    clause: 'RFC 5280 4.2.1.3, 4.2.1.9',
  },
  NAME_INVALID: { category: 'usage', say: (f: { reason: string }) => `distinguished name cannot be encoded: ${f.reason}` },
  TEMPLATE_INVALID: { category: 'usage', say: (f: { reason: string }) => `certificate cannot be made: ${f.reason}` },

  CHAIN_EMPTY: {
    category: 'untrusted',
    say: () => 'certificate chain must contain at least one certificate',
    remedy: 'give the signing certificate and the certificates of its issuers up to the root',
    clause: PROFILE,
  },
  CHAIN_TOO_LONG: {
    category: 'limit',
    say: (f: { length: number; max: number }) => `certificate chain of ${f.length} exceeds the bound of ${f.max}`,
    remedy: 'end the chain with one root and leave out what does not belong to it',
  },
  CHAIN_SELF_SIGNATURE_INVALID: {
    category: 'untrusted',
    say: (f: OfSubject & { reason: string }) => `invalid self-signed certificate. subject: ${q(f.subject)}. Error: ${f.reason}`,
    remedy: 'give the certificates of the issuers as well, up to the root',
    clause: PROFILE,
  },
  CHAIN_SELF_ISSUER_MISMATCH: {
    category: 'untrusted',
    say: (f: OfSubject & { issuer: string; of: 'code signing' | 'timestamping' }) => {
      const blank = f.of === 'timestamping' ? ' ' : '';
      return `invalid self-signed certificate. subject: ${q(f.subject)}. Error: issuer${blank}(${f.issuer}) and subject${blank}(${f.subject}) are not the same`;
    },
    remedy: 'give the certificates of the issuers as well, up to the root',
    clause: PROFILE,
  },
  CHAIN_OUTSIDE_VALIDITY: {
    category: 'untrusted',
    say: (f: OfSubject & { signingTime: string; notBefore: string; notAfter: string }) =>
      `certificate with subject ${q(f.subject)} was invalid at signing time of ${f.signingTime}. Certificate is valid from [${f.notBefore}] to [${f.notAfter}]`,
    remedy: 'sign with a certificate that is valid now, and check the clock of the machine',
    clause: PROFILE,
  },
  CHAIN_ROOT_NOT_SELF_SIGNED: {
    category: 'untrusted',
    say: (f: OfSubject & { reason?: string | undefined }) => {
      const what = f.reason === undefined ? 'is not self-signed' : 'is invalid or not self-signed';
      const rule = 'Certificate chain must end with a valid self-signed root certificate';
      return `root certificate with subject ${q(f.subject)} ${what}. ${rule}${because(f.reason)}`;
    },
    remedy: 'put the root certificate at the end of the chain, after all others',
    clause: PROFILE,
  },
  CHAIN_LEAF_SELF_SIGNED: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `leaf certificate with subject ${q(f.subject)} is self-signed. Certificate chain must not contain self-signed leaf certificate`,
    remedy: 'give the leaf first, and a self-signed certificate alone',
    clause: PROFILE,
  },
  CHAIN_INTERMEDIATE_SELF_SIGNED: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `intermediate certificate with subject ${q(f.subject)} is self-signed. Certificate chain must not contain self-signed intermediate certificate`,
    remedy: 'end the chain with one root and leave out whatever follows it',
    clause: PROFILE,
  },
  CHAIN_NOT_ISSUED: {
    category: 'untrusted',
    say: (f: OfSubject & { issuer: string; reason?: string | undefined }) =>
      f.reason === undefined
        ? `certificate with subject ${q(f.subject)} is not issued by ${q(f.issuer)}`
        : `invalid certificates or certificate with subject ${q(f.subject)} is not issued by ${q(f.issuer)}${because(f.reason)}`,
    remedy: 'order the chain so that each certificate is followed by the one that issued it',
    clause: PROFILE,
  },
  CHAIN_LEAF_UNCLEAR: {
    category: 'usage',
    say: (f: { candidates: number }) =>
      f.candidates === 0
        ? 'no signing certificate is among the certificates: each issued another one'
        : `${f.candidates} certificates could be the signing certificate`,
    remedy: 'give one signing certificate and the certificates of its issuers, nothing else',
  },
  CHAIN_LEAF_NOT_FOUND: {
    category: 'usage',
    say: () => 'none of the certificates belongs to the private key',
    remedy: 'give the certificate that was issued for this key',
  },

  LEAF_IS_CA: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `certificate with subject ${q(f.subject)}: if the basic constraints extension is present, the ca field must be set to false`,
    remedy: 'sign with an end-entity certificate: basicConstraints = CA:FALSE',
    clause: PROFILE,
  },
  LEAF_KEY_USAGE_MISSING: {
    category: 'untrusted',
    say: (f: OfSubject) => `certificate with subject ${q(f.subject)}: key usage extension must be present`,
    remedy: 'have it issued with keyUsage = critical,digitalSignature',
    clause: PROFILE,
  },
  LEAF_KEY_USAGE_NOT_CRITICAL: {
    category: 'untrusted',
    say: (f: OfSubject) => `certificate with subject ${q(f.subject)}: key usage extension must be marked critical`,
    remedy: 'have it issued with keyUsage = critical,digitalSignature',
    clause: PROFILE,
  },
  LEAF_DIGITAL_SIGNATURE_MISSING: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `the certificate with subject ${q(f.subject)} is invalid. The key usage must have the bit positions for "Digital Signature" set`,
    remedy: 'have it issued with keyUsage = critical,digitalSignature',
    clause: PROFILE,
  },
  LEAF_KEY_USAGE_EXCESSIVE: {
    category: 'untrusted',
    say: (f: OfSubject & { found: readonly string[] }) =>
      `the certificate with subject ${q(f.subject)} is invalid. The key usage must be "Digital Signature" only, but found ${f.found.map((n) => `"${n}"`).join(', ')}`,
    remedy: 'have it issued with keyUsage = critical,digitalSignature and nothing else',
    clause: PROFILE,
  },
  LEAF_EXTENDED_KEY_USAGE_FORBIDDEN: {
    category: 'untrusted',
    say: (f: OfSubject & { usage: string }) =>
      `certificate with subject ${q(f.subject)}: extended key usage must not contain ${f.usage} eku`,
    remedy: 'have it issued with extendedKeyUsage = codeSigning',
    clause: PROFILE,
  },
  LEAF_KEY_UNSUPPORTED: {
    category: 'untrusted',
    say: (f: OfSubject & { reason: string }) => `certificate with subject ${q(f.subject)}: ${f.reason}`,
    remedy: 'use an RSA key of 2048, 3072 or 4096 bits, or an EC key on P-256, P-384 or P-521',
    clause: 'Notary Project signature specification, Algorithm Selection',
  },

  CA_NOT_CA: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `certificate with subject ${q(f.subject)}: ca field in basic constraints must be present, critical, and set to true`,
    remedy: 'have the issuing certificate issued with basicConstraints = critical,CA:TRUE',
    clause: PROFILE,
  },
  CA_PATH_LENGTH_EXCEEDED: {
    category: 'untrusted',
    say: (f: OfSubject & { expected: number; actual: number }) =>
      `certificate with subject ${q(f.subject)}: expected path length of ${f.expected} but certificate has path length ${f.actual} instead`,
    remedy: 'take intermediate certificates out of the chain, or have the issuer issued with a longer path length',
    clause: 'RFC 5280 4.2.1.9',
  },
  CA_KEY_USAGE_MISSING: {
    category: 'untrusted',
    say: (f: OfSubject) => `certificate with subject ${q(f.subject)}: key usage extension must be present`,
    remedy: 'have the issuing certificate issued with keyUsage = critical,keyCertSign',
    clause: PROFILE,
  },
  CA_KEY_USAGE_NOT_CRITICAL: {
    category: 'untrusted',
    say: (f: OfSubject) => `certificate with subject ${q(f.subject)}: key usage extension must be marked critical`,
    remedy: 'have the issuing certificate issued with keyUsage = critical,keyCertSign',
    clause: PROFILE,
  },
  CA_CERT_SIGN_MISSING: {
    category: 'untrusted',
    say: (f: OfSubject) => `certificate with subject ${q(f.subject)}: key usage must have the bit positions for key cert sign set`,
    remedy: 'have the issuing certificate issued with keyUsage = critical,keyCertSign',
    clause: PROFILE,
  },

  TSA_EXTENDED_KEY_USAGE_INVALID: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `timestamp signing certificate with subject ${q(f.subject)} must have and only have Timestamping as extended key usage`,
    remedy: REISSUE,
    clause: 'RFC 3161 2.3',
  },
  TSA_EXTENDED_KEY_USAGE_NOT_CRITICAL: {
    category: 'untrusted',
    say: (f: OfSubject) =>
      `timestamp signing certificate with subject ${q(f.subject)} must have extended key usage extension marked as critical`,
    remedy: REISSUE,
    clause: 'RFC 3161 2.3',
  },

  PATH_SIGNER_UNTRUSTED: {
    category: 'untrusted',
    say: (f: { hint?: string | undefined; candidate?: string | undefined }) =>
      `x509: certificate signed by unknown authority${
        f.hint === undefined
          ? ''
          : ` (possibly because of ${q(f.hint)} while trying to verify candidate authority certificate ${q(f.candidate ?? '')})`
      }`,
    remedy: 'if you trust that authority, add its root: notation cert add --type tsa --store NAME FILE',
    clause: 'RFC 5280 6.1',
  },
  PATH_CERTIFICATE_INVALID: { category: 'untrusted', say: (f: { reason: string }) => f.reason, clause: 'RFC 5280 6.1' },
  PATH_TOO_MANY_CHECKS: {
    category: 'limit',
    say: (_: { max: number }) => 'x509: signature check attempts limit reached while verifying certificate chain',
  },
});
