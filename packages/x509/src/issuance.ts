// SPDX-License-Identifier: Apache-2.0
/** Who signed a certificate: Go's CheckSignature and CheckSignatureFrom, with their words. */
import { equalBytes, Fault, isFault } from '@notary/base';
import { verifyX509Signature } from '@notary/base/crypto';
import { faults } from './faults.ts';
import type { Certificate } from './types.ts';

const FAILURES = {
  rsa: 'crypto/rsa: verification error',
  ec: 'x509: ECDSA verification failure',
  ed25519: 'x509: Ed25519 verification failure',
};

async function checkSignature(certificate: Certificate, issuer: Certificate, sha1: 'accept' | 'refuse'): Promise<void> {
  const { oid, parameters } = certificate.signatureAlgorithm;
  const { tbs: data, signature } = certificate;
  const valid = await verifyX509Signature({ algorithmOid: oid, algorithmParameters: parameters, spki: issuer.spki, data, signature, sha1 });
  if (!valid) throw faults.SIGNATURE_INVALID({ reason: FAILURES[issuer.publicKey.type as keyof typeof FAILURES] });
}

/**
 * Faults unless the certificate is signed with its own key. SHA-1 passes, as in Go: such a certificate is trusted by its bytes,
 * its signature vouches for nothing.
 */
export const checkSelfSignature = (certificate: Certificate): Promise<void> => checkSignature(certificate, certificate, 'accept');

/**
 * Faults unless `issuer` may sign certificates and signed this one: basic constraints with CA true where the version is 3,
 * keyCertSign where there is a key usage, no SHA-1, no MD5. Names are not compared, see {@link isIssuedBy}.
 */
export async function checkSignatureFrom(certificate: Certificate, issuer: Certificate): Promise<void> {
  const { basicConstraints, keyUsage, version } = issuer;
  if ((version === 3 && basicConstraints === undefined) || basicConstraints?.ca === false) throw faults.ISSUER_CANNOT_SIGN();
  if (keyUsage !== undefined && keyUsage.bits.size > 0 && !keyUsage.bits.has('keyCertSign')) throw faults.ISSUER_CANNOT_SIGN();
  await checkSignature(certificate, issuer, 'refuse');
}

/** Is the issuer's subject, byte for byte, the certificate's issuer? */
export const namesMatch = (certificate: Certificate, issuer: Certificate): boolean =>
  equalBytes(certificate.issuer.der, issuer.subject.der);

/**
 * Does the signature of `certificate` verify with the key of `issuer`? Says nothing about whether that key may sign certificates
 * (`checkSignatureFrom` does) or about names. A weak or unknown algorithm is `false`; SHA-1 passes on a self-signature only.
 */
export async function verifyCertificateSignature(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  try {
    await checkSignature(certificate, issuer, equalBytes(certificate.der, issuer.der) ? 'accept' : 'refuse');
    return true;
  } catch (e) {
    if (isFault(e)) return false; // the question is yes or no; callers who want the reason call checkSignatureFrom
    throw e;
  }
}

/** What came of a check, so that several can run side by side and be judged in order. */
export type Settled = Fault | undefined;
export async function settle(check: Promise<void>): Promise<Settled> {
  try {
    await check;
    return undefined;
  } catch (e) {
    if (e instanceof Fault) return e;
    throw e;
  }
}
