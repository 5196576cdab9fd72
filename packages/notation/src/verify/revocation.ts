// SPDX-License-Identifier: Apache-2.0
/**
 * Revocation as a question to somebody else. Who can ask OCSP responders and read CRLs injects a checker; without one, a certificate that
 * names a source is "unknown", never "good", and one that names none cannot be revoked by its issuer in a way anybody could see.
 */
import { type Certificate, goName } from '@notary/x509';

/** `unknown` means that it could not be found out: never good. */
export type RevocationStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly subject: string; readonly reason: string }
  | { readonly status: 'unknown'; readonly subject: string; readonly sources: readonly string[]; readonly reason: string };

/** The chain that is asked about, and the instants that matter. */
export interface RevocationQuestion {
  /** Leaf first, root last. */
  readonly chain: readonly Certificate[];
  readonly purpose: 'codeSigning' | 'timestamping';
  /** The instant of the verification. */
  readonly at: Date;
  /** When the signature was made, if something authentic says so. */
  readonly authenticSigningTime?: Date | undefined;
}

/** Answers whether a chain was revoked. Without one, a certificate that names a source has status unknown. */
export interface RevocationChecker {
  check(question: RevocationQuestion): Promise<RevocationStatus>;
}

/** The checker that asks nobody: certificates with a source are unknown. The root is never asked about. */
export const askingNobody: RevocationChecker = {
  async check({ chain }) {
    for (const certificate of chain.slice(0, -1)) {
      const sources = [...certificate.ocspUrls, ...certificate.crlUrls];
      if (sources.length > 0)
        return { status: 'unknown', subject: goName(certificate.subject), sources, reason: 'no revocation checker is configured' };
    }
    return { status: 'good' };
  },
};
