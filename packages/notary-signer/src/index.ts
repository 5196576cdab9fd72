// SPDX-License-Identifier: Apache-2.0
/** A signer: a vault of keys and the gRPC service over it. The client is in `./client`. */

export {
  passphraseFromEnvironment,
  readSignerConfig,
  type SignerConfig,
  type SignerStorage,
  signerConfigFaults,
  type TlsWaiver,
} from './config/config.ts';
export { vaultFaults } from './faults.ts';
export { listenSigner, type RunningSigner, type SignerTls } from './server/grpc.ts';
export { CallError, createSignerHandlers, GRPC_STATUS, type SignerHandlers } from './server/handlers.ts';
export { decryptJwe, encryptJwe, JweError } from './vault/jwe.ts';
export { signerSchemas } from './vault/schema.ts';
export { createMemoryKeyStore, createSqlKeyStore, type KeyRow, type KeyStore } from './vault/store.ts';
export { checkAlias, createKeyVault, type KeyDescription, type KeyVault, type VaultOptions } from './vault/vault.ts';
