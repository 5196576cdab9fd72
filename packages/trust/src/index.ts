// SPDX-License-Identifier: Apache-2.0
export {
  type BlobStatement,
  type BlobTrustPolicy,
  checkBlobTrustPolicy,
  parseBlobTrustPolicy,
  selectBlobStatement,
} from './blob-policy.ts';
export { type DistinguishedName, isSubset, parseDistinguishedName } from './distinguished-name.ts';
export { faults as trustFaults } from './faults.ts';
export { decide, decisiveFinding, type Finding, type FindingResult, type Outcome, toleratedFindings } from './findings.ts';
export { checkIdentity } from './identity.ts';
export { type CheckAction, type CheckName, checkNames, type LevelName, type VerificationLevel } from './level.ts';
export { limits as trustLimits } from './limits.ts';
export { lintPolicy, type PolicyRemark } from './lint.ts';
export {
  checkOciTrustPolicy,
  checkScope,
  type OciSelection,
  type OciStatement,
  type OciTrustPolicy,
  parseOciTrustPolicy,
  selectOciStatement,
} from './oci-policy.ts';
export { decodePolicy, type PolicyKind, type PolicyStatement, type RawPolicy } from './policy.ts';
export { isStoreName, isStoreType, type StoreType, splitStoreValue, storeTypes } from './store-name.ts';
export { checkAnchors, createFileTrustStore, createMemoryTrustStore, type TrustStore } from './trust-store.ts';
