// SPDX-License-Identifier: Apache-2.0
export { type ConfigFile, loadConfigFile } from './config-file.ts';
export { type CredentialHelper, createCredentialHelper } from './helper.ts';
export { type LoginOptions, login, logout, ping } from './login.ts';
export { type CredentialStore, type CredentialStoreOptions, createCredentialStore, dockerConfigPath, podmanAuthPaths } from './store.ts';
