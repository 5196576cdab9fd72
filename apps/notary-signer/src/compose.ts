// SPDX-License-Identifier: Apache-2.0
/** Configuration, key store and certificates of a signer. */
import { dirname, isAbsolute, join } from 'node:path';
import { Secret, type Sql, toHex } from '@notary/base';
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
import { createSettings, readConfigFile, readNamedFile } from '@notary/service/settings';

/** The configuration of a file. */
export async function loadConfig(file: string, waiver: TlsWaiver, platform: Platform): Promise<SignerConfig> {
  const parsed = await readConfigFile(platform.files, file);
  const resolve = (name: string): string => (isAbsolute(name) ? name : join(dirname(file), name));
  return readSignerConfig(createSettings(parsed, platform.environment, 'NOTARY_SIGNER'), resolve, waiver);
}

/** The certificates that the configuration names. */
export async function readTls(config: SignerConfig, platform: Platform): Promise<SignerTls | 'insecure'> {
  if (config.tls === undefined) return 'insecure';
  const { cert, key, clientCa } = config.tls;
  return {
    cert: await readNamedFile(platform.files, cert, 'server.tls_cert_file'),
    key: await readNamedFile(platform.files, key, 'server.tls_key_file'),
    clientCa: clientCa === undefined ? undefined : await readNamedFile(platform.files, clientCa, 'server.client_ca_file'),
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
  const readText = (file: string) => readNamedFile(platform.files, file, 'certificate of the database connection');
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
