// SPDX-License-Identifier: Apache-2.0
/** Notary's dialect of The Update Framework. See the README for what it promises and what it leaves to callers. */
export { chainsTo } from './ca-path.ts';
export {
  bundleKey,
  canonicalKeyId,
  checkCertificate,
  commonName,
  firstCertificate,
  isCa,
  isUsableCertificate,
  parseBundle,
  parsePublicKeyPem,
} from './certificates.ts';
export {
  type BaseRoleCheck,
  checkDelegation,
  checkSnapshot,
  checkTargets,
  checkTimestamp,
  type DelegationCheck,
  type DelegationResult,
  type RoleCheck,
  requireDelegation,
} from './checks.ts';
export {
  childDelegations,
  type Delegation,
  type FoundTarget,
  findDelegation,
  findTarget,
  listDelegations,
  listTargets,
  type TargetsMap,
  visitTargets,
  type WalkNode,
  type WalkOptions,
  walkTargets,
} from './delegation-tree.ts';
export type { Change } from './edit-delegations.ts';
export {
  CollectionEditor,
  checkTargetName,
  type Lifetimes,
  type NewCollection,
  type NewRole,
  type SignOptions,
} from './editor.ts';
export { encodePayload } from './encode.ts';
export { type Envelope, encodeEnvelope, parseEnvelope, type Signature } from './envelope.ts';
export { describeExpiry, type Expiry, expiryAt, formatExpiry, isNearExpiry, parseExpiry } from './expiry.ts';
export { tufFaults } from './faults.ts';
export {
  type Content,
  checkContent,
  checkHashes,
  checkHashStructure,
  compareHashes,
  createFileMeta,
  digestBytes,
  digestHexOf,
  type FileMeta,
  type SupportedHash,
  sameFileMeta,
} from './file-meta.ts';
export {
  createPublicKey,
  encodeKeyResponse,
  isKeyType,
  isX509KeyType,
  type KeyType,
  type PublicKey,
  parseKeyResponse,
  publicKeyFromJson,
  shortKeyId,
} from './keys.ts';
export {
  DEFAULT_LIFETIME_MS,
  MAX_DELEGATIONS,
  MAX_KEY_BYTES,
  MAX_METADATA_BYTES,
  MAX_ROOT_ROTATIONS,
  MAX_SIGNATURES,
  MAX_STORED_VERSION,
  MAX_TIMESTAMP_BYTES,
} from './limits.ts';
export {
  type Common,
  type DelegationEntry,
  type Delegations,
  decodeFileMeta,
  decodeRoot,
  decodeSnapshot,
  decodeTargets,
  decodeTimestamp,
  type Payload,
  type RoleKeys,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from './metadata.ts';
export { choosePin, NO_PINS, type PinChoice, type TrustPins } from './pins.ts';
export {
  BASE_ROLES,
  type BaseRoleName,
  compareRoleDepth,
  fitsPaths,
  isBaseRole,
  isDelegation,
  isRoleName,
  isTargetsRole,
  isWildDelegation,
  isWithin,
  parentRole,
  parseRoleName,
  ROOT,
  type RoleName,
  restrictPaths,
  SNAPSHOT,
  TARGETS,
  TIMESTAMP,
} from './role-name.ts';
export {
  checkRoot,
  matchesGun,
  type RootCheck,
  type RootFingerprint,
  readRoot,
  rootFingerprints,
  type UnverifiedRoot,
  verifyRoot,
} from './root-trust.ts';
export { combineSigningKeys, type SigningKeys, type SignRequest, signPayload } from './signing.ts';
export { createSigningKey, type SigningKey } from './signing-key.ts';
export {
  acceptDelegation,
  acceptSnapshot,
  acceptTargets,
  acceptTimestamp,
  expectedMeta,
  type InvalidDelegation,
  isRootCurrent,
  payloads,
  type StepOptions,
  startTrustedSet,
  type TrustedSet,
} from './trusted-set.ts';
export type { VerifiedMetadata, VerifiedRoot, VerifiedSnapshot, VerifiedTargets, VerifiedTimestamp } from './verified.ts';
export {
  canonicalText,
  checkExpiry,
  checkSignatures,
  checkVersion,
  delegationSigners,
  isSignedBy,
  keyTypeOfSpki,
  rootSigners,
  type Signers,
} from './verify.ts';
