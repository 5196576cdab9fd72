// SPDX-License-Identifier: Apache-2.0
/**
 * The authentic timestamp check (trust policy specification, "Timestamp"): was the signature made while its certificates were valid?
 * Either now is inside their validity, or something authentic says when the signature was made: a signing authority, or a
 * countersignature by a timestamp authority of the statement's tsa stores.
 */
import { type Fault, knownFault } from '@notary/base';
import type { EnvelopeContent } from '@notary/signature';
import { type PolicyStatement, splitStoreValue, type TrustStore } from '@notary/trust';
import { type Certificate, checkTimestampingChain, goName } from '@notary/x509';
import { faults } from '../faults.ts';
import { formatRfc1123Z, offsetOf } from '../go-time.ts';
import type { RevocationChecker } from './revocation.ts';
import { loadStores } from './stores.ts';

export interface TimestampContext {
  readonly envelope: EnvelopeContent;
  readonly statement: PolicyStatement;
  readonly trustStore: TrustStore;
  readonly revocation: RevocationChecker;
  readonly at: Date;
}

/** Nothing where the check passes, with a line for the report; else the fault. */
export async function checkAuthenticTimestamp(context: TimestampContext): Promise<{ readonly fault?: Fault; readonly detail?: string }> {
  const { envelope, statement, at } = context;
  if (envelope.signingScheme === 'notary.x509.signingAuthority') return checkSigningAuthorityTime(envelope);
  const hasAuthority = statement.trustStores.some((value) => splitStoreValue(value)?.type === 'tsa');
  const expired = envelope.certificates.some((c) => at > c.notAfter);
  if (!hasAuthority || (statement.verifyTimestamp === 'afterCertExpiry' && !expired)) return checkValidNow(envelope.certificates, at);
  try {
    return await checkCountersignature(context);
  } catch (e) {
    return { fault: knownFault(e) };
  }
}

function checkSigningAuthorityTime(envelope: EnvelopeContent): { fault?: Fault; detail?: string } {
  const at = envelope.authenticSigningTime;
  if (at === undefined) return { fault: faults.TIMESTAMP_MISSING() };
  const text = formatRfc1123Z(at, offsetOf(envelope.signingTimeText));
  const outside = envelope.certificates.find((c) => at < c.notBefore || at > c.notAfter);
  if (outside !== undefined) return { fault: faults.NOT_VALID_WHEN_SIGNED({ subject: goName(outside.subject), at: text }) };
  return { detail: `signed at ${text}, says the signing authority` };
}

function checkValidNow(chain: readonly Certificate[], at: Date): { fault?: Fault; detail?: string } {
  for (const certificate of chain) {
    const subject = goName(certificate.subject);
    if (at < certificate.notBefore)
      return { fault: faults.CERTIFICATE_NOT_YET_VALID({ subject, notBefore: formatRfc1123Z(certificate.notBefore) }) };
    if (at > certificate.notAfter)
      return { fault: faults.CERTIFICATE_EXPIRED({ subject, notAfter: formatRfc1123Z(certificate.notAfter) }) };
  }
  return { detail: 'every certificate is valid now' };
}

/** Runs `work`; a fault of it is reported as one of the step. */
async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const fault = knownFault(cause);
    const make = fault.category === 'unavailable' ? faults.TIMESTAMP_UNAVAILABLE : faults.TIMESTAMP_INVALID;
    // The reference reads the token first and what it says after: two steps with names of their own, one call here.
    const named = fault.code === 'TIMESTAMP_INFO_MALFORMED' ? 'failed to get the timestamp TSTInfo' : name;
    throw make({ step: named, reason: fault.message }, { cause });
  }
}

async function checkCountersignature({ envelope, statement, trustStore, revocation, at }: TimestampContext): Promise<{ detail: string }> {
  const bytes = envelope.timestampToken;
  if (bytes === undefined || bytes.length === 0) throw faults.TIMESTAMP_MISSING();
  // Only signatures with a timestamp pay for the CMS decoder.
  const { parseTimestampToken, checkTimestampImprint, verifyTimestampToken } = await import('@notary/x509/timestamp');
  const token = await step('failed to parse timestamp countersignature', () => parseTimestampToken(bytes));
  await step('failed to get timestamp from timestamp countersignature', () => checkTimestampImprint(token, envelope.signature));
  const roots = await step('failed to load tsa trust store', () => loadStores(trustStore, statement, 'tsa'));
  const chain = await step('failed to verify the timestamp countersignature', () => verifyTimestampToken(token, { roots }));
  await step('failed to validate the timestamping certificate chain', () => checkTimestampingChain(chain));
  for (const certificate of envelope.certificates) {
    const subject = goName(certificate.subject);
    if (token.lower < certificate.notBefore)
      throw faults.TIMESTAMP_OUT_OF_RANGE({
        reason: `timestamp can be before certificate "${subject}" validity period, it will be valid from "${formatRfc1123Z(certificate.notBefore)}"`,
      });
    if (token.upper > certificate.notAfter)
      throw faults.TIMESTAMP_OUT_OF_RANGE({
        reason: `timestamp can be after certificate "${subject}" validity period, it was expired at "${formatRfc1123Z(certificate.notAfter)}"`,
      });
  }
  const status = await revocation.check({ chain, purpose: 'timestamping', at });
  if (status.status === 'revoked') throw faults.TIMESTAMP_REVOKED({ subject: status.subject });
  if (status.status === 'unknown') throw faults.TIMESTAMP_REVOCATION_UNKNOWN({ subject: status.subject, sources: status.sources });
  return { detail: `timestamped at ${token.genTime.toISOString()}` };
}
