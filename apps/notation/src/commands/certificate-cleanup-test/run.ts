// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import type { AppDeps } from '../../deps.ts';
import { during } from '../../faults.ts';
import { command, lines, type Report } from '../../present.ts';
import { removeExisting } from '../../store/files.ts';
import { changeSigningKeys, withoutKeys } from '../../store/signing-keys.ts';
import { deleteCertificate } from '../../store/trust-store.ts';
import { emptyStoreWarning } from '../certificate-delete/view.ts';
import { localKeyPaths } from '../certificate-generate-test/run.ts';
import type { certificateCleanupTestFlags } from './spec.ts';
import { cleanupQuestion } from './view.ts';

/** Undoes `generate-test`. What is already gone is said and passed over. */
export const { run } = command<typeof certificateCleanupTestFlags>(async ({ args, options }, deps, report) => {
  const name = args[0] as string;
  const { keyPath, certPath } = localKeyPaths(deps, name);
  if (!options.yes && !(await report.confirm(cleanupQuestion(name, keyPath, certPath)))) return { cancelled: true };
  const removed = {
    trusted: await untrust(deps, name, report),
    listed: await unlist(deps, name, report),
    keyFile: await deleteFile(deps, 'key', keyPath, report),
    certificateFile: await deleteFile(deps, 'certificate', certPath, report),
  };
  report.text(lines('Cleanup completed successfully'));
  return { name, removed };
});

async function untrust(deps: AppDeps, name: string, report: Report): Promise<boolean> {
  const file = `${name}.crt`;
  try {
    const left = await deleteCertificate(deps, 'ca', name, file);
    if ('failed' in left) report.warn(emptyStoreWarning(left));
    report.text(lines(`Successfully deleted ${file} from trust store ${name} of type ca`));
    return true;
  } catch (e) {
    if (!isFault(e, 'FILES_NOT_FOUND'))
      await during(`failed to delete certificate ${file} from trust store ${name} of type ca: `, () => Promise.reject(e));
    report.text(lines(`Certificate ${file} does not exist in trust store ${name} of type ca`));
    return false;
  }
}

async function unlist(deps: AppDeps, name: string, report: Report): Promise<boolean> {
  try {
    await changeSigningKeys(deps, (keys) => withoutKeys(keys, [name]));
    report.text(lines(`Successfully removed key ${name} from the key list`));
    return true;
  } catch (e) {
    if (!isFault(e, 'CMD_KEY_UNKNOWN')) await during(`failed to remove key ${name} from the key list: `, () => Promise.reject(e));
    report.text(lines(`Key ${name} does not exist in the key list`));
    return false;
  }
}

async function deleteFile(deps: AppDeps, what: 'key' | 'certificate', path: string, report: Report): Promise<boolean> {
  try {
    await removeExisting(deps.files, path);
    report.text(lines(`Successfully deleted ${what} file: ${path}`));
    return true;
  } catch (e) {
    if (!isFault(e, 'FILES_NOT_FOUND')) await during(`failed to delete ${what} file ${path}: `, () => Promise.reject(e));
    report.text(lines(`${what === 'key' ? 'Key' : 'Certificate'} file ${path} does not exist`));
    return false;
  }
}
