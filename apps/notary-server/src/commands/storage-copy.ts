// SPDX-License-Identifier: Apache-2.0
/** `notary-server storage copy`: everything a server keeps, from one database to another. */
import { isFault, type Sql } from '@notary/base';
import type { OptionsOf } from '@notary/cli';
import { copyFaults, copyStorage } from '@notary/notary-server';
import type { Platform } from '@notary/platform';
import { createAdjustableLog } from '@notary/service';
import { openDatabase, openStorage } from '../compose.ts';
import { type LoadedConfig, loadConfig } from '../configuration.ts';
import { appFaults } from '../faults.ts';
import type { copyFlags } from '../flags.ts';

export async function runStorageCopy(options: OptionsOf<typeof copyFlags>, args: readonly string[], platform: Platform): Promise<number> {
  if (args.length > 0 || options.to === '') {
    platform.terminal.err('usage: notary-server storage copy [-from CONFIG] -to CONFIG\n');
    return 2;
  }
  const from = await loadConfig(options.from, platform);
  const to = await loadConfig(options.to, platform);
  const source = from.config.storage;
  const target = to.config.storage;
  if (source.backend === 'memory' || target.backend === 'memory')
    throw appFaults.COPY_UNSUITABLE({ reason: 'a database in memory cannot be copied' });
  if (source.backend === target.backend && source.source === target.source) throw copyFaults.SAME_DATABASE();
  const log = createAdjustableLog({ clock: platform.clock, level: 'error', format: 'json', write: (line) => process.stderr.write(line) });
  const read = await openDatabase(source, platform);
  const written = await openStorage(target, platform, log);
  try {
    const tables = await commonTables(read, written.sql as Sql, to);
    const counts = await copyStorage(read, written.sql as Sql, tables);
    for (const [table, count] of counts) platform.terminal.out(`${table}: ${count} rows\n`);
    if (counts.has('private_keys') && (counts.get('private_keys') ?? 0) > 0) {
      platform.terminal.out('the keys stay encrypted with the same secret: give it to the new server (trust_service.passphrase_file)\n');
    }
  } finally {
    await read.close();
    await written.sql?.close();
  }
  return 0;
}

/** Tables that the source has; the target's are made as its configuration says. */
async function commonTables(source: Sql, target: Sql, to: LoadedConfig): Promise<string[]> {
  const present: string[] = [];
  for (const table of ['tuf_files', 'changefeed', 'notary_audit', 'private_keys']) if (await hasTable(source, table)) present.push(table);
  if (present.includes('private_keys')) await makeKeyTable(target, to);
  const common: string[] = [];
  for (const table of present) if (await hasTable(target, table)) common.push(table);
  return common;
}

async function makeKeyTable(target: Sql, to: LoadedConfig): Promise<void> {
  if (to.config.trust.type !== 'local') return;
  const { migrateSchema } = await import('@notary/platform/sql');
  const { signerSchemas } = await import('@notary/notary-signer');
  await migrateSchema(target, signerSchemas[target.dialect], 'notary_keys_migrations');
}

async function hasTable(sql: Sql, table: string): Promise<boolean> {
  try {
    await sql.query(`SELECT id FROM ${table} WHERE id = ?`, [0]);
    return true;
  } catch (e) {
    if (isFault(e, 'SQL_FAILED')) return false;
    throw e;
  }
}
