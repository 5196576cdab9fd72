// SPDX-License-Identifier: Apache-2.0
import { fromUtf8Lossy, toUtf8 } from '@notary/base';
import { lintPolicy, parseBlobTrustPolicy, parseDistinguishedName, parseOciTrustPolicy } from '../../src/index.ts';

export const seeds = [
  toUtf8(
    '{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["r.example/a"],"signatureVerification":{"level":"strict","override":{"expiry":"log"},"verifyTimestamp":"always"},"trustStores":["ca:x"],"trustedIdentities":["x509.subject: C=US, ST=WA, O=A\\\\2c B"],"globalPolicy":true}]}',
  ),
  toUtf8('C=US, ST=WA, O=Acme\\, Inc\\C3\\A9 ; CN = x'),
];
export const ociPolicy = (bytes: Uint8Array) => void parseOciTrustPolicy(bytes);
export const blobPolicy = (bytes: Uint8Array) => void parseBlobTrustPolicy(bytes);
export const lint = (bytes: Uint8Array) => void lintPolicy(bytes, 'oci');
export const distinguishedName = (bytes: Uint8Array) => void parseDistinguishedName(fromUtf8Lossy(bytes));
