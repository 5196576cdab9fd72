// SPDX-License-Identifier: Apache-2.0
/** Keys, certificates and files that the suites of this package share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@notary/base';
import { type PrivateKey, parsePrivateKey } from '@notary/base/crypto';
import { counterpart, ownVectors, sharedVectors } from '@notary/testkit';
import { type Certificate, type CertificateTemplate, createCertificate, encodeName, parseCertificate } from '@notary/x509';

/** A file under `vectors/x509`. */
export const vector = (path: string): Uint8Array => new Uint8Array(readFileSync(join(ownVectors(), 'x509', path)));

const shared = sharedVectors();
/** Are the vectors of the Go libraries beside the repository? */
export const sharedVectorsPresent = shared !== undefined;
export const sharedVector = (path: string): Uint8Array => new Uint8Array(readFileSync(join(shared ?? '', 'upstream', path)));

/** OpenSSL's executable; tests that need it are skipped by name without it. */
export const openssl = counterpart('openssl');

/** A committed key: `ec`, `ec-p384`, `ec-p521`, `ec-p224`, `rsa` or `ed25519`. */
export const loadKey = (kind: string): Promise<PrivateKey> => parsePrivateKey(vector(`keys/${kind}.pem`));

/** DER of the name `CN=value`. */
export const commonName = (value: string): Uint8Array => encodeName([[{ type: 'CN', value }]]);

export const NOT_BEFORE = new Date('2026-01-01T00:00:00Z');
export const NOT_AFTER = new Date('2027-01-01T00:00:00Z');
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** A certificate with the usual dates and a serial number, parsed. */
export async function issue(
  template: Partial<CertificateTemplate> & Pick<CertificateTemplate, 'subject' | 'signer'>,
): Promise<Certificate> {
  return parseCertificate(
    await createCertificate({ serialNumber: Uint8Array.of(1), notBefore: NOT_BEFORE, notAfter: NOT_AFTER, ...template }),
  );
}

export const caTemplate = { basicConstraints: { ca: true }, keyUsage: { bits: ['keyCertSign'] } } as const;
export const leafTemplate = { keyUsage: { bits: ['digitalSignature'] }, extendedKeyUsage: { oids: [CODE_SIGNING] } } as const;

/** The code of the fault that `run` ends with, `nothing` if it ends well. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (e) {
    return e instanceof Fault ? e.code : `not a fault: ${e}`;
  }
  return 'nothing';
}

export async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (e) {
    return (e as Error).message;
  }
  return 'nothing';
}

/** A pattern that only this very text matches. */
export const exactly = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`, 's');
