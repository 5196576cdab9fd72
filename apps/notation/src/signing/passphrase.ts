// SPDX-License-Identifier: Apache-2.0
/** The passphrase of a private key: from a file, from the environment, or asked for. Never from the command line, where others could see it. */
import { fromUtf8, isFault, Secret } from '@notary/base';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { limits } from '../limits.ts';
import { readExisting } from '../store/files.ts';

export interface Passphrases {
  /** Its first line is the passphrase. */
  readonly passphraseFile?: string | undefined;
}

/** The passphrase of the file or of the environment, where there is one. */
export async function givenPassphrase(deps: AppDeps, { passphraseFile }: Passphrases): Promise<Secret<string> | undefined> {
  if (passphraseFile) {
    const text = fromUtf8(await readExisting(deps.files, passphraseFile, limits.passphraseBytes));
    return new Secret((text.split('\n')[0] as string).replace(/\r$/, ''));
  }
  const fromEnvironment = deps.environment.get('NOTATION_KEY_PASSPHRASE');
  return fromEnvironment === undefined ? undefined : new Secret(fromEnvironment);
}

/** Asks. Without anybody to answer: `CMD_PASSPHRASE_UNAVAILABLE`. */
export async function askPassphrase(deps: AppDeps, path: string): Promise<Secret<string>> {
  const { askSecret } = await import('@notary/cli/terminal');
  try {
    return await askSecret(deps.terminal, { prompt: `Passphrase of ${path}: `, what: 'passphrase' });
  } catch (cause) {
    // An interrupt is no lack of a passphrase.
    if (!isFault(cause, 'CLI_INPUT_ENDED')) throw cause;
    throw faults.PASSPHRASE_UNAVAILABLE({ path }, { cause });
  }
}
