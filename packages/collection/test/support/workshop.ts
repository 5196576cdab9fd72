// SPDX-License-Identifier: Apache-2.0
/** What collection tests share: a clock, trust directories on disk, keys in memory for speed. */
import { type Clock, type Log, type Random, Secret } from '@notary/base';
import { generatePrivateKey, type PrivateKey } from '@notary/base/crypto';
import { createNodeFiles } from '@notary/platform';
import { temporaryFolders } from '@notary/testkit/temporary';
import { createSigningKey, NO_PINS, type TrustPins } from '@notary/tuf';
import { beforeAll } from 'vitest';
import { type Collection, openCollection } from '../../src/collection.ts';
import { collectionFaults } from '../../src/faults.ts';
import { type Gun, parseGun } from '../../src/gun.ts';
import { type KeyInfo, privateKeyId } from '../../src/key-file.ts';
import type { KeyStore, StoredKey } from '../../src/key-store.ts';
import type { Remote } from '../../src/remote.ts';

export const files = createNodeFiles();
export const random: Random = { bytes: (n) => crypto.getRandomValues(new Uint8Array(n)) };
export const gun: Gun = parseGun('example.com/Team/app');

/** A clock that a test moves. Sleeping takes no time. */
export class TestClock implements Clock {
  at = new Date('2026-06-01T12:00:00Z');
  now(): Date {
    return new Date(this.at);
  }
  async sleep(ms: number): Promise<void> {
    this.at = new Date(this.at.getTime() + ms);
  }
  addDays(days: number): void {
    this.at = new Date(this.at.getTime() + days * 86_400_000);
  }
}

export class TestLog implements Log {
  readonly lines: string[] = [];
  debug(message: string): void {
    this.lines.push(`debug ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
}

/** A key store without files and passphrases. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<string, { key: PrivateKey; info: KeyInfo }>();

  async list(): Promise<readonly StoredKey[]> {
    return [...this.#keys].map(([keyId, { info }]) => ({ keyId, ...info, location: 'memory' }));
  }
  async info(keyId: string): Promise<StoredKey | undefined> {
    return (await this.list()).find((k) => k.keyId === keyId);
  }
  async has(keyId: string): Promise<boolean> {
    return this.#keys.has(keyId);
  }
  async get(keyId: string) {
    const entry = this.#keys.get(keyId);
    return entry && createSigningKey(entry.key);
  }
  async privateKey(keyId: string): Promise<PrivateKey> {
    return (this.#keys.get(keyId) as { key: PrivateKey }).key;
  }
  async publicKey(keyId: string) {
    return (await this.get(keyId))?.publicKey;
  }
  async create(role: string, collection: string) {
    const key = await generatePrivateKey('EC-256');
    await this.add(key, { role, gun: collection });
    return createSigningKey(key);
  }
  async add(key: PrivateKey, info: KeyInfo): Promise<string> {
    const keyId = privateKeyId(key);
    const existing = this.#keys.get(keyId);
    if (existing !== undefined && existing.info.role !== info.role) throw collectionFaults.KEY_EXISTS({ role: existing.info.role, keyId });
    this.#keys.set(keyId, { key, info });
    return keyId;
  }
  async remove(keyId: string): Promise<boolean> {
    return this.#keys.delete(keyId);
  }
}

export const passphrase = (text: string) => async () => new Secret(text);

let newFolder = (): string => {
  throw new Error('a test file that makes trust directories calls useTemporaryDirectories() first');
};

/** Lets the tests of a file make trust directories, which go with the last of them. Call it at the top of the file. */
export function useTemporaryDirectories(): void {
  const make = temporaryFolders('collection-test-');
  beforeAll(() => {
    newFolder = make;
  });
}

export const temporaryDirectory = async (): Promise<string> => newFolder();

export interface Client extends Collection {
  readonly log: TestLog;
}

/** A client of a remote with a trust directory of its own. */
export async function client(
  remote: Remote,
  clock: Clock,
  options: { keys?: KeyStore; pins?: TrustPins; path?: string; gun?: Gun } = {},
): Promise<Client> {
  const path = options.path ?? (await temporaryDirectory());
  const log = new TestLog();
  const collection = openCollection({
    gun: options.gun ?? gun,
    directory: { path, files },
    remote,
    keys: options.keys ?? new MemoryKeyStore(),
    pins: options.pins ?? NO_PINS,
    clock,
    random,
    log,
  });
  return { ...collection, log };
}
