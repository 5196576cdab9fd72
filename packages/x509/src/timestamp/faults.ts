// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';

const verification = (reason: string): string => `failed to verify signed token: ${reason}`;

/** Faults of time-stamp tokens; messages are those of the Go client. */
export const timestampFaults = defineFaults('TIMESTAMP', {
  CONTENT_TYPE_UNEXPECTED: {
    category: 'malformed',
    say: (f: { contentType: string }) =>
      `unexpected content type: ${f.contentType}. Expected to be id-ct-TSTInfo (1.2.840.113549.1.9.16.1.4)`,
    clause: 'RFC 3161 2.4.2',
  },
  INFO_MALFORMED: {
    category: 'malformed',
    say: (f: { reason: string }) => `cannot unmarshal TSTInfo from timestamp token: ${f.reason}`,
    clause: 'RFC 3161 2.4.2',
  },
  INFO_VERSION_UNSUPPORTED: {
    category: 'malformed',
    say: (f: { version: number }) => `invalid TSTInfo: timestamp token info version must be 1, but got ${f.version}`,
    clause: 'RFC 3161 2.4.2',
  },
  HASH_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { oid: string }) => `invalid TSTInfo: unrecognized hash algorithm: ${f.oid}`,
    remedy: 'have the artifact signed and timestamped again with SHA-256, SHA-384 or SHA-512',
  },
  IMPRINT_MISMATCH: { category: 'untrusted', say: () => 'invalid TSTInfo: mismatched message', clause: 'RFC 3161 2.4.2' },
  SIGNER_MISSING: { category: 'malformed', say: () => verification('signerInfo not found'), clause: 'RFC 3161 2.4.2' },
  ROOTS_MISSING: { category: 'usage', say: () => verification('tsa root certificate pool cannot be nil') },
  SIGNING_CERTIFICATE_INVALID: {
    category: 'untrusted',
    say: (f: { reason: string }) => verification(f.reason),
    clause: 'RFC 5035 4, RFC 5816',
  },
  SIGNING_CERTIFICATE_NOT_FOUND: {
    category: 'untrusted',
    say: () => verification('signing certificate not found in the timestamp token'),
    remedy: 'request timestamps with certReq, so that the authority includes its certificates',
    clause: 'RFC 3161 2.4.1',
  },
  SIGNATURE_INVALID: {
    category: 'untrusted',
    say: (f: { reason: string }) => verification(`cms verification failure: ${f.reason}`),
    clause: 'RFC 5652 5.6',
  },
  CHAIN_UNTRUSTED: {
    category: 'untrusted',
    say: (f: { reason: string }) => verification(`cms verification failure: ${f.reason}`),
    clause: 'RFC 5280 6.1',
  },
  ATTRIBUTES_INVALID: {
    category: 'untrusted',
    say: (f: { reason: string }) => verification(`cms verification failure: ${f.reason}`),
    clause: 'RFC 5652 5.3, 11',
  },
  PURPOSE_INVALID: { category: 'untrusted', say: (f: { reason: string }) => verification(f.reason), clause: 'RFC 3161 2.3' },
});
