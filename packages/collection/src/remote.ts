// SPDX-License-Identifier: Apache-2.0
/** The port to wherever a collection is published: a server, a mirror, or nowhere. */
import type { PublicKey } from '@notary/tuf';
import { collectionFaults } from './faults.ts';

/** Where a collection's files are fetched and sent: a server, a mirror, or nothing. */
export interface Remote {
  /** For messages: the host of a server, the folder of a mirror. */
  readonly location: string;
  /** `mirror` makes staleness and tampering faults of their own. */
  readonly kind: 'server' | 'mirror' | 'offline';
  /**
   * A metadata file by role name, `role.<sha256>` or `<version>.role`, at most `maxBytes` long.
   * Faults: `COLLECTION_METADATA_NOT_FOUND`, `COLLECTION_SERVER_UNAVAILABLE`, `COLLECTION_OFFLINE`, `COLLECTION_BAD_RESPONSE`.
   */
  get(name: string, maxBytes: number): Promise<Uint8Array>;
  /** Publishes all files at once. Faults also: `COLLECTION_REJECTED`. */
  publish(files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** The key that the server uses or will use for a role. */
  key(role: 'timestamp' | 'snapshot'): Promise<PublicKey>;
  /** A new key of the server for a role; it signs with it once a root names it. */
  rotateKey(role: 'timestamp' | 'snapshot'): Promise<PublicKey>;
  /** Deletes everything of the collection on the server. */
  deleteAll(): Promise<void>;
}

/** A remote that cannot be reached: everything comes from the cache. */
export function createOfflineRemote(location = ''): Remote {
  const offline = async (): Promise<never> => {
    throw collectionFaults.OFFLINE({ location, detail: 'no server is used' });
  };
  return { location, kind: 'offline', get: offline, publish: offline, key: offline, rotateKey: offline, deleteAll: offline };
}

/** Faults for which a reader may go on with what it has: the server said nothing about the collection. */
export const OUT_OF_REACH = ['COLLECTION_METADATA_NOT_FOUND', 'COLLECTION_SERVER_UNAVAILABLE', 'COLLECTION_OFFLINE'] as const;
