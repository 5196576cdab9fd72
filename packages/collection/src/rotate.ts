// SPDX-License-Identifier: Apache-2.0
/** Rotating the keys of base roles: published at once, apart from staged changes (reference: RotateKey). */
import { type Fault, isFault } from '@notary/base';
import { type BaseRoleName, isBaseRole, type PublicKey, ROOT, type SigningKey } from '@notary/tuf';
import type { Collection } from './collection.ts';
import { collectionFaults } from './faults.ts';
import { type Published, type PublishOptions, publishEdit } from './publish.ts';
import { createRootCertificate } from './root-certificate.ts';
import { withLock } from './trust-directory.ts';

/** Who holds the new keys, and which they are. */
export interface RotateOptions extends PublishOptions {
  readonly serverManaged?: boolean;
  /** Canonical IDs of the new keys; without any, one is made. */
  readonly keyIds?: readonly string[];
  /** How many of them must sign; as before if absent, which fewer keys than that do not allow. */
  readonly threshold?: number;
}

/** May this role be managed on this side? Faults: `COLLECTION_ROTATION_INVALID`, `COLLECTION_REMOTE_ROLE_INVALID`, `COLLECTION_LOCAL_ROLE_INVALID`. */
export function checkRotation(role: string, serverManaged: boolean): asserts role is BaseRoleName {
  if (!isBaseRole(role)) throw collectionFaults.ROTATION_INVALID({ role });
  if (serverManaged && role !== 'timestamp' && role !== 'snapshot') throw collectionFaults.REMOTE_ROLE_INVALID({ role });
  if (!serverManaged && (role as string) === 'timestamp') throw collectionFaults.LOCAL_ROLE_INVALID({ role });
}

/** Replaces all keys of a role and publishes a root that says so. */
export async function rotateKeys(
  collection: Collection,
  role: string,
  options: RotateOptions = {},
): Promise<Published & { readonly keys: readonly PublicKey[] }> {
  const serverManaged = options.serverManaged ?? false;
  checkRotation(role, serverManaged);
  return withLock(collection.directory, collection.gun, async () => {
    const keys = await newKeys(collection, role, serverManaged, options.keyIds ?? []);
    const published = await publishKeys(collection, new Map([[role, keys]]), options);
    return { ...published, keys };
  });
}

/** Publishes new keys for one or several roles in one root. The caller holds the lock. */
export function publishKeys(
  collection: Collection,
  roles: ReadonlyMap<BaseRoleName, readonly PublicKey[]>,
  options: RotateOptions,
): Promise<Published> {
  return publishEdit(
    collection,
    async (editor) => {
      for (const [role, keys] of roles) editor.replaceKeys(role, keys, options.threshold);
    },
    options,
  );
}

/** The keys to rotate to: the server's, chosen ones, or a new one. Root keys come in a certificate. */
export async function newKeys(
  collection: Collection,
  role: BaseRoleName,
  serverManaged: boolean,
  keyIds: readonly string[],
): Promise<PublicKey[]> {
  if (serverManaged) return [await serverKey(collection, role as 'timestamp' | 'snapshot')];
  const signing: SigningKey[] = [];
  for (const keyId of keyIds) signing.push(await chosenKey(collection, role, keyId));
  if (signing.length === 0) signing.push(await collection.keys.create(role, collection.gun));
  return Promise.all(signing.map((key) => asRoleKey(collection, role, key)));
}

async function serverKey(collection: Collection, role: 'timestamp' | 'snapshot'): Promise<PublicKey> {
  try {
    return await collection.remote.rotateKey(role);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw collectionFaults.REMOTE_KEY_ROTATION_FAILED({ reason: cause.message }, { cause });
  }
}

async function chosenKey(collection: Collection, role: BaseRoleName, keyId: string): Promise<SigningKey> {
  const missing = (): Fault => collectionFaults.KEY_NOT_IN_STORE({ keyId });
  const info = await collection.keys.info(keyId);
  if (info === undefined) throw missing();
  if (role === ROOT && info.role !== ROOT) throw collectionFaults.KEY_ROLE_MISMATCH({ role: info.role });
  const key = await collection.keys.get(keyId);
  if (key === undefined) throw missing();
  return key;
}

async function asRoleKey(collection: Collection, role: BaseRoleName, key: SigningKey): Promise<PublicKey> {
  if (role !== ROOT) return key.publicKey;
  const { gun, random, clock } = collection;
  return createRootCertificate({ gun, key, at: clock.now(), random });
}

/** Sets how many keys of a base role must sign, and publishes at once. */
export async function setThreshold(collection: Collection, role: string, threshold: number): Promise<Published> {
  if (!isBaseRole(role)) throw collectionFaults.ROTATION_INVALID({ role });
  return withLock(collection.directory, collection.gun, () =>
    publishEdit(collection, async (editor) => editor.setThreshold(role, threshold)),
  );
}
