// SPDX-License-Identifier: Apache-2.0
import { goQuote } from '@notary/base/json';
import { during, faults } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { checkStoredName, checkStoreName, checkStoreType, deleteCertificate, deleteStore } from '../../store/trust-store.ts';
import type { certificateDeleteFlags } from './spec.ts';
import { emptyStoreWarning } from './view.ts';

/** Deletes a certificate file, or a whole named store. */
export const { run } = command<typeof certificateDeleteFlags>(async ({ args, options }, deps, report) => {
  const { type, store } = options;
  checkStoreName(store);
  checkStoreType(type);
  const allowed = async (question: string): Promise<boolean> => options.yes || (await report.confirm(question));
  if (options.all) {
    if (!(await allowed(`Are you sure you want to delete all certificates in ${goQuote(store)} of type ${goQuote(type)}?`)))
      return { cancelled: true };
    const path = await during('failed to delete the named trust store: ', () => deleteStore(deps, type, store));
    report.text(lines(`Successfully deleted ${path}`));
    return { type, store, deleted: [path] };
  }
  const file = args[0] as string;
  if (file === '') throw faults.USAGE({ message: 'to delete a specific certificate, certificate fileName cannot be empty' });
  if (!(await allowed(`Are you sure you want to delete ${goQuote(file)} in ${goQuote(store)} of type ${goQuote(type)}?`)))
    return { cancelled: true };
  const left = await during('failed to delete the certificate file: ', async () => {
    checkStoredName(file);
    return deleteCertificate(deps, type, store, file);
  });
  if ('failed' in left) report.warn(emptyStoreWarning(left));
  report.text(lines(`Successfully deleted ${file} from trust store ${store} of type ${type}`));
  return { type, store, deleted: [file] };
});
