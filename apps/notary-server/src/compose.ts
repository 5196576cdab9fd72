// SPDX-License-Identifier: Apache-2.0
/** Opens what a configuration names: database, keys or signer, token checks. */
import { isFault, type Log, type Sql } from '@notary/base';
import {
  createMemoryStore,
  createSqlStore,
  type MetadataStore,
  ownSchemas,
  type SigningService,
  type StorageConfig,
  serverSchemas,
  signingFaults,
  type TokenAuthConfig,
  type TrustConfig,
} from '@notary/notary-server';
import type { KeyStore, KeyVault } from '@notary/notary-signer';
import type { Platform } from '@notary/platform';
import type { AccessControl } from '@notary/service';
import { readTextFile } from './configuration.ts';
import { localPassphrase } from './passphrase.ts';

/** Tables of this project's own keep their versions here; `schema_migrations` is golang-migrate's. */
const OWN_VERSIONS = 'notary_schema_migrations';
const KEY_VERSIONS = 'notary_keys_migrations';

export interface OpenStorage {
  readonly store: MetadataStore;
  /** Absent in memory. */
  readonly sql: Sql | undefined;
  readonly auditTable: boolean;
}

/** Opens the database and brings its schema up to date, which asks for no rights when it is. */
export async function openStorage(config: StorageConfig, platform: Platform, log: Log): Promise<OpenStorage> {
  if (config.backend === 'memory') return { store: createMemoryStore(() => platform.clock.now()), sql: undefined, auditTable: false };
  const sql = await openDatabase(config, platform);
  try {
    const { migrateSchema } = await import('@notary/platform/sql');
    const applied = await migrateSchema(sql, serverSchemas[sql.dialect], 'schema_migrations');
    if (applied > 0) log.info('schema brought up to date', { migrations: applied });
    const auditTable = await hasOwnTables(sql, log);
    return { store: createSqlStore({ sql, now: () => platform.clock.now(), auditTable }), sql, auditTable };
  } catch (e) {
    await sql.close();
    throw e;
  }
}

/** Opens a database of a configuration. */
export async function openDatabase(config: Exclude<StorageConfig, { backend: 'memory' }>, platform: Platform): Promise<Sql> {
  const { openSql } = await import('@notary/platform/sql');
  const { clock, environment } = platform;
  const readText = (file: string) => readTextFile(platform, file, 'certificate of the database connection');
  return openSql(config.backend, config.source, { clock, environment, readText });
}

/** Audit records go to the log in any case; without the right to make a table they go there only. */
async function hasOwnTables(sql: Sql, log: Log): Promise<boolean> {
  const { migrateSchema } = await import('@notary/platform/sql');
  try {
    await migrateSchema(sql, ownSchemas[sql.dialect], OWN_VERSIONS);
    return true;
  } catch (e) {
    if (!isFault(e, 'SQL_SCHEMA_DENIED')) throw e;
    log.warn('no table for audit records: this user may not create one; records go to the log only');
    return false;
  }
}

export interface OpenSigning {
  readonly service: SigningService;
  readonly keyAlgorithm: string;
  /** For the first lines of the server. */
  readonly notice: string;
  readonly kind: 'local' | 'remote';
  /** Reads the certificates towards the signer again; a local key store has none. */
  reload?(): Promise<void>;
  close(): void;
}

/** Connects to the signer, or opens the local key store, which lives in the server's database. */
export async function openSigning(
  trust: TrustConfig,
  options: { platform: Platform; sql: Sql | undefined; dataDirectory: string; log: Log },
): Promise<OpenSigning> {
  if (trust.type === 'remote') return (await import('./remote-signing.ts')).openRemote(trust, options.platform);
  const { platform, sql } = options;
  const { createKeyVault, createMemoryKeyStore } = await import('@notary/notary-signer');
  const store: KeyStore = sql === undefined ? createMemoryKeyStore() : await openKeyTable(sql, platform);
  const hasKeys = async () => (await store.list('', 1)).length > 0;
  const { Secret, toHex } = await import('@notary/base');
  const found =
    sql === undefined
      ? { passphrase: new Secret(toHex(platform.random.bytes(32))), origin: '', generated: false }
      : await localPassphrase(trust, { ...options, hasKeys });
  const now = () => platform.clock.now();
  const vault = createKeyVault({ store, random: platform.random, now, defaultAlias: 'local', passphrase: () => found.passphrase });
  await vault.checkPassphrase();
  const notice =
    sql === undefined
      ? 'signing keys in memory: lost at exit'
      : `signing keys in the database, encrypted; their secret is ${found.origin}${found.generated ? ' (made now: back it up with the database)' : ''}`;
  return { service: vaultSigning(vault), keyAlgorithm: 'ed25519', notice, kind: 'local', close: () => undefined };
}

async function openKeyTable(sql: Sql, platform: Platform): Promise<KeyStore> {
  const { migrateSchema } = await import('@notary/platform/sql');
  const { createSqlKeyStore, signerSchemas } = await import('@notary/notary-signer');
  await migrateSchema(sql, signerSchemas[sql.dialect], KEY_VERSIONS);
  return createSqlKeyStore(sql, () => platform.clock.now());
}

/** A vault as the server's signing service. */
function vaultSigning(vault: KeyVault): SigningService {
  return {
    inProcess: true,
    async create(role, gun, algorithm) {
      try {
        return await vault.create(role, gun, algorithm);
      } catch (e) {
        throw isFault(e, 'VAULT_ALGORITHM_UNSUPPORTED') ? signingFaults.ALGORITHM_UNSUPPORTED({ algorithm }, { cause: e }) : e;
      }
    },
    find: async (keyId) => (await vault.find(keyId))?.key,
    async sign(keyId, data) {
      try {
        return (await vault.sign(keyId, data)).signature;
      } catch (e) {
        throw isFault(e, 'VAULT_KEY_NOT_FOUND') ? signingFaults.KEY_NOT_FOUND({ keyId }, { cause: e }) : e;
      }
    },
    checkHealth: () => vault.checkHealth(),
  };
}

export interface TokenAccess {
  readonly access: AccessControl;
  /** Reads the bundle again. */
  reload(): Promise<void>;
  readonly rewriteChallenge?: (challenge: string, request: Request) => string;
}

/** Token authentication of a configuration. */
export async function openTokenAccess(auth: TokenAuthConfig, platform: Platform): Promise<TokenAccess> {
  const { createBearerAccess } = await import('@notary/service/token');
  const { loadTokenTrust } = await import('./token-trust.ts');
  let trust = await loadTokenTrust(auth, platform);
  const access = createBearerAccess({ trust: () => trust, realm: auth.realm, clock: platform.clock, random: platform.random });
  const reload = async (): Promise<void> => {
    trust = await loadTokenTrust(auth, platform);
  };
  return { access, reload, ...(auth.autoRedirect ? { rewriteChallenge: toRequestedHost } : {}) };
}

/** The token service of `autoredirect`: on the host that was asked, below `/auth/token`. */
const toRequestedHost = (challenge: string, request: Request): string =>
  challenge.replace(/realm="(?:[^"\\]|\\.)*"/, `realm="https://${new URL(request.url).host}/auth/token"`);
