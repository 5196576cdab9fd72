// SPDX-License-Identifier: Apache-2.0
/** The secret that local signing keys are encrypted with: from the environment, from a file, else generated once and kept. */
import { join } from 'node:path';
import { Secret, toBase64Url, toUtf8 } from '@notary/base';
import type { TrustConfig } from '@notary/notary-server';
import type { Platform } from '@notary/platform';
import { readTextFile } from './configuration.ts';
import { appFaults } from './faults.ts';

export interface LocalPassphrase {
  readonly passphrase: Secret<string>;
  /** Where it came from, for the operator. */
  readonly origin: string;
  readonly generated: boolean;
}

/** Finds the passphrase. A new one is made only while there are no keys that need an old one. */
export async function localPassphrase(
  trust: TrustConfig & { type: 'local' },
  options: { platform: Platform; dataDirectory: string; hasKeys: () => Promise<boolean> },
): Promise<LocalPassphrase> {
  const { platform, dataDirectory } = options;
  const given = platform.environment.get(trust.passphraseVariable);
  if (given !== undefined && given !== '')
    return { passphrase: new Secret(given), origin: `the variable ${trust.passphraseVariable}`, generated: false };
  const named = trust.passphraseFile ?? platform.environment.get(`${trust.passphraseVariable}_FILE`);
  if (named !== undefined && named !== '') return { passphrase: await readSecret(platform, named), origin: named, generated: false };

  const file = join(dataDirectory, 'notary-server.secret');
  if ((await platform.files.stat(file)) !== undefined)
    return { passphrase: await readSecret(platform, file), origin: file, generated: false };
  if (await options.hasKeys()) throw appFaults.PASSPHRASE_LOST({ file });
  const secret = toBase64Url(platform.random.bytes(32));
  await platform.files.makeDirectory(dataDirectory, 0o700);
  await platform.files.writeAtomic(file, toUtf8(`${secret}\n`), { mode: 0o600, exclusive: true });
  return { passphrase: new Secret(secret), origin: file, generated: true };
}

async function readSecret(platform: Platform, file: string): Promise<Secret<string>> {
  const text = (await readTextFile(platform, file, 'passphrase of the local key store')).replace(/\r?\n$/, '');
  if (text === '') throw appFaults.PASSPHRASE_EMPTY({ file });
  return new Secret(text);
}
