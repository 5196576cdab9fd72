// SPDX-License-Identifier: Apache-2.0
/** Trusted collections for a client: trust directory, keys, updates, publishing. See the README. */

export { type Adoption, adoptCollection } from './adopt.ts';
export { createFileCache, createMemoryCache, createReadOnlyCache, type MetadataCache } from './cache.ts';
export { type DelegationData, decodeDelegationData, decodeTargetData, encodeDelegationData, encodeTargetData } from './change-data.ts';
export {
  type ChangeAction,
  type Changelist,
  type ChangelistOptions,
  type ChangeType,
  createChangelist,
  decodeChange,
  encodeChange,
  type StagedChange,
} from './changelist.ts';
export { type Collection, type CollectionOptions, openCollection, type ReadOptions, readCollection, updateOptions } from './collection.ts';
export { deferKeyStore } from './deferred-keys.ts';
export { collectionFaults } from './faults.ts';
export { createFileRemote, mirrorPath } from './file-remote.ts';
export { type Gun, parseGun } from './gun.ts';
export { checkHealth, type Health, type KeyHealth, type RoleHealth } from './health.ts';
export { createHttpRemote, encodeMultipart, type HttpRemoteOptions, parseServerUrl, rejection } from './http-remote.ts';
export { type Initialized, type InitializeOptions, initializeCollection } from './initialize.ts';
export { carriesGun, encodeKeyFile, isEncrypted, type KeyInfo, keyInfoOf, openKeyBlock, privateKeyId, readKeyBlock } from './key-file.ts';
export {
  combineKeyStores,
  FileKeyStore,
  type FileKeyStoreOptions,
  isKeyId,
  type KeyStore,
  openFileKeyStore,
  type StoredKey,
} from './key-store.ts';
export { exportKeys, type ImportOptions, importKeys } from './key-transfer.ts';
export * from './limits.ts';
export { type MirrorOptions, type MirrorReport, mirrorCollection } from './mirror.ts';
export { explainMirror } from './mirror-faults.ts';
export { type MirrorEvent, type MirrorListOptions, type MirrorListReport, mirrorList, parseMirrorList } from './mirror-list.ts';
export {
  environmentPassphrases,
  filePassphrases,
  helperPassphrases,
  newPassphrase,
  noPassphrases,
  type PassphraseAnswer,
  type PassphraseRequest,
  type PassphraseRetriever,
  passphraseVariable,
  rememberPassphrases,
  withPassphrase,
} from './passphrase.ts';
export {
  comparePin,
  loadPins,
  NO_PIN_CONFIG,
  type PinConfig,
  type PinState,
  parseConfig,
  parsePinConfig,
  pinsIgnoredByGo,
  setPin,
} from './pins.ts';
export { type Edit, loadLocal, type Published, type PublishOptions, publishChanges, publishEdit } from './publish.ts';
export { planRecovery, type Recovered, type RecoveryOption, type RecoveryPlan, recoverRole } from './recover.ts';
export { createOfflineRemote, OUT_OF_REACH, type Remote } from './remote.ts';
export { createRootCertificate } from './root-certificate.ts';
export { followRoots, type RootChainOptions } from './root-chain.ts';
export { checkRotation, newKeys, publishKeys, type RotateOptions, rotateKeys, setThreshold } from './rotate.ts';
export {
  applyRotation,
  encodePlan,
  type PlannedRole,
  type PlanRequest,
  parsePlan,
  planRotation,
  type RotationPlan,
} from './rotation-plan.ts';
export {
  stageDelegation,
  stageDelegationReduction,
  stageDelegationRemoval,
  stageKeyPurge,
  stageTarget,
  stageTargetRemoval,
  stageWitness,
} from './stage.ts';
export {
  changelistPath,
  collectionPath,
  deleteLocal,
  metadataPath,
  prepareCollection,
  privatePath,
  type TrustDirectory,
  withLock,
} from './trust-directory.ts';
export { type Update, type UpdateOptions, updateCollection } from './update.ts';
