// SPDX-License-Identifier: Apache-2.0
import { type Fault, toFault } from '@notary/base';
import { faults } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { addCertificate, checkStore } from '../../store/trust-store.ts';
import type { certificateAddFlags } from './spec.ts';

/** Adds what can be added; the failures, if any, are one fault at the end. */
export const { run } = command<typeof certificateAddFlags>(async ({ args, options: { type, store } }, deps, report) => {
  checkStore(type, store);
  const added: string[] = [];
  const failures: { path: string; fault: Fault }[] = [];
  for (const path of args) {
    try {
      await addCertificate(deps, path, type, store);
      added.push(path);
    } catch (e) {
      failures.push({ path, fault: toFault(e) });
    }
  }
  if (added.length > 0) report.text(lines(`Successfully added following certificates to named store ${store} of type ${type}:`, ...added));
  return { type, store, added, failure: failures.length === 0 ? undefined : notAdded(type, store, failures) };
});

function notAdded(type: string, store: string, failures: readonly { readonly path: string; readonly fault: Fault }[]): Fault {
  const attempts = failures.map(({ fault }) => fault);
  const remedy = attempts.find((a) => a.remedy !== undefined)?.remedy;
  const facts = { type, store, failures: failures.map(({ path, fault }) => ({ path, message: fault.message })) };
  return faults.CERTIFICATES_NOT_ADDED(facts, { attempts, ...(remedy ? { remedy } : {}) });
}
