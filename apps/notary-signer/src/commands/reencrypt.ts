// SPDX-License-Identifier: Apache-2.0
/** `notary-signer reencrypt`: moves every stored key to the passphrase of another alias. Servers and signers may run meanwhile. */
import type { OptionsOf } from '@notary/cli';
import { checkAlias } from '@notary/notary-signer';
import type { Platform } from '@notary/platform';
import { loadConfig, openVault } from '../compose.ts';
import { appFaults } from '../faults.ts';
import type { reencryptFlags } from '../flags.ts';

export async function runReencrypt(
  options: OptionsOf<typeof reencryptFlags>,
  args: readonly string[],
  platform: Platform,
): Promise<number> {
  if (args.length > 0 || options.alias === '') {
    platform.terminal.err('usage: notary-signer reencrypt -config FILE -alias NEW\n');
    return 2;
  }
  const alias = checkAlias(options.alias);
  const config = await loadConfig(options.config, 'plaintext', platform);
  if (config.storage.backend === 'memory') throw appFaults.NOTHING_STORED();
  const { vault, close } = await openVault(config, platform);
  try {
    const count = await vault.reencrypt(alias);
    platform.terminal.out(`${count} keys encrypted again under the alias ${alias}\n`);
    platform.terminal.out(`new keys follow once storage.default_alias is ${alias}; keep NOTARY_SIGNER_${alias.toUpperCase()} set\n`);
  } finally {
    await close();
  }
  return 0;
}
