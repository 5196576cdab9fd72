// SPDX-License-Identifier: Apache-2.0
/** `notary-signer reencrypt`: moves every stored key to the passphrase of another alias. Servers and signers may run meanwhile. */
import type { OptionsOf } from '@notary/cli';
import { checkAlias } from '@notary/notary-signer';
import { createPlatform } from '@notary/platform';
import { loadConfig, openVault } from '../compose.ts';
import { appFaults } from '../faults.ts';
import type { reencryptFlags } from '../flags.ts';

export async function runReencrypt(options: OptionsOf<typeof reencryptFlags>, args: readonly string[]): Promise<number> {
  if (args.length > 0 || options.alias === '') {
    process.stderr.write('usage: notary-signer reencrypt -config FILE -alias NEW\n');
    return 2;
  }
  const platform = createPlatform();
  const alias = checkAlias(options.alias);
  const config = await loadConfig(options.config, 'plaintext', platform);
  if (config.storage.backend === 'memory') throw appFaults.NOTHING_STORED();
  const { vault, close } = await openVault(config, platform);
  try {
    const count = await vault.reencrypt(alias);
    process.stdout.write(`${count} keys encrypted again under the alias ${alias}\n`);
    process.stdout.write(`new keys follow once storage.default_alias is ${alias}; keep NOTARY_SIGNER_${alias.toUpperCase()} set\n`);
  } finally {
    await close();
  }
  return 0;
}
