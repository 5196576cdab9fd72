// SPDX-License-Identifier: Apache-2.0
/** Faults of the workflows. Messages are those of the Go tools where they have one. */
import { defineFaults } from '@notary/base';
import { goQuote } from '@notary/base/json';
import { reservedMetadataPrefix } from './media-types.ts';

const q = goQuote;

/** What may take too long. */
export type Work = 'verification' | 'signing' | 'listing' | 'inspection' | 'lookup';

/** The faults with codes `NOTATION_…`. */
export const faults = defineFaults('NOTATION', {
  // signing
  EXPIRY_NEGATIVE: { category: 'usage', say: () => 'expiry duration cannot be a negative value' },
  EXPIRY_FRACTION: { category: 'usage', say: () => 'expiry duration supports minimum granularity of seconds' },
  METADATA_RESERVED: {
    category: 'usage',
    say: (f: { key: string }) => `error adding user metadata: metadata key ${f.key} has reserved prefix ${reservedMetadataPrefix}`,
    remedy: 'choose a key without that prefix',
  },
  METADATA_PRESENT: {
    category: 'usage',
    say: (f: { key: string }) => `error adding user metadata: metadata key ${f.key} is already present in the target artifact`,
    remedy: 'choose another key',
  },
  MEDIA_TYPE_EMPTY: { category: 'usage', say: () => 'content media-type cannot be empty' },
  MEDIA_TYPE_INVALID: {
    category: 'usage',
    say: (f: { mediaType: string; reason: string }) => `invalid content media-type ${q(f.mediaType)}: ${f.reason}`,
  },
  DIGEST_NOT_RESOLVED: {
    category: 'untrusted',
    say: (f: { asked: string; resolved: string }) => `user input digest ${f.asked} does not match the resolved digest ${f.resolved}`,
    remedy: 'the registry answers with other content: do not use it for this artifact',
  },
  PUSH_FAILED: { category: 'unavailable', say: (f: { reason: string }) => `failed to push signature to registry with error: ${f.reason}` },
  NOT_DISCOVERABLE: {
    category: 'unavailable',
    say: (f: { signature: string; reason: string }) =>
      `signature ${f.signature} was stored but cannot be found beside the artifact: ${f.reason}`,
    remedy: 'sign again; if it happens again, the registry supports neither the Referrers API nor the tag schema',
  },

  // finding signatures
  NO_SIGNATURE: {
    category: 'untrusted',
    say: (f: { reference: string }) => `no signature is associated with ${q(f.reference)}, make sure the artifact was signed successfully`,
    remedy: 'ask the publisher to sign this digest, or check that the signatures were copied along with the artifact',
    rank: 95,
  },
  MAX_SIGNATURES_INVALID: { category: 'usage', say: (f: { value: number }) => `max-signatures value ${f.value} must be a positive number` },
  SIGNATURE_UNAVAILABLE: {
    category: 'unavailable',
    say: (f: { signature: string; reference: string; reason: string }) =>
      `unable to retrieve digital signature with digest ${q(f.signature)} associated with ${q(f.reference)} from the Repository, error : ${f.reason}`,
    remedy: 'try again; if the content is gone, ask the publisher to sign again',
    rank: 30,
  },
  MANIFEST_TYPE_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { mediaType: string }) =>
      `sigManifestDesc.MediaType requires "application/vnd.oci.artifact.manifest.v1+json" or "application/vnd.oci.image.manifest.v1+json", got ${q(f.mediaType)}`,
    rank: 20,
  },
  MANIFEST_TOO_LARGE: { category: 'limit', say: (f: { size: number }) => `signature manifest too large: ${f.size} bytes`, rank: 20 },
  MANIFEST_MALFORMED: { category: 'malformed', say: (f: { reason: string }) => `signature manifest is malformed: ${f.reason}`, rank: 20 },
  MANIFEST_OTHER_SUBJECT: {
    category: 'untrusted',
    say: (f: { subject: string; expected: string }) => `signature manifest belongs to ${f.subject}, not to ${f.expected}`,
    rank: 20,
  },
  ENVELOPE_COUNT: {
    category: 'malformed',
    say: (f: { count: number }) => `signature manifest requries exactly one signature envelope blob, got ${f.count}`,
    rank: 20,
  },
  ENVELOPE_TOO_LARGE: { category: 'limit', say: (f: { size: number }) => `signature blob too large: ${f.size} bytes`, rank: 20 },

  // checks of one signature
  PARSE_FAILED: {
    category: 'malformed',
    say: (f: { reason: string }) => `unable to parse the digital signature, error : ${f.reason}`,
    remedy: 'the signature is damaged: ask the publisher to sign again',
    rank: 40,
  },
  PLUGIN_REQUIRED: {
    category: 'unsupported',
    say: (f: { plugin: string }) =>
      `digital signature requires verification plugin ${q(f.plugin)}, and verification plugins are not supported by this version`,
    remedy: 'ask the publisher for a signature that needs no plugin',
    rank: 55,
  },
  PLUGIN_HEADER_INVALID: { category: 'malformed', say: (f: { reason: string }) => f.reason, rank: 45 },
  NO_TRUSTED_CERTIFICATES: {
    category: 'untrusted',
    say: (f: { scheme: string; statement: string }) => {
      void f;
      return 'no trusted certificates are found to verify authenticity';
    },
    remedy: 'add a trust store of the right type to the statement: ca for notary.x509, signingAuthority for notary.x509.signingAuthority',
    rank: 80,
  },
  NOT_TRUSTED: {
    category: 'untrusted',
    say: (f: { root: string; leaf: string; statement: string; stores: readonly string[] }) => {
      void f;
      return "the signature's certificate chain does not contain any trusted certificate";
    },
    remedy: (f: { stores: readonly string[] }) => {
      const [type, name] = (f.stores.find((s) => !s.startsWith('tsa:')) ?? 'ca:NAME').split(':');
      return {
        text: 'if you trust that publisher, add its root',
        command: ['notation', 'cert', 'add', '--type', type ?? 'ca', '--store', name ?? 'NAME', 'FILE'],
      };
    },
    rank: 60,
  },
  EXPIRED: {
    category: 'untrusted',
    say: (f: { expiry: string; on: string }) => `digital signature has expired on ${q(f.on)}`,
    remedy: 'ask the publisher for a new signature',
    rank: 75,
  },
  NOT_VALID_WHEN_SIGNED: {
    category: 'untrusted',
    say: (f: { subject: string; at: string }) =>
      `certificate ${q(f.subject)} was not valid when the digital signature was produced at ${q(f.at)}`,
    remedy: 'ask the publisher to sign with a certificate that is valid',
    rank: 75,
  },
  CERTIFICATE_NOT_YET_VALID: {
    category: 'untrusted',
    say: (f: { subject: string; notBefore: string }) =>
      `verification time is before certificate ${q(f.subject)} validity period, it will be valid from ${q(f.notBefore)}`,
    remedy: 'check the clock of this machine; else ask the publisher for a signature made with a valid certificate',
    rank: 75,
  },
  CERTIFICATE_EXPIRED: {
    category: 'untrusted',
    say: (f: { subject: string; notAfter: string }) =>
      `verification time is after certificate ${q(f.subject)} validity period, it was expired at ${q(f.notAfter)}`,
    remedy: 'ask the publisher to sign again, with a timestamp so that the signature outlives its certificate',
    rank: 75,
  },
  TIMESTAMP_MISSING: {
    category: 'untrusted',
    say: () => 'no timestamp countersignature was found in the signature envelope',
    remedy: 'ask the publisher to sign with a timestamp',
    rank: 75,
  },
  TIMESTAMP_INVALID: {
    category: 'untrusted',
    say: (f: { step: string; reason: string }) => `${f.step} with error: ${f.reason}`,
    remedy: 'ask the publisher to sign again with a timestamp of an authority in the tsa trust store',
    rank: 75,
  },
  TIMESTAMP_OUT_OF_RANGE: {
    category: 'untrusted',
    say: (f: { reason: string }) => f.reason,
    remedy: 'ask the publisher to sign again',
    rank: 75,
  },
  TIMESTAMP_UNAVAILABLE: {
    category: 'unavailable',
    say: (f: { step: string; reason: string }) => `${f.step} with error: ${f.reason}`,
    remedy: 'make readable or reachable what could not be read, then try again',
    rank: 70,
  },
  TIMESTAMP_REVOKED: {
    category: 'untrusted',
    say: (f: { subject: string }) => `timestamping certificate with subject ${q(f.subject)} is revoked`,
    remedy: 'ask the publisher to sign again with another timestamp authority',
    rank: 90,
  },
  TIMESTAMP_REVOCATION_UNKNOWN: {
    category: 'unavailable',
    say: (f: { subject: string; sources: readonly string[] }) =>
      `timestamping certificate with subject ${q(f.subject)} revocation status is unknown`,
    remedy: 'the certificate names a source of revocation data that this version cannot ask',
    rank: 70,
  },
  REVOKED: {
    category: 'untrusted',
    say: (f: { subject: string }) => `signing certificate with subject ${q(f.subject)} is revoked`,
    remedy: 'do not use the artifact; ask the publisher what happened',
    rank: 99,
  },
  REVOCATION_UNKNOWN: {
    category: 'unavailable',
    say: (f: { subject: string; sources: readonly string[] }) =>
      `signing certificate with subject ${q(f.subject)} revocation status is unknown`,
    remedy:
      'the certificate names a source of revocation data that this version cannot ask: ask the publisher for a signature made with a certificate whose status needs no asking, such as a short-lived one',
    rank: 70,
  },
  DESCRIPTOR_MISMATCH: {
    category: 'untrusted',
    say: (f: { signed: string; artifact: string }) => {
      void f;
      return 'content descriptor mismatch';
    },
    remedy: 'the signature was made for another artifact: ask the publisher to sign this digest',
    rank: 50,
  },
  BLOB_MISMATCH: {
    category: 'untrusted',
    say: () => 'integrity check failed. signature does not match the given blob',
    remedy: 'the file is not the one that was signed: fetch it again from its publisher',
    rank: 90,
  },
  METADATA_UNMATCHED: {
    category: 'untrusted',
    say: (f: { keys: readonly string[] }) => {
      void f;
      return 'unable to find specified metadata in the signature';
    },
    remedy: 'see what was signed with "notation inspect"',
    rank: 65,
  },
  SIGNATURE_EMPTY: { category: 'usage', say: () => 'signature cannot be nil or empty' },

  // outcomes
  DEADLINE_EXCEEDED: {
    category: 'unavailable',
    say: (f: { work: Work; reference: string; deadlineMs: number }) => `${f.work} of ${f.reference} did not end within ${f.deadlineMs} ms`,
    meaning:
      'Every answer came within its own bound, but all of them together took too long. Nothing was found out about the artifact, and nothing was stored.',
    remedy: (f: { work: Work }) => ({
      text:
        f.work === 'signing'
          ? 'try again when the registry and the network are faster'
          : 'try again when the registry and the network are faster, or copy the artifact with its signatures into an OCI layout and look at it there',
    }),
    rank: 60,
  },
  SIGNATURE_UNCONFIRMED: {
    category: 'unavailable',
    say: (f: { reference: string; signature: string; deadlineMs: number }) =>
      `signing of ${f.reference} did not end within ${f.deadlineMs} ms: signature ${f.signature} may or may not be stored`,
    meaning:
      'The signature was made and was on its way to the registry when the time was over. The registry may have stored all of it, a part that nobody finds, or nothing. The artifact is as it was, and a second signature does no harm.',
    remedy: 'see whether "notation list" shows it before you sign again',
    rank: 60,
  },
  VERIFICATION_FAILED: {
    category: 'untrusted',
    say: (f: { reference: string }) => `signature verification failed for all the signatures associated with ${f.reference}`,
    rank: 50,
  },
  VERIFICATION_INCONCLUSIVE: {
    category: 'unavailable',
    say: (f: { reference: string }) => `signature verification failed for all the signatures associated with ${f.reference}`,
    remedy: 'something that had to be asked did not answer: see the reasons above, then try again',
    rank: 50,
  },
});
