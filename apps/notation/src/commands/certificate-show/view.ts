// SPDX-License-Identifier: Apache-2.0
import { printable } from '@notary/cli';
import { formatGoTime } from '@notary/cli/format';
import { type Certificate, goName } from '@notary/x509';
import { lines } from '../../present.ts';

const RULE = '-'.repeat(80);

/** Certificates one below the other, with rules between them. */
export const certificatesText = (certificates: readonly Certificate[]): string =>
  lines('Certificate details', RULE) + certificates.map(certificateText).join(lines(RULE));

const certificateText = (c: Certificate): string =>
  lines(
    `Issuer: ${printable(goName(c.issuer))}`,
    `Subject: ${printable(goName(c.subject))}`,
    `Valid from: ${formatGoTime(c.notBefore)}`,
    `Valid to: ${formatGoTime(c.notAfter)}`,
    `IsCA: ${c.basicConstraints?.ca === true}`,
    `SHA256 Thumbprint: ${c.thumbprint}`,
  );

/** A certificate in JSON output. */
export const certificateJson = (c: Certificate): Readonly<Record<string, unknown>> => ({
  subject: goName(c.subject),
  issuer: goName(c.issuer),
  notBefore: c.notBefore.toISOString(),
  notAfter: c.notAfter.toISOString(),
  isCa: c.basicConstraints?.ca === true,
  thumbprint: c.thumbprint,
});
