// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { goName, parseCertificates } from '@notary/x509';
import { vector } from '../support.ts';

export const seeds = ['root-rsa.der', 'leaf-of-pss.pem', 'root-p521.pem', 'root-ed25519.pem'].map((name) => vector(`certs/${name}`));

/** Certificate files of any kind: nothing but faults, and names can always be printed. */
export function fuzz(bytes: Uint8Array): void {
  try {
    for (const certificate of parseCertificates(bytes)) {
      goName(certificate.subject);
      goName(certificate.issuer);
      void certificate.thumbprint;
      void certificate.freshestCrlUrls;
    }
  } catch (e) {
    if (!isFault(e)) throw e;
  }
}
