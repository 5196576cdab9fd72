// SPDX-License-Identifier: Apache-2.0
/** An OCI registry as a handler over a store. Stores are in `./store-disk` and `./store-memory`. */
export type { RegistryLimits } from './context.ts';
export { faults as registryFaults } from './faults.ts';
export { type Algorithm, parseRepositoryName, parseStoredDigest, type RepositoryName, type Tag } from './names.ts';
export type { Policy, PolicyDecision, PolicyEvent } from './policy.ts';
export { createRegistry, type Registry, type RegistryOptions } from './registry.ts';
export type { Change, ManifestEntry, RepositoryState, TagExpectation } from './state.ts';
export type { ByteRange, CollectOptions, CollectReport, RegistryStore, Upload } from './store.ts';
