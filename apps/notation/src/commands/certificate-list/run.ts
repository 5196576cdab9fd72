// SPDX-License-Identifier: Apache-2.0
import type { AppDeps } from '../../deps.ts';
import { during } from '../../faults.ts';
import { command } from '../../present.ts';
import { isStoreType, listCertificates, type StoredCertificate, storePath, storeTypes } from '../../store/trust-store.ts';
import type { certificateListFlags } from './spec.ts';
import { certificateTable } from './view.ts';

/** Certificate files of the trust store, or of what of it is asked for. */
export const { run } = command<typeof certificateListFlags>(async ({ options: { type, store } }, deps, report) => {
  const certificates = await list(deps, type, store);
  report.text(certificateTable(certificates));
  return { certificates };
});

/** An unknown type holds nothing, and that is no failure. */
async function list(deps: AppDeps, type: string, store: string): Promise<readonly StoredCertificate[]> {
  if (type !== '' && !isStoreType(type)) return [];
  const types = type === '' ? storeTypes : [type];
  const found: StoredCertificate[] = [];
  for (const each of types) {
    const root = store === '' ? storePath(deps, each) : storePath(deps, each, store);
    found.push(
      ...(await during(`failed to list all certificates ${scope(type, store)}, with error: `, () =>
        listCertificates(deps, root, store === '' ? 1 : 0),
      )),
    );
  }
  return found;
}

function scope(type: string, store: string): string {
  if (type !== '' && store !== '') return `stored in the named store ${store} of type ${type}`;
  if (type !== '') return `stored of type ${type}`;
  return store === '' ? 'stored in the trust store' : `stored in the named store ${store}`;
}
