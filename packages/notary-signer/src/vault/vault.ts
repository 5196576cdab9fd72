// SPDX-License-Identifier: Apache-2.0
/**
 * A vault of signing keys: made, kept encrypted under the passphrase of an alias, opened at first use, never handed out.
 */
import { isFault, type Random, type Secret, Secret as SecretValue } from '@notary/base';
import { createPublicKey, type PublicKey } from '@notary/tuf';
import { vaultFaults } from '../faults.ts';
import { LAST_USED_PERIOD_MS, MAX_CACHED_KEYS } from '../limits.ts';
import { Crowd } from './crowd.ts';
import { decryptJwe, encryptJwe, JweError } from './jwe.ts';
import { generateKey, isVaultAlgorithm, type OpenKey, openRawKey } from './key-format.ts';
import type { KeyRow, KeyStore } from './store.ts';

/** What a vault is made of. */
export interface VaultOptions {
  readonly store: KeyStore;
  readonly random: Random;
  readonly now: () => Date;
  /** The alias under which new keys are stored. */
  readonly defaultAlias: string;
  /** The passphrase of an alias; `undefined` if none is given. */
  readonly passphrase: (alias: string) => Secret<string> | undefined;
}

/** What is known of a key without opening it. */
export interface KeyDescription {
  readonly key: PublicKey;
  readonly role: string;
  readonly gun: string;
}

/** Private keys that sign and never leave. */
export interface KeyVault {
  /** A key of this role and collection that has never signed: an earlier one, else a new one. Faults: `VAULT_ALGORITHM_UNSUPPORTED`. */
  create(role: string, gun: string, algorithm: string): Promise<PublicKey>;
  find(keyId: string): Promise<KeyDescription | undefined>;
  /** Faults: `VAULT_KEY_NOT_FOUND`, `VAULT_PASSPHRASE_MISSING`, `VAULT_PASSPHRASE_WRONG`, `VAULT_KEY_CORRUPT`. */
  sign(keyId: string, data: Uint8Array): Promise<{ key: PublicKey; signature: Uint8Array }>;
  /** Succeeds for a key that is not there, too. */
  remove(keyId: string): Promise<void>;
  /** Encrypts every key that is not under `alias` again, under it. Returns how many there were. */
  reencrypt(alias: string): Promise<number>;
  /** Opens one stored key, if there is any: a wrong passphrase is found at start, not at the first request. */
  checkPassphrase(): Promise<void>;
  checkHealth(): Promise<void>;
}

/** Keys listed at a time. */
const PAGE = 200;

/** Creates a vault over a store. */
export const createKeyVault = (options: VaultOptions): KeyVault => new Vault(options);

class Vault implements KeyVault {
  readonly #crowd = new Crowd();
  readonly #options: VaultOptions;
  readonly #open = new Map<string, { key: OpenKey; publicKey: PublicKey; usedAt: number }>();

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  async create(role: string, gun: string, algorithm: string): Promise<PublicKey> {
    if (!isVaultAlgorithm(algorithm)) throw vaultFaults.ALGORITHM_UNSUPPORTED({ algorithm });
    const { store, random, defaultAlias } = this.#options;
    const unused = await store.findUnused(role, gun, algorithm);
    if (unused !== undefined) return createPublicKey(unused.algorithm, unused.public);
    const passphrase = this.#passphrase(defaultAlias);
    const { key, raw } = await generateKey(algorithm);
    const publicKey = createPublicKey(algorithm, key.public);
    const sealed = await encryptJwe(raw.reveal(), passphrase, random);
    await store.insert({ keyId: publicKey.id, algorithm, alias: defaultAlias, gun, role, public: key.public, sealed });
    return publicKey;
  }

  async find(keyId: string): Promise<KeyDescription | undefined> {
    const row = await this.#options.store.find(keyId);
    return row && { key: createPublicKey(row.algorithm, row.public), role: row.role, gun: row.gun };
  }

  async sign(keyId: string, data: Uint8Array): Promise<{ key: PublicKey; signature: Uint8Array }> {
    const { store, now } = this.#options;
    let entry = this.#open.get(keyId);
    if (entry === undefined) {
      const row = await store.find(keyId);
      if (row === undefined) throw vaultFaults.KEY_NOT_FOUND({ keyId });
      const key = await this.#unseal(row);
      entry = { key, publicKey: createPublicKey(key.algorithm, key.public), usedAt: 0 };
      if (this.#open.size >= MAX_CACHED_KEYS) this.#open.delete(this.#open.keys().next().value as string);
      this.#open.set(keyId, entry);
    }
    const at = now();
    if (at.getTime() - entry.usedAt >= LAST_USED_PERIOD_MS) {
      // before the signature leaves: a key that has signed must never be handed out as unused
      await store.markUsed(keyId, at);
      entry.usedAt = at.getTime();
    }
    const { key } = entry;
    const signature = this.#crowd.isThere() ? await this.#crowd.join(() => key.signAside(data)) : key.sign(data);
    return { key: entry.publicKey, signature };
  }

  async remove(keyId: string): Promise<void> {
    this.#open.delete(keyId);
    await this.#options.store.remove(keyId);
  }

  async reencrypt(alias: string): Promise<number> {
    const passphrase = this.#passphrase(alias);
    let changed = 0;
    for await (const row of this.#rows()) {
      if (row.alias === alias) continue;
      const raw = await this.#decrypt(row);
      const sealed = await encryptJwe(raw.reveal(), passphrase, this.#options.random);
      if (await this.#options.store.reseal(row.keyId, row.sealed, { sealed, alias }, this.#options.now())) changed++;
    }
    return changed;
  }

  async checkPassphrase(): Promise<void> {
    this.#passphrase(this.#options.defaultAlias);
    for await (const row of this.#rows()) {
      if (row.alias !== this.#options.defaultAlias) continue;
      await this.#unseal(row);
      return;
    }
  }

  checkHealth(): Promise<void> {
    return this.#options.store.checkHealth();
  }

  async *#rows(): AsyncGenerator<KeyRow> {
    let after = '';
    for (;;) {
      const rows = await this.#options.store.list(after, PAGE);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = last.keyId;
    }
  }

  #passphrase(alias: string): Secret<string> {
    const passphrase = this.#options.passphrase(alias);
    if (passphrase === undefined || passphrase.reveal() === '') throw vaultFaults.PASSPHRASE_MISSING({ alias });
    return passphrase;
  }

  async #decrypt(row: KeyRow): Promise<Secret<Uint8Array>> {
    const { keyId, alias } = row;
    try {
      return new SecretValue(await decryptJwe(row.sealed, this.#passphrase(alias)));
    } catch (e) {
      if (!(e instanceof JweError)) throw e;
      if (e.reason === 'passphrase') throw vaultFaults.PASSPHRASE_WRONG({ keyId, alias }, { cause: e });
      throw vaultFaults.KEY_CORRUPT({ keyId, problem: e.message }, { cause: e });
    }
  }

  async #unseal(row: KeyRow): Promise<OpenKey> {
    const { keyId, algorithm } = row;
    if (!isVaultAlgorithm(algorithm)) throw vaultFaults.KEY_CORRUPT({ keyId, problem: `unknown algorithm ${algorithm.slice(0, 50)}` });
    const raw = await this.#decrypt(row);
    try {
      return await openRawKey(algorithm, raw, row.public);
    } catch (e) {
      if (!(e instanceof TypeError) && !isFault(e)) throw e;
      throw vaultFaults.KEY_CORRUPT({ keyId, problem: (e as Error).message }, { cause: e });
    }
  }
}

/** An alias that can be part of an environment variable's name and fits its column. */
export function checkAlias(alias: string): string {
  if (!/^[^=\u0000]{1,50}$/.test(alias)) throw vaultFaults.ALIAS_INVALID({ alias });
  return alias;
}
