// SPDX-License-Identifier: Apache-2.0
/** The private keys of the trust directory, for the commands that use them. */
import type { Invocation } from '@notary/cli';
import { type FileKeyStore, openFileKeyStore } from '@notary/collection';
import type { AppDeps } from './deps.ts';
import { createPassphrases } from './passphrases.ts';
import { openWorkplace, type Workplace } from './session.ts';

/** Legacy keys are migrated here. */
export const openKeys = (deps: AppDeps, { directory, log }: Pick<Workplace, 'directory' | 'log'>): Promise<FileKeyStore> =>
  openFileKeyStore({
    directory,
    passphrases: createPassphrases(deps),
    random: deps.random,
    log,
    // A helper may ask somebody in turn.
    unattended: !deps.terminal.stdinIsTerminal && (deps.environment.get('NOTARY_PASSPHRASE_HELPER') ?? '') === '',
  });

/** A workplace with its keys, for key commands. */
export async function openKeyring(invocation: Invocation, deps: AppDeps): Promise<Workplace & { readonly keys: FileKeyStore }> {
  const workplace = await openWorkplace(invocation, deps);
  return { ...workplace, keys: await openKeys(deps, workplace) };
}
