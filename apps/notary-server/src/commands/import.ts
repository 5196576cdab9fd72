// SPDX-License-Identifier: Apache-2.0
/** `notary-server import DIR`: takes over mirrored collections into the configured storage. */
import type { OptionsOf } from '@notary/cli';
import { importMirror } from '@notary/notary-server';
import type { Platform } from '@notary/platform';
import { createAdjustableLog } from '@notary/service';
import { openStorage } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { appFaults } from '../faults.ts';
import type { importFlags } from '../flags.ts';

export async function runImport(options: OptionsOf<typeof importFlags>, args: readonly string[], platform: Platform): Promise<number> {
  const [directory] = args;
  if (directory === undefined || args.length !== 1) {
    platform.terminal.err('usage: notary-server import [-config FILE] [-keep-going] DIR\n');
    return 2;
  }
  const { config, dataDirectory, isDefault } = await loadConfig(options.config, platform);
  if (config.storage.backend === 'memory') throw appFaults.COPY_UNSUITABLE({ reason: 'a server in memory has nothing to import into' });
  if (isDefault) await platform.files.makeDirectory(dataDirectory, 0o700);
  const log = createAdjustableLog({ clock: platform.clock, level: 'error', format: 'json', write: (line) => process.stderr.write(line) });
  const { store, sql } = await openStorage(config.storage, platform, log);
  let failed = 0;
  try {
    const onFailure = (gun: string, e: unknown): void => {
      failed++;
      platform.terminal.err(`${gun}: ${e instanceof Error ? e.message : String(e)}\n`);
    };
    const collections = importMirror({
      files: platform.files,
      directory,
      store,
      at: platform.clock.now(),
      subject: platform.environment.get('USER') ?? 'operator',
      ...(options.keepGoing ? { onFailure } : {}),
    });
    for await (const c of collections) {
      const what = c.outcome === 'imported' ? 'imported' : 'already there';
      platform.terminal.out(`${c.gun}: ${what}, root version ${c.rootVersion} with ${c.roots} root(s), ${c.roles.join(', ')}\n`);
      if (c.outcome === 'imported') {
        platform.terminal.out(
          `  its owner, who holds the root key, now names this server's keys: notary adopt ${c.gun} --from ${directory}\n`,
        );
      }
    }
  } finally {
    await sql?.close();
  }
  return failed === 0 ? 0 : 1;
}
