// SPDX-License-Identifier: Apache-2.0
import type { KeyAlgorithm, PrivateKey } from '@notary/base/crypto';
import type { AlgorithmIdentifier, Certificate, KeyUsageName, Name } from './types.ts';
export declare function parseCertificate(der: Uint8Array): Certificate;
export declare function parseCertificates(bytes: Uint8Array): Certificate[];
export declare function orderChain(certificates: readonly Certificate[], leafSpki?: Uint8Array): Certificate[];
export declare function goName(name: Name): string;
export declare function parseDistinguishedName(text: string): Map<string, string>;
export declare function encodeName(rdns: readonly (readonly { type: string; value: string }[])[]): Uint8Array;
export declare function checkCodeSigningChain(
  chain: readonly Certificate[],
  options?: { readonly signingTime?: Date | undefined },
): Promise<void>;
export declare function checkTimestampingChain(chain: readonly Certificate[]): Promise<void>;
export declare function verifyCertificateSignature(certificate: Certificate, issuer: Certificate): Promise<boolean>;
export interface ProfileFinding {
  readonly rule: string;
  readonly clause: string;
  readonly result: 'pass' | 'fail';
  readonly certificate: number | undefined;
  readonly message: string;
  readonly remedy?: string | undefined;
}
export declare function explainCodeSigningProfile(
  chain: readonly Certificate[],
  options?: { readonly signingTime?: Date },
): Promise<ProfileFinding[]>;
export interface CertificateTemplate {
  readonly subject: string | Uint8Array;
  readonly issuer?: string | Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signer: PrivateKey;
  readonly signatureAlgorithm?: KeyAlgorithm;
  readonly serialNumber: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly version?: 1 | 3;
  readonly basicConstraints?: { readonly critical?: boolean; readonly ca: boolean; readonly pathLength?: number };
  readonly keyUsage?: { readonly critical?: boolean; readonly bits: readonly KeyUsageName[] };
  readonly extendedKeyUsage?: { readonly critical?: boolean; readonly oids: readonly string[] };
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly ocspUrls?: readonly string[];
  readonly crlUrls?: readonly string[];
  readonly freshestCrlUrls?: readonly string[];
  readonly subjectKeyId?: Uint8Array;
  readonly authorityKeyId?: Uint8Array;
  readonly extensions?: readonly { readonly oid: string; readonly critical?: boolean; readonly value: Uint8Array }[];
}
export declare function createCertificate(template: CertificateTemplate): Promise<Uint8Array>;
export type { AlgorithmIdentifier };
