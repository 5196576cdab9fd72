// SPDX-License-Identifier: Apache-2.0
export { parseCertificate, parseCertificates } from './certificate.ts';
export { encodeName, goName, type NamePart } from './name.ts';
export type { AlgorithmIdentifier, Certificate, Extension, KeyUsageName, Name, NameAttribute } from './types.ts';
