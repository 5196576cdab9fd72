// SPDX-License-Identifier: Apache-2.0
/** A key store that is opened by the first who needs a key: reading a collection needs none. */
import type { KeyStore } from './key-store.ts';

/** Opens the store on first use, once. */
export function deferKeyStore(open: () => Promise<KeyStore>): KeyStore {
  let opened: Promise<KeyStore> | undefined;
  const store = (): Promise<KeyStore> => (opened ??= open());
  return {
    list: async () => (await store()).list(),
    info: async (keyId) => (await store()).info(keyId),
    publicKey: async (keyId) => (await store()).publicKey(keyId),
    has: async (keyId) => (await store()).has(keyId),
    get: async (keyId) => (await store()).get(keyId),
    prepare: async (keyIds) => (await store()).prepare?.(keyIds),
    create: async (role, gun) => (await store()).create(role, gun),
    add: async (key, info) => (await store()).add(key, info),
    remove: async (keyId) => (await store()).remove(keyId),
  };
}
