// SPDX-License-Identifier: Apache-2.0
import { during, faults } from '../../faults.ts';
import { command } from '../../present.ts';
import { checkStore, checkStoredName, readCertificates, storePath } from '../../store/trust-store.ts';
import type { certificateShowFlags } from './spec.ts';
import { certificateJson, certificatesText } from './view.ts';

/** The certificates of one file of the trust store. */
export const { run } = command<typeof certificateShowFlags>(async ({ args, options: { type, store } }, deps, report) => {
  const file = args[0] as string;
  checkStore(type, store);
  if (file === '') throw faults.USAGE({ message: 'certificate fileName cannot be empty' });
  const certificates = await during(`failed to show details of certificate ${file}, with error: `, async () => {
    checkStoredName(file);
    const found = await readCertificates(deps, storePath(deps, type, store, file));
    if (found.length === 0) throw faults.CERTIFICATE_NONE();
    return found;
  });
  report.text(certificatesText(certificates));
  return { type, store, file, certificates: certificates.map(certificateJson) };
});
