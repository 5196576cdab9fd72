// SPDX-License-Identifier: Apache-2.0
/** The private keys of a trust directory: `private/<canonical key ID>.key`, unlocked once per command. */
import type { Random } from '@notary/base';
import { isFault, type Log, silentLog } from '@notary/base';
import { generatePrivateKey, type PrivateKey } from '@notary/base/crypto';
import { createSigningKey, type PublicKey, type SigningKey, type SigningKeys } from '@notary/tuf';
import { collectionFaults } from './faults.ts';
import { carriesGun, encodeKeyFile, isEncrypted, type KeyInfo, keyInfoOf, openKeyBlock, privateKeyId, readKeyBlock } from './key-file.ts';
import { migrateLegacyKeys } from './key-migration.ts';
import { MAX_KEY_FILE_BYTES } from './limits.ts';
import { newPassphrase, type PassphraseRetriever, withPassphrase } from './passphrase.ts';
import { privatePath, type TrustDirectory, withLock, writeTrusted } from './trust-directory.ts';

/** A key that is there. */
export interface StoredKey extends KeyInfo {
  readonly keyId: string;
  /** For people: the folder, or the name of a device. */
  readonly location: string;
}

/** A place that holds private keys: files here, a hardware token by an adapter of its own. */
export interface KeyStore extends SigningKeys {
  list(): Promise<readonly StoredKey[]>;
  info(keyId: string): Promise<StoredKey | undefined>;
  /** The public half. Files have to be opened for it. */
  publicKey(keyId: string): Promise<PublicKey | undefined>;
  /** Makes a key (ECDSA P-256) and keeps it. */
  create(role: string, gun: string): Promise<SigningKey>;
  /** Faults: `COLLECTION_KEY_EXISTS` if the same key is there under another role. */
  add(key: PrivateKey, info: KeyInfo): Promise<string>;
  remove(keyId: string): Promise<boolean>;
}

/** Where the keys are, and who knows their passphrases. */
export interface FileKeyStoreOptions {
  readonly directory: TrustDirectory;
  readonly passphrases: PassphraseRetriever;
  readonly random: Random;
  readonly log?: Log;
  /** Nobody is asked for passphrases, so that several keys may be opened at the same time: most of the work is off the main thread. */
  readonly unattended?: boolean;
}

const KEY_ID = /^[0-9a-f]{64}$/;
/** Is this a canonical key ID? Only those become file names. */
export const isKeyId = (text: string): boolean => KEY_ID.test(text);

/** Opens the key store of a trust directory; old layouts are moved into the current one first. */
export async function openFileKeyStore(options: FileKeyStoreOptions): Promise<FileKeyStore> {
  await migrateLegacyKeys(options.directory, options.log ?? silentLog);
  return new FileKeyStore(options);
}

/** Private keys as encrypted PEM files in `private/` of a trust directory: the store of the Go client and of Docker. */
export class FileKeyStore implements KeyStore {
  readonly #options: FileKeyStoreOptions;
  readonly #opened = new Map<string, PrivateKey>();
  #infos: Map<string, StoredKey> | undefined;

  constructor(options: FileKeyStoreOptions) {
    this.#options = options;
  }

  get location(): string {
    return privatePath(this.#options.directory);
  }

  #path(keyId: string): string {
    return `${this.location}/${keyId}.key`;
  }

  async list(): Promise<readonly StoredKey[]> {
    return [...(await this.#load()).values()];
  }

  async #load(): Promise<Map<string, StoredKey>> {
    if (this.#infos !== undefined) return this.#infos;
    const infos = new Map<string, StoredKey>();
    for (const { name, kind } of (await this.#options.directory.files.list(this.location)) ?? []) {
      if (kind !== 'file' || !name.endsWith('.key')) continue;
      const keyId = name.slice(0, -4);
      const info = await this.#readInfo(keyId);
      if (info !== undefined) infos.set(keyId, info);
    }
    this.#infos = infos;
    return infos;
  }

  async #readInfo(keyId: string): Promise<StoredKey | undefined> {
    try {
      const bytes = await this.raw(keyId);
      return bytes && { keyId, ...keyInfoOf(readKeyBlock(bytes, keyId)), location: this.location };
    } catch (e) {
      if (!isFault(e)) throw e;
      (this.#options.log ?? silentLog).error(e.message, { key: keyId });
      return undefined;
    }
  }

  async info(keyId: string): Promise<StoredKey | undefined> {
    if (this.#infos !== undefined) return this.#infos.get(keyId);
    return isKeyId(keyId) ? this.#readInfo(keyId) : undefined;
  }

  /** The file as it is. */
  async raw(keyId: string): Promise<Uint8Array | undefined> {
    if (!/^[^/\\\0]+$/.test(keyId)) return undefined;
    return this.#options.directory.files.read(this.#path(keyId), MAX_KEY_FILE_BYTES);
  }

  async has(keyId: string): Promise<boolean> {
    return this.#opened.has(keyId) || (await this.info(keyId)) !== undefined;
  }

  async get(keyId: string): Promise<SigningKey | undefined> {
    const key = await this.open(keyId);
    return key === undefined ? undefined : createSigningKey(key);
  }

  async prepare(keyIds: readonly string[]): Promise<void> {
    if (this.#options.unattended === true) await Promise.allSettled(keyIds.map((keyId) => this.open(keyId)));
  }

  async publicKey(keyId: string): Promise<PublicKey | undefined> {
    return (await this.get(keyId))?.publicKey;
  }

  /** The private key, unlocked. Faults: `COLLECTION_PASSPHRASE_…`, `COLLECTION_KEY_FILE_INVALID`. */
  async open(keyId: string): Promise<PrivateKey | undefined> {
    const known = this.#opened.get(keyId);
    if (known !== undefined) return known;
    const bytes = isKeyId(keyId) ? await this.raw(keyId) : undefined;
    if (bytes === undefined) return undefined;
    const block = readKeyBlock(bytes, keyId);
    const { role } = keyInfoOf(block);
    const open = (): Promise<PrivateKey> => withPassphrase(this.#options.passphrases, { keyId, role }, (p) => openKeyBlock(block, p));
    const key = isEncrypted(block) ? await open() : await openKeyBlock(block);
    if (privateKeyId(key) !== keyId)
      throw collectionFaults.KEY_FILE_INVALID({ problem: `the key in ${keyId}.key has another ID`, name: keyId });
    this.#opened.set(keyId, key);
    return key;
  }

  async create(role: string, gun: string): Promise<SigningKey> {
    const key = await generatePrivateKey('EC-256');
    await this.add(key, { role, gun });
    return createSigningKey(key);
  }

  async add(key: PrivateKey, info: KeyInfo): Promise<string> {
    const keyId = privateKeyId(key);
    const existing = await this.info(keyId);
    if (existing !== undefined) {
      if (existing.role !== info.role) throw collectionFaults.KEY_EXISTS({ role: existing.role, keyId });
      return keyId;
    }
    await this.store(key, info);
    return keyId;
  }

  /** Writes a key under a new passphrase, whether or not it was there before. */
  async store(key: PrivateKey, info: KeyInfo, retriever = this.#options.passphrases): Promise<void> {
    const keyId = privateKeyId(key);
    const kept = carriesGun(info.role) ? info : { role: info.role, gun: '' };
    const passphrase = await newPassphrase(retriever, keyId, info.role);
    await this.writeRaw(keyId, await encodeKeyFile(key, kept, passphrase, this.#options.random));
    this.#opened.set(keyId, key);
    this.#infos?.set(keyId, { keyId, ...kept, location: this.location });
  }

  /** Writes a key file as it is, for imports. */
  async writeRaw(name: string, bytes: Uint8Array): Promise<void> {
    if (!/^[^/\\\0]+$/.test(name) || name.startsWith('.'))
      throw collectionFaults.KEY_FILE_INVALID({ problem: 'invalid key pem block', name });
    const { directory } = this.#options;
    await withLock(directory, undefined, () => writeTrusted(directory, this.#path(name), bytes));
    this.#infos = undefined;
  }

  async remove(keyId: string): Promise<boolean> {
    if (!/^[^/\\\0]+$/.test(keyId)) return false;
    this.#opened.delete(keyId);
    this.#infos?.delete(keyId);
    return withLock(this.#options.directory, undefined, () => this.#options.directory.files.remove(this.#path(keyId)));
  }

  /** Opens a key and writes it again under a passphrase from `retriever`; legacy formats become current ones. */
  async changePassphrase(keyId: string, retriever: PassphraseRetriever): Promise<void> {
    const info = await this.info(keyId);
    const key = await this.open(keyId);
    if (key === undefined || info === undefined) throw collectionFaults.KEY_NOT_FOUND({ keyId });
    await this.store(key, info, retriever);
  }
}

/** Several stores as one: a hardware token before the files, say. New keys go to the first. */
export function combineKeyStores(first: KeyStore, ...others: readonly KeyStore[]): KeyStore {
  const all = [first, ...others];
  const firstOf = async <T>(ask: (store: KeyStore) => Promise<T | undefined>): Promise<T | undefined> => {
    for (const store of all) {
      const found = await ask(store);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    list: async () => (await Promise.all(all.map((s) => s.list()))).flat(),
    info: (id) => firstOf((s) => s.info(id)),
    publicKey: (id) => firstOf((s) => s.publicKey(id)),
    has: async (id) => (await firstOf(async (s) => ((await s.has(id)) ? true : undefined))) === true,
    get: (id) => firstOf(async (s) => ((await s.has(id)) ? s.get(id) : undefined)),
    prepare: async (ids) => void (await Promise.all(all.map((s) => s.prepare?.(ids)))),
    create: (role, gun) => first.create(role, gun),
    add: (key, info) => first.add(key, info),
    remove: async (id) => {
      const removed = await Promise.all(all.map((s) => s.remove(id)));
      return removed.includes(true);
    },
  };
}
