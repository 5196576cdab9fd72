// SPDX-License-Identifier: Apache-2.0
/**
 * A collection server in memory: keeps every version, signs timestamps and, where it holds the key, snapshots. It checks versions
 * only; validation is the real server's business. `intercept` lets a test play the hostile or broken server.
 */
import { toHex } from '@notary/base';
import { generatePrivateKey, hash } from '@notary/base/crypto';
import {
  canonicalKeyId,
  createFileMeta,
  createSigningKey,
  decodeRoot,
  decodeSnapshot,
  decodeTargets,
  decodeTimestamp,
  expiryAt,
  type FileMeta,
  type Payload,
  type PublicKey,
  parseEnvelope,
  type RoleName,
  type Root,
  rootSigners,
  type SigningKey,
  type SigningKeys,
  signPayload,
} from '@notary/tuf';
import { collectionFaults } from '../../src/faults.ts';
import type { Gun } from '../../src/gun.ts';
import type { Remote } from '../../src/remote.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Stored {
  readonly current: Map<string, Uint8Array>;
  readonly versions: Map<string, Uint8Array>;
  readonly byHash: Map<string, Uint8Array>;
}

export class SimulatedServer {
  readonly #collections = new Map<string, Stored>();
  readonly #keys = new Map<string, SigningKey>();
  readonly #offered = new Map<string, PublicKey>();
  readonly now: () => Date;
  timestampLifetimeMs = 14 * DAY_MS;
  /** Every request in order: `GET name`, `POST roles`. */
  readonly requests: string[] = [];
  /** Replaces what a reader gets, or throws. */
  intercept: (name: string, bytes: Uint8Array | undefined, gun: string) => Uint8Array | undefined | Promise<Uint8Array | undefined> = (
    _,
    bytes,
  ) => bytes;
  /** Runs before an update is judged: a place for another publisher. */
  beforePublish: () => Promise<void> = async () => {};

  constructor(now: () => Date) {
    this.now = now;
  }

  stored(gun: string): Stored | undefined {
    return this.#collections.get(gun);
  }

  readonly keys: SigningKeys = {
    has: async (id) => this.#keys.has(id),
    get: async (id) => this.#keys.get(id),
  };

  remote(gun: Gun): Remote {
    const location = 'simulated.example';
    return {
      location,
      kind: 'server',
      get: async (name, maxBytes) => {
        this.requests.push(`GET ${name}`);
        const bytes = await this.intercept(name, this.lookUp(gun, name), gun);
        if (bytes === undefined) throw collectionFaults.METADATA_NOT_FOUND({ name, location });
        if (bytes.length > maxBytes) throw collectionFaults.BAD_RESPONSE({ name, location, detail: 'too long' });
        return bytes;
      },
      publish: async (files) => {
        this.requests.push(`POST ${[...files.keys()].join(' ')}`);
        await this.beforePublish();
        await this.publish(gun, files);
      },
      key: (role) => this.offerKey(gun, role, false),
      rotateKey: (role) => this.offerKey(gun, role, true),
      deleteAll: async () => {
        this.#collections.delete(gun);
      },
    };
  }

  lookUp(gun: string, name: string): Uint8Array | undefined {
    const stored = this.#collections.get(gun);
    if (stored === undefined) return undefined;
    const hashed = /^(.+)\.([0-9a-f]{64})$/.exec(name);
    if (hashed) return stored.byHash.get(`${hashed[1]}.${hashed[2]}`);
    return stored.versions.get(name) ?? stored.current.get(name);
  }

  async offerKey(gun: string, role: string, fresh: boolean): Promise<PublicKey> {
    const slot = `${gun} ${role}`;
    const known = this.#offered.get(slot);
    if (known !== undefined && !fresh) return known;
    const key = createSigningKey(await generatePrivateKey('EC-256'));
    this.#keys.set(key.publicKey.id, key);
    this.#offered.set(slot, key.publicKey);
    return key.publicKey;
  }

  /** Takes over what another server stored, without its keys: an operator's import of a mirror. */
  adoptStored(gun: string, stored: Stored): void {
    this.#collections.set(gun, { current: new Map(stored.current), versions: new Map(stored.versions), byHash: new Map(stored.byHash) });
  }

  /** Makes the server forget a key, as if its database were lost. */
  loseKey(gun: string, role: string): void {
    this.#offered.delete(`${gun} ${role}`);
    this.#keys.clear();
  }

  async publish(gun: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const stored = this.#collections.get(gun) ?? { current: new Map(), versions: new Map(), byHash: new Map() };
    const update = new Map(files);
    for (const [role, bytes] of update) {
      const version = versionOf(role, bytes);
      const current = stored.current.get(role);
      if (current !== undefined && versionOf(role, current) >= version)
        throw collectionFaults.REJECTED({ serverCode: 'VERSION', text: '' });
    }
    const rootBytes = update.get('root') ?? stored.current.get('root');
    if (rootBytes === undefined)
      throw collectionFaults.REJECTED({
        serverCode: 'INVALID_UPDATE',
        text: 'An error occurred during validation: no pre-existing root and no root provided in update.',
      });
    const root = decodeRoot(parseEnvelope(rootBytes));
    if (!update.has('snapshot')) update.set('snapshot', await this.#snapshot(stored, update, root));
    update.set('timestamp', await this.#timestamp(stored, update.get('snapshot') as Uint8Array, root));
    for (const [role, bytes] of update) store(stored, role, bytes);
    this.#collections.set(gun, stored);
  }

  /** Signs the timestamp again, as a server does when it runs out. */
  async resign(gun: string): Promise<void> {
    const stored = this.#collections.get(gun) as Stored;
    const root = decodeRoot(parseEnvelope(stored.current.get('root') as Uint8Array));
    store(stored, 'timestamp', await this.#timestamp(stored, stored.current.get('snapshot') as Uint8Array, root));
  }

  async #snapshot(stored: Stored, update: ReadonlyMap<string, Uint8Array>, root: Root): Promise<Uint8Array> {
    const old = stored.current.get('snapshot');
    const previous = old === undefined ? undefined : decodeSnapshot(parseEnvelope(old));
    const meta = new Map<string, FileMeta>(previous?.meta);
    for (const role of ['root', ...update.keys()]) {
      const bytes = update.get(role) ?? stored.current.get(role);
      if (bytes !== undefined && role !== 'snapshot' && role !== 'timestamp') meta.set(role, createFileMeta(bytes));
    }
    const expires = expiryAt(new Date(this.now().getTime() + 3 * 365 * DAY_MS));
    return this.#sign({ type: 'Snapshot', version: (previous?.version ?? 0) + 1, expires, meta }, root, 'snapshot');
  }

  async #timestamp(stored: Stored, snapshot: Uint8Array, root: Root): Promise<Uint8Array> {
    const old = stored.current.get('timestamp');
    const version = (old === undefined ? 0 : decodeTimestamp(parseEnvelope(old)).version) + 1;
    const expires = expiryAt(new Date(this.now().getTime() + this.timestampLifetimeMs));
    return this.#sign({ type: 'Timestamp', version, expires, meta: new Map([['snapshot', createFileMeta(snapshot)]]) }, root, 'timestamp');
  }

  async #sign(payload: Payload, root: Root, role: string): Promise<Uint8Array> {
    return (await signPayload({ payload, groups: [rootSigners(root, role)] }, this.keys)).bytes;
  }

  holdsKeyOf(root: Root, role: string): boolean {
    return [...rootSigners(root, role).keys.values()].some((key) => this.#keys.has(canonicalKeyId(key)));
  }
}

function store(stored: Stored, role: string, bytes: Uint8Array): void {
  stored.current.set(role, bytes);
  stored.versions.set(`${versionOf(role, bytes)}.${role}`, bytes);
  stored.byHash.set(`${role}.${toHex(hash('SHA-256', bytes))}`, bytes);
}

function versionOf(role: string, bytes: Uint8Array): number {
  const envelope = parseEnvelope(bytes);
  if (role === 'root') return decodeRoot(envelope).version;
  if (role === 'snapshot') return decodeSnapshot(envelope).version;
  if (role === 'timestamp') return decodeTimestamp(envelope).version;
  return decodeTargets(envelope, role as RoleName).version;
}
