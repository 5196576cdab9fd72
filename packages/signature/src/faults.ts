// SPDX-License-Identifier: Apache-2.0
/** Faults of envelopes. Messages are those of the Go tools where these have one for the fact. */
import { defineFaults } from '@notary/base';
import { goQuote } from '@notary/base/json';

const SPEC = 'Notary Project signature specification';
const JWS_SPEC = 'Notary Project JWS signature envelope';
const COSE_SPEC = 'Notary Project COSE signature envelope';
const ASK_AGAIN = 'this is not a signature that a conforming signer writes: ask the publisher to sign again';
const TAMPERED = 'the signature or what it covers has changed since signing: fetch it again, or ask the publisher to sign again';

/** The faults with codes `ENVELOPE_…`. */
export const envelopeFaults = defineFaults('ENVELOPE', {
  MEDIA_TYPE_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { mediaType: string }) => `signature envelope format with media type ${goQuote(f.mediaType)} is not supported`,
    clause: `${SPEC}, Signature Envelope`,
  },
  FORMAT_UNSUPPORTED: {
    category: 'usage',
    say: (f: { format: string }) =>
      `signature format ${goQuote(f.format)} not supported\nSupported signature envelope formats are "jws" and "cose"`,
  },
  TOO_LARGE: {
    category: 'limit',
    say: (f: { what: string; size: number; max: number }) => `${f.what} of ${f.size} exceeds the bound of ${f.max}`,
    meaning: 'A part of the envelope is larger than any signature needs; it is not read.',
  },
  CHAIN_ABSENT: {
    category: 'malformed',
    say: (f: { problem: string }) => f.problem,
    remedy: ASK_AGAIN,
    clause: `${SPEC}, Unsigned Attributes: Certificate Chain`,
  },
  LEAF_MALFORMED: {
    category: 'malformed',
    say: () => 'malformed leaf certificate',
    remedy: ASK_AGAIN,
    clause: `${SPEC}, Certificate Requirements`,
  },
  CERTIFICATE_MALFORMED: {
    category: 'malformed',
    say: (f: { index: number; reason: string }) => f.reason,
    remedy: ASK_AGAIN,
    clause: `${SPEC}, Certificate Requirements`,
  },
  KEY_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { reason: string }) => f.reason,
    remedy: 'sign with an RSA key of 2048, 3072 or 4096 bits, or an EC key on P-256, P-384 or P-521',
    clause: `${SPEC}, Signature Algorithm Requirements`,
  },
  SIGNATURE_INVALID: {
    category: 'untrusted',
    say: (f: { reason: string }) => `signature is invalid. Error: ${f.reason}`,
    remedy: TAMPERED,
    rank: 70,
    meaning: 'The signature does not verify under the key of the leaf certificate: the envelope was altered or was never signed with it.',
    clause: `${SPEC}, Trust Evaluation: integrity`,
  },
  PSS_SALT_INVALID: {
    category: 'untrusted',
    say: (f: { saltLength: number; expected: number; reason: string }) => `signature is invalid. Error: ${f.reason}`,
    remedy: 'ask the publisher to sign again with a PSS salt as long as the hash, as the specification demands',
    rank: 70,
    meaning:
      'The RSA-PSS signature was made with the key, but with a salt of another length than the hash. The Go tools accept that in JWS.',
    clause: `${SPEC}, Signature Algorithm Requirements`,
  },
  ALGORITHM_INVALID: {
    category: 'untrusted',
    say: (f: { algorithm: string; reason: string }) => `signature is invalid. Error: ${f.reason}`,
    remedy: ASK_AGAIN,
    rank: 70,
    meaning: 'The header names no algorithm, none of the six, or one of another kind of key. The algorithm follows from the key alone.',
    clause: `${SPEC}, Signature Algorithm Requirements`,
  },
  ALGORITHM_KEY_MISMATCH: {
    category: 'untrusted',
    say: (f: { derived: number; specified: number }) =>
      `mismatch between signature algorithm derived from signing certificate (${f.derived}) and signing algorithm specified (${f.specified}s)`,
    remedy: ASK_AGAIN,
    rank: 70,
    meaning: 'The header names another algorithm than the one that belongs to the key of the leaf certificate.',
    clause: `${SPEC}, Signature Algorithm Requirements`,
  },
  ALGORITHM_SWAPPED: {
    category: 'untrusted',
    say: (f: { named: string; derived: string; reason: string }) => `signature is invalid. Error: ${f.reason}`,
    remedy: ASK_AGAIN,
    rank: 70,
    meaning: 'The header names one of the six algorithms, but not the one that belongs to the key of the leaf certificate.',
    clause: `${SPEC}, Signature Algorithm Requirements`,
  },
  PAYLOAD_ABSENT: { category: 'malformed', say: () => 'content not present', remedy: ASK_AGAIN, clause: `${SPEC}, Payload` },
  SIGNING_TIME_ABSENT: {
    category: 'malformed',
    say: () => 'signing-time not present',
    remedy: ASK_AGAIN,
    clause: `${SPEC}, Signed Attributes: Signing Time`,
  },
  EXPIRY_NOT_AFTER_SIGNING: {
    category: 'malformed',
    say: (_: { signingTime: string; expiry: string }) => 'expiry cannot be equal or before the signing time',
    remedy: 'sign with an expiry of at least one second',
    clause: `${SPEC}, Signed Attributes: Expiry`,
  },
  CRITICAL_ATTRIBUTE_UNPROCESSED: {
    category: 'unsupported',
    say: (f: { attribute: string }) =>
      `extended critical attribute ${goQuote(f.attribute)} is not understood here and was processed by no verification plugin`,
    remedy: 'install the verification plugin that the publisher names for this attribute',
    rank: 75,
    meaning: 'The signer demands that whoever verifies understands this attribute. The Go tools overlook it unless a plugin is named.',
    clause: `${SPEC}, Extended attributes: a verifier must process critical attributes or fail`,
  },
});

/** The faults with codes `SIGNING_…`. */
export const signingFaults = defineFaults('SIGNING', {
  SCHEME_ABSENT: { category: 'usage', say: () => 'SigningScheme not present' },
  SCHEME_UNSUPPORTED: { category: 'usage', say: (f: { problem: string; scheme: string }) => f.problem },
  ATTRIBUTE_INVALID: { category: 'usage', say: (f: { problem: string; attribute: string }) => f.problem },
  TIME_INVALID: { category: 'usage', say: (f: { problem: string }) => f.problem },
  PAYLOAD_NOT_JSON: {
    category: 'usage',
    say: (f: { problem: string }) => `payload format error: ${f.problem}`,
    remedy: 'a JWS signature covers a JSON object: sign other content as COSE, or wrap it',
  },
  CHAIN_EMPTY: {
    category: 'usage',
    say: () => '"certs" param is invalid. Error: empty certs',
    remedy: 'give the signing certificate and its issuers, leaf first',
  },
  KEY_CERTIFICATE_MISMATCH: {
    category: 'usage',
    say: (_: { subject: string }) => '"key and certs" param is invalid. Error: key not matches certificate',
    remedy: 'use the certificate that was issued for this key, first in the chain file',
  },
  CHAIN_NOT_RETURNED: {
    category: 'usage',
    say: () => 'certificate chain is not set',
    remedy: 'the signer must return its certificate chain',
  },
});

/** The faults with codes `PAYLOAD_…`. */
export const payloadFaults = defineFaults('PAYLOAD', {
  CONTENT_TYPE_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { contentType: string }) => `payload content type ${goQuote(f.contentType)} not supported`,
    remedy: 'this signature covers something else than an artifact descriptor: verify it with the tool that made it',
    clause: `${SPEC}, Payload`,
  },
  MALFORMED: {
    category: 'malformed',
    say: (_: { problem: string }) => 'failed to unmarshal the payload content in the signature blob to envelope.Payload',
    remedy: ASK_AGAIN,
    clause: `${SPEC}, Payload`,
  },
  DUPLICATE_KEY: {
    category: 'malformed',
    say: (f: { key: string }) => `the payload names the member ${goQuote(f.key)} twice`,
    remedy: ASK_AGAIN,
    meaning: 'Two readers could disagree about which artifact is signed. The Go tools take the last.',
    clause: 'RFC 8259 4',
  },
});

/** The faults with codes `JWS_…`. */
export const jwsFaults = defineFaults('JWS', {
  MALFORMED: {
    category: 'malformed',
    say: (f: { where: string; problem: string }) => f.problem,
    remedy: ASK_AGAIN,
    clause: `${JWS_SPEC}; RFC 7515 7.2.2`,
  },
  PROTECTED_MALFORMED: {
    category: 'malformed',
    say: (f: { problem: string }) => `jws envelope protected header can't be decoded: ${f.problem}`,
    remedy: ASK_AGAIN,
    clause: `${JWS_SPEC}, Protected Headers`,
  },
  DUPLICATE_KEY: {
    category: 'malformed',
    say: (f: { where: string; key: string }) => `the ${f.where} of the JWS names the member ${goQuote(f.key)} twice`,
    remedy: ASK_AGAIN,
    meaning: 'Two readers could disagree about which member counts. The Go tools take the last.',
    clause: 'RFC 7515 4: header parameter names must be unique',
  },
  TRAILING_BYTES: {
    category: 'malformed',
    say: (f: { where: string; problem: string }) =>
      f.where === 'protected header' ? `jws envelope protected header can't be decoded: ${f.problem}` : f.problem,
    remedy: ASK_AGAIN,
    meaning: 'Bytes follow the JSON value.',
    clause: 'RFC 8259 2',
  },
  BASE64_INVALID: {
    category: 'malformed',
    say: (f: { where: string; offset: number }) => `illegal base64 data at input byte ${f.offset}`,
    remedy: ASK_AGAIN,
    clause: 'RFC 7515 2',
  },
  BASE64_NOT_CANONICAL: {
    category: 'malformed',
    say: (f: { where: string }) => `the ${f.where} of the JWS is not in its one base64 form`,
    remedy: ASK_AGAIN,
    meaning: 'The text decodes, but is not what an encoder writes: padding, line breaks or pad bits that are not zero.',
    clause: 'RFC 4648 3.5; RFC 7515 2',
  },
  SCHEME_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { scheme: string }) => `unsupported SigningScheme: \`${f.scheme}\``,
    clause: `${SPEC}, Signing Scheme`,
  },
  HEADER_FORBIDDEN: {
    category: 'malformed',
    say: (f: { header: string; scheme: string }) => `${goQuote(f.header)} header must not be present for ${f.scheme} signing scheme`,
    remedy: ASK_AGAIN,
    clause: `${JWS_SPEC}, Protected Headers`,
  },
  HEADER_ABSENT: {
    category: 'malformed',
    // The scheme in the text is the Go tools' slip: the header belongs to notary.x509.signingAuthority.
    say: (f: { header: string }) => `${goQuote(f.header)} header must be present for notary.x509 signing scheme`,
    remedy: ASK_AGAIN,
    clause: `${JWS_SPEC}, Protected Headers`,
  },
  CRIT_ABSENT: { category: 'malformed', say: () => 'missing "crit" header', remedy: ASK_AGAIN, clause: 'RFC 7515 4.1.11' },
  CRIT_NAMES_ABSENT: {
    category: 'malformed',
    say: (f: { header: string }) => `${goQuote(f.header)} header is marked critical but not present`,
    remedy: ASK_AGAIN,
    clause: 'RFC 7515 4.1.11',
  },
  CRIT_INCOMPLETE: {
    category: 'malformed',
    say: (f: { headers: readonly string[] }) => `these required headers are not marked as critical: [${f.headers.join(' ')}]`,
    remedy: ASK_AGAIN,
    clause: `${JWS_SPEC}, Protected Headers: crit`,
  },
  ALGORITHM_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { algorithm: string }) => `signature algorithm ${goQuote(f.algorithm)} is not supported`,
    clause: `${JWS_SPEC}, Protected Headers: alg`,
  },
  SIGNATURE_ABSENT: {
    category: 'malformed',
    say: () => 'signature missing in jws-json envelope',
    remedy: ASK_AGAIN,
    clause: 'RFC 7515 7.2.2',
  },
});

/** The faults with codes `COSE_…`. */
export const coseFaults = defineFaults('COSE', {
  MALFORMED: {
    category: 'malformed',
    say: (f: { problem: string }) => f.problem,
    remedy: ASK_AGAIN,
    clause: `${COSE_SPEC}; RFC 9052 4.2`,
  },
  DUPLICATE_LABEL: {
    category: 'malformed',
    say: (f: { where: string; problem: string }) => f.problem,
    remedy: ASK_AGAIN,
    meaning: 'A map names a label twice. Two readers could disagree about which one counts.',
    clause: 'RFC 9052 3',
  },
  TRAILING_BYTES: { category: 'malformed', say: (f: { problem: string }) => f.problem, remedy: ASK_AGAIN, clause: 'RFC 8949 5.1' },
  INDEFINITE_LENGTH: { category: 'malformed', say: (f: { problem: string }) => f.problem, remedy: ASK_AGAIN, clause: 'RFC 8949 4.2.1' },
  HEADER_INVALID: {
    category: 'malformed',
    say: (f: { header: string; problem: string }) => f.problem,
    remedy: ASK_AGAIN,
    clause: 'RFC 9052 3.1',
  },
  SIGNATURE_ABSENT: { category: 'malformed', say: () => 'empty signature', remedy: ASK_AGAIN, clause: 'RFC 9052 4.2' },
  LEAF_NOT_BYTES: {
    category: 'malformed',
    say: () => 'COSE envelope malformed leaf certificate',
    remedy: ASK_AGAIN,
    clause: 'RFC 9360 2',
  },
  PAYLOAD_DETACHED: {
    category: 'malformed',
    say: () => 'signature is invalid. Error: missing payload',
    remedy: ASK_AGAIN,
    meaning: 'The payload is not in the envelope; Notary Project envelopes carry it.',
    clause: `${COSE_SPEC}, Payload`,
  },
  CONTENT_TYPE_ABSENT: {
    category: 'malformed',
    say: () => 'missing content type',
    remedy: ASK_AGAIN,
    clause: `${COSE_SPEC}, Protected Headers`,
  },
  CONTENT_TYPE_INVALID: {
    category: 'malformed',
    say: () => "content type should be of 'tstr' type",
    remedy: ASK_AGAIN,
    clause: `${COSE_SPEC}, Protected Headers`,
  },
  CRIT_INVALID: { category: 'malformed', say: (f: { problem: string }) => f.problem, remedy: ASK_AGAIN, clause: 'RFC 9052 3.1' },
  CRIT_INCOMPLETE: {
    category: 'malformed',
    say: (f: { headers: readonly string[] }) => `these required headers are not marked as critical: [${f.headers.join(' ')}]`,
    remedy: ASK_AGAIN,
    clause: `${COSE_SPEC}, Protected Headers: crit`,
  },
  CRIT_UNPROCESSED: {
    category: 'unsupported',
    say: (f: { header: string; scheme: string }) =>
      `header ${goQuote(f.header)} is marked critical, but nothing processes it under the signing scheme ${goQuote(f.scheme)}`,
    remedy: ASK_AGAIN,
    meaning:
      'The signer demands that whoever verifies processes this time, which belongs to the other signing scheme. The Go tools overlook it.',
    clause: 'RFC 9052 3.1',
  },
  SCHEME_INVALID: {
    category: 'malformed',
    say: () => 'invalid signingScheme',
    remedy: ASK_AGAIN,
    clause: `${COSE_SPEC}, Protected Headers`,
  },
  SCHEME_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { scheme: string }) => `unsupported signingScheme: ${f.scheme}`,
    clause: `${SPEC}, Signing Scheme`,
  },
  ALGORITHM_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { algorithm: string; problem: string }) => f.problem,
    clause: `${COSE_SPEC}, Protected Headers: alg`,
  },
  TIME_INVALID: {
    category: 'malformed',
    say: (f: { attribute: 'signingTime' | 'expiry'; problem: string }) => `invalid ${f.attribute}: ${f.problem}`,
    remedy: ASK_AGAIN,
    clause: `${COSE_SPEC}, Protected Headers: times are tag 1`,
  },
});
