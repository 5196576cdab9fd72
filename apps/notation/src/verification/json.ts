// SPDX-License-Identifier: Apache-2.0
/** Verified or refused signatures in JSON: claims, findings by check, codes and remedies. */
import type { EnvelopeReport } from '@notary/notation/verify';
import { type Certificate, goName } from '@notary/x509';

/** One signature. `signature` is its manifest's digest or its path. */
export function signatureReportJson(signature: string, report: EnvelopeReport): Readonly<Record<string, unknown>> {
  const { claim, target } = report;
  return {
    signature,
    outcome: report.outcome,
    ...(claim === undefined
      ? {}
      : {
          mediaType: claim.mediaType,
          algorithm: claim.algorithm,
          signingScheme: claim.signingScheme,
          signingTime: claim.signingTime.toISOString(),
          ...(claim.expiry ? { expiry: claim.expiry.toISOString() } : {}),
          ...(claim.signingAgent ? { signingAgent: claim.signingAgent } : {}),
          certificates: claim.certificates.map(certificateJson),
        }),
    ...(target === undefined ? {} : { userMetadata: Object.fromEntries(target.annotations) }),
    findings: report.findings.map(({ fault, ...finding }) => ({ ...finding, ...(fault ? { fault: fault.toJSON() } : {}) })),
    ...(report.fault ? { fault: report.fault.toJSON() } : {}),
  };
}

const certificateJson = (c: Certificate): Readonly<Record<string, string>> => ({
  subject: goName(c.subject),
  issuer: goName(c.issuer),
  notBefore: c.notBefore.toISOString(),
  notAfter: c.notAfter.toISOString(),
  thumbprint: c.thumbprint,
});
