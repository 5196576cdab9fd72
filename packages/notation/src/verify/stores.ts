// SPDX-License-Identifier: Apache-2.0
/** The trusted certificates that a statement's stores hold for one purpose. */
import { type PolicyStatement, type StoreType, splitStoreValue, type TrustStore } from '@notary/trust';
import type { Certificate } from '@notary/x509';

/** All certificates of the statement's stores of this type; a store named twice counts once. Empty if it names none. */
export async function loadStores(trustStore: TrustStore, statement: PolicyStatement, type: StoreType): Promise<readonly Certificate[]> {
  const certificates: Certificate[] = [];
  for (const value of new Set(statement.trustStores)) {
    const store = splitStoreValue(value);
    if (store?.type === type) certificates.push(...(await trustStore.certificates(type, store.name)));
  }
  return certificates;
}
