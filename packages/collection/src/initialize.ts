// SPDX-License-Identifier: Apache-2.0
/** A new collection: keys, first metadata, nothing published yet (reference: repository.initialize). */
import { CollectionEditor, canonicalKeyId, type PublicKey, ROOT, type SigningKey, SNAPSHOT, TARGETS } from '@notary/tuf';
import type { Collection } from './collection.ts';
import { collectionFaults } from './faults.ts';
import { createRootCertificate } from './root-certificate.ts';

/** The keys that a new collection begins with. */
export interface InitializeOptions {
  /** Canonical IDs of the root keys; without any, the first one in the store, or a new one. */
  readonly rootKeyIds?: readonly string[];
  /** Certificates for these keys, in their order; without any, they are made. */
  readonly rootCertificates?: readonly PublicKey[];
  /** Roles whose keys the server holds. The timestamp always is one of them. */
  readonly serverManaged?: readonly ('timestamp' | 'snapshot')[];
}

/** What {@link initializeCollection} has used and made. */
export interface Initialized {
  /** Canonical IDs of the root keys, and whether each was made here. */
  readonly rootKeys: readonly { readonly keyId: string; readonly created: boolean }[];
}

/**
 * Writes version 1 of root, targets and, unless the server signs it, snapshot to the cache. The server is asked for its keys first,
 * so that a server out of reach leaves no half-made collection. Faults: `COLLECTION_OFFLINE`, `COLLECTION_KEY_…`.
 */
export async function initializeCollection(collection: Collection, options: InitializeOptions = {}): Promise<Initialized> {
  const { keys, gun, remote, clock } = collection;
  const at = clock.now();
  const serverSnapshot = options.serverManaged?.includes('snapshot') ?? false;
  const timestamp = await remote.key('timestamp');
  const remoteSnapshot = serverSnapshot ? await remote.key('snapshot') : undefined;
  const { rootKeys, certificates } = await chooseRootKeys(collection, options, at);
  const targets = (await keys.create(TARGETS, gun)).publicKey;
  const snapshot = remoteSnapshot ?? (await keys.create(SNAPSHOT, gun)).publicKey;
  const editor = CollectionEditor.init(
    { root: { keys: certificates }, targets: { keys: [targets] }, snapshot: { keys: [snapshot] }, timestamp: { keys: [timestamp] } },
    keys,
  );
  const files = await editor.sign({ at, initial: true });
  for (const role of [ROOT, TARGETS, SNAPSHOT]) {
    const bytes = files.get(role);
    if (bytes !== undefined) await collection.cache.write(role, bytes);
  }
  return { rootKeys };
}

async function chooseRootKeys(
  collection: Collection,
  options: InitializeOptions,
  at: Date,
): Promise<Initialized & { readonly certificates: readonly PublicKey[] }> {
  const { gun, random } = collection;
  const given = options.rootCertificates ?? [];
  const rootKeys = await rootKeyIds(collection, options, given);
  const certificates: PublicKey[] = [];
  for (const [i, { keyId }] of rootKeys.entries()) {
    const key = await requireKey(collection, keyId);
    const certificate = given[i];
    if (certificate !== undefined && canonicalKeyId(certificate) !== key.publicKey.id) {
      throw mismatch('could not obtain public key from IDs: private key is nil or does not match public key');
    }
    certificates.push(certificate ?? (await createRootCertificate({ gun, key, at, random })));
  }

  return { rootKeys, certificates };
}

const mismatch = (problem: string) => collectionFaults.CERTIFICATE_KEY_MISMATCH({ problem });

async function requireKey(collection: Collection, keyId: string): Promise<SigningKey> {
  const key = await collection.keys.get(keyId);
  if (key === undefined) throw collectionFaults.KEY_NOT_FOUND({ keyId });
  return key;
}

async function rootKeyIds(
  collection: Collection,
  options: InitializeOptions,
  given: readonly PublicKey[],
): Promise<Initialized['rootKeys']> {
  const ids = options.rootKeyIds ?? [];
  if (given.length > 0 && ids.length > 0 && ids.length !== given.length) {
    throw mismatch(`require matching number of keyIDs and public keys but got ${ids.length} IDs and ${given.length} public keys`);
  }
  if (ids.length > 0) return ids.map((keyId) => ({ keyId, created: false }));
  // The reference takes any of several root keys; the smallest ID is one that a second run takes too, and what Docker does.
  const held = (await collection.keys.list()).filter((k) => k.role === ROOT).map((k) => k.keyId);
  held.sort();
  if (given.length > 0) return given.map((certificate) => ({ keyId: heldKeyOf(certificate, held), created: false }));
  const first = held[0];
  if (first !== undefined) return [{ keyId: first, created: false }];
  const key = await collection.keys.create(ROOT, '');
  return [{ keyId: key.publicKey.id, created: true }];
}

function heldKeyOf(certificate: PublicKey, held: readonly string[]): string {
  const keyId = canonicalKeyId(certificate);
  if (!held.includes(keyId)) throw mismatch('error initializing repository with certificate: cannot find matching private key id');
  return keyId;
}
