// SPDX-License-Identifier: Apache-2.0
import { tabTable } from '@notary/cli/format';
import type { StoredCertificate } from '../../store/trust-store.ts';

/** A row per file; nothing at all if there is none. */
export function certificateTable(certificates: readonly StoredCertificate[]): string {
  if (certificates.length === 0) return '';
  const rows = certificates.map(({ type, store, file }) => [type, store, file]);
  return tabTable([['STORE TYPE', 'STORE NAME', 'CERTIFICATE'], ...rows], { minWidth: 0, tabWidth: 0, padding: 3, padCharacter: ' ' });
}
