// SPDX-License-Identifier: Apache-2.0
/** Configuration, key store and certificates of a signer. */
import { dirname, isAbsolute, join } from 'node:path';
import { fromUtf8, isFault, Secret, type Sql, toHex } from '@notary/base';
import { parseJsonStrict } from '@notary/base/json';
import {
  createKeyVault,
  createMemoryKeyStore,
  createSqlKeyStore,
  type KeyVault,
  passphraseFromEnvironment,
  readSignerConfig,
  type SignerConfig,
  type SignerTls,
  signerSchemas,
  type TlsWaiver,
} from '@notary/notary-signer';
import type { Platform } from '@notary/platform';
import { createSettings } from '@notary/service/settings';
import { appFaults } from './faults.ts';

/** Largest configuration, certificate or key file. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The configuration of a file. */
export async function loadConfig(file: string, waiver: TlsWaiver, platform: Platform): Promise<SignerConfig> {
  const bytes = file === '' ? undefined : await platform.files.read(file, MAX_FILE_BYTES);
  if (bytes === undefined) throw appFaults.CONFIG_UNREADABLE({ file, reason: 'there is no such file' });
  let parsed: unknown;
  try {
    parsed = parseJsonStrict(bytes, { maxBytes: MAX_FILE_BYTES, maxDepth: 32 });
  } catch (e) {
    throw appFaults.CONFIG_UNREADABLE({ file, reason: isFault(e) ? e.message : 'not JSON' }, { cause: e });
  }
  const resolve = (name: string): string => (isAbsolute(name) ? name : join(dirname(file), name));
  return readSignerConfig(createSettings(parsed, platform.environment, 'NOTARY_SIGNER'), resolve, waiver);
}

async function readTextFile(platform: Platform, file: string, use: string): Promise<string> {
  const bytes = await platform.files.read(file, MAX_FILE_BYTES);
  if (bytes === undefined) throw appFaults.FILE_UNREADABLE({ file, use });
  return fromUtf8(bytes);
}

/** The certificates that the configuration names. */
export async function readTls(config: SignerConfig, platform: Platform): Promise<SignerTls | 'insecure'> {
  if (config.tls === undefined) return 'insecure';
  const { cert, key, clientCa } = config.tls;
  return {
    cert: await readTextFile(platform, cert, 'server.tls_cert_file'),
    key: await readTextFile(platform, key, 'server.tls_key_file'),
    clientCa: clientCa === undefined ? undefined : await readTextFile(platform, clientCa, 'server.client_ca_file'),
  };
}

export interface OpenVault {
  readonly vault: KeyVault;
  close(): Promise<void>;
}

/** Opens the key store, with a schema that is current. */
export async function openVault(config: SignerConfig, platform: Platform): Promise<OpenVault> {
  const now = () => platform.clock.now();
  const { random, clock, environment } = platform;
  if (config.storage.backend === 'memory') {
    const secret = new Secret(toHex(random.bytes(32)));
    const store = createMemoryKeyStore();
    return {
      vault: createKeyVault({ store, random, now, defaultAlias: 'memory', passphrase: () => secret }),
      close: async () => undefined,
    };
  }
  const { backend, source, defaultAlias } = config.storage;
  const { migrateSchema, openSql } = await import('@notary/platform/sql');
  const readText = (file: string) => readTextFile(platform, file, 'certificate of the database connection');
  const sql: Sql = await openSql(backend, source, { clock, environment, readText });
  try {
    await migrateSchema(sql, signerSchemas[sql.dialect], 'schema_migrations');
  } catch (e) {
    await sql.close();
    throw e;
  }
  const passphrase = passphraseFromEnvironment(environment);
  const vault = createKeyVault({ store: createSqlKeyStore(sql, now), random, now, defaultAlias, passphrase });
  return { vault, close: () => sql.close() };
}
