// SPDX-License-Identifier: Apache-2.0
/** X.509 certificates: reading, judging chains by the Notary Project's profiles, making. */
export { parseCertificate, parseCertificates } from './certificate.ts';
export { type ChainOptions, checkCodeSigningChain, checkTimestampingChain } from './chain.ts';
export { type CertificateTemplate, createCertificate } from './create.ts';
export { explainCodeSigningProfile, type ProfileFinding } from './explain.ts';
export { faults } from './faults.ts';
export { checkSelfSignature, checkSignatureFrom, verifyCertificateSignature } from './issuance.ts';
export { encodeName, goName, type NamePart, parseName } from './name.ts';
export { orderChain } from './order.ts';
export type { AlgorithmIdentifier, Certificate, Extension, KeyUsageName, Name, NameAttribute } from './types.ts';
