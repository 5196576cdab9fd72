// SPDX-License-Identifier: Apache-2.0

export { type Lookup, type LookupOptions, listSignatures, type SignatureList, startLookup } from '../lookup/index.ts';
export type { EnvelopeReport } from './evaluate-envelope.ts';
export { finalLine } from './final-line.ts';
export { type Admission, type ArtifactReport, type Basis, type SignatureReport, VerifiedArtifact } from './report.ts';
export { askingNobody, type RevocationChecker, type RevocationQuestion, type RevocationStatus } from './revocation.ts';
export {
  decisiveFault,
  evaluateArtifact,
  isRefusal,
  resolveArtifact,
  type VerifyArtifactRequest,
  verifyArtifact,
} from './verify-artifact.ts';
export { type BlobReport, evaluateBlob, type VerifyBlobRequest, verifyBlob } from './verify-blob.ts';
