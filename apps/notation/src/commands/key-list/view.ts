// SPDX-License-Identifier: Apache-2.0
import { tabTable } from '@notary/cli/format';
import type { SigningKey } from '../../store/signing-keys.ts';

const HEAD = ['NAME', 'KEY PATH', 'CERTIFICATE PATH', 'ID', 'PLUGIN NAME'];

/** A row per key, the default one with an asterisk. */
export function keyTable(keys: readonly SigningKey[], defaultKey: string | undefined): string {
  const rows = keys.map((key) => [
    key.name === defaultKey ? `* ${key.name}` : key.name,
    key.keyPath ?? '',
    key.certPath ?? '',
    key.id ?? '',
    key.pluginName ?? '',
  ]);
  return tabTable([HEAD, ...rows], { minWidth: 0, tabWidth: 0, padding: 3, padCharacter: ' ' });
}
