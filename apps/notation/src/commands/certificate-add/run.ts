// SPDX-License-Identifier: Apache-2.0
import { faults } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { addCertificate, checkStore } from '../../store/trust-store.ts';
import type { certificateAddFlags } from './spec.ts';

/** Adds what can be added; the failures, if any, are one fault at the end. */
export const { run } = command<typeof certificateAddFlags>(async ({ args, options: { type, store } }, deps, report) => {
  checkStore(type, store);
  const added: string[] = [];
  const failures: { path: string; message: string }[] = [];
  for (const path of args) {
    try {
      await addCertificate(deps, path, type, store);
      added.push(path);
    } catch (e) {
      failures.push({ path, message: e instanceof Error ? e.message : String(e) });
    }
  }
  if (added.length > 0) report.text(lines(`Successfully added following certificates to named store ${store} of type ${type}:`, ...added));
  if (failures.length > 0) throw faults.CERTIFICATES_NOT_ADDED({ type, store, failures });
  return { type, store, added };
});
