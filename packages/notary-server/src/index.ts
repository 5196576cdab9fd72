// SPDX-License-Identifier: Apache-2.0
/** A Notary v1 server as a handler over a store and a signing service. See the README for what it decides differently. */

export {
  configFaults,
  defaultServerConfig,
  type LogLevelName,
  readServerConfig,
  type ServerConfig,
  type StorageConfig,
  type TokenAuthConfig,
  type TrustConfig,
} from './config/config.ts';
export { storeFaults } from './faults.ts';
export { type ApiCode, ApiError, apiCodes } from './http/errors.ts';
export { type ImportedCollection, type ImportOptions, importFaults, importMirror } from './import/import-mirror.ts';
export { Maintenance, type MaintenanceOptions } from './maintenance.ts';
export { type CurrentState, loadCurrent } from './read/current.ts';
export type { CacheAges } from './read/reader.ts';
export { createNotaryServer, type NotaryServer, type NotaryServerOptions } from './server.ts';
export { type ServerRole, type SigningService, signingFaults } from './signing/port.ts';
export { copyFaults, copyStorage } from './storage/copy.ts';
export { createMemoryStore } from './storage/memory.ts';
export type { AuditEntry, Change, ChangeQuery, FileUpdate, Head, MetadataStore, StoredFile } from './storage/port.ts';
export { ownSchemas, serverSchemas } from './storage/schema.ts';
export { createSqlStore, type SqlStoreOptions } from './storage/sql.ts';
