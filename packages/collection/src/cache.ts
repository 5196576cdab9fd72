// SPDX-License-Identifier: Apache-2.0
/** The cache of metadata: byte for byte what was downloaded and verified. */
import { equalBytes } from '@notary/base';
import { isRoleName, MAX_METADATA_BYTES } from '@notary/tuf';
import type { Gun } from './gun.ts';
import { metadataPath, type TrustDirectory, writeTrusted } from './trust-directory.ts';

/** Where verified metadata is kept between commands. */
export interface MetadataCache {
  /** `undefined` if there is none or it is larger than `maxBytes`; a root that cannot be read faults, because it is the anchor. */
  read(role: string, maxBytes?: number): Promise<Uint8Array | undefined>;
  write(role: string, bytes: Uint8Array): Promise<void>;
}

/** The cache of a collection in a trust directory. Identical bytes are not written again. */
export function createFileCache(dir: TrustDirectory, gun: Gun): MetadataCache {
  const base = metadataPath(dir, gun);
  // Role names have neither dots nor empty parts, so they stay inside.
  const path = (role: string): string | undefined => (isRoleName(role) ? `${base}/${role}.json` : undefined);
  const seen = new Map<string, Uint8Array>();
  return {
    async read(role, maxBytes = MAX_METADATA_BYTES) {
      const file = path(role);
      if (file === undefined) return undefined;
      // An unreadable root is no reason to trust another one on first use.
      const bytes = role === 'root' ? await dir.files.read(file, maxBytes) : await readBounded(dir, file, maxBytes);
      if (bytes !== undefined) seen.set(role, bytes);
      return bytes;
    },
    async write(role, bytes) {
      const file = path(role);
      const old = seen.get(role);
      if (file === undefined || (old !== undefined && equalBytes(old, bytes))) return;
      await writeTrusted(dir, file, bytes);
      seen.set(role, bytes);
    },
  };
}

async function readBounded(dir: TrustDirectory, file: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await dir.files.read(file, maxBytes);
  } catch {
    // Too large, a directory, not readable: as good as absent, the server has it.
    return undefined;
  }
}

/** A cache that forgets: for checks that must not change anything. */
export function createMemoryCache(initial: ReadonlyMap<string, Uint8Array> = new Map()): MetadataCache {
  const files = new Map(initial);
  return {
    read: async (role, maxBytes = MAX_METADATA_BYTES) => {
      const bytes = files.get(role);
      return bytes === undefined || bytes.length > maxBytes ? undefined : bytes;
    },
    write: async (role, bytes) => {
      files.set(role, bytes);
    },
  };
}

/** Reads go through, writes stay in memory: for `--as-of` and other looks that must leave no trace. */
export function createReadOnlyCache(cache: MetadataCache): MetadataCache {
  const written = new Map<string, Uint8Array>();
  return {
    read: async (role, maxBytes) => written.get(role) ?? cache.read(role, maxBytes),
    write: async (role, bytes) => {
      written.set(role, bytes);
    },
  };
}

/** What one update has read and is going to write. */
export interface PendingCache extends MetadataCache {
  /** Writes everything. Throws what went wrong with any file, roots included. */
  commit(): Promise<void>;
  /** Waits for the roots alone, where the rest is not to be written. Never throws: something else has failed already. */
  rootsWritten(): Promise<void>;
}

/**
 * Holds writes back until `commit`, except roots, which stand on their own: they are on their way to the disk at once, and nobody waits
 * for it before `commit`, which writes nothing else before they are there. The timestamp is written when all others are: a crash in between
 * leaves files that the next update finds by their digests or fetches again. What was read is kept: one update sees one state of each file.
 */
export function createPendingCache(cache: MetadataCache): PendingCache {
  const pending = new Map<string, Uint8Array>();
  const found = new Map<string, Promise<Uint8Array | undefined>>();
  let roots = Promise.resolve();
  const rootsWritten = (): Promise<void> => roots.catch(() => undefined);
  return {
    rootsWritten,
    async read(role, maxBytes) {
      const bytes = pending.get(role) ?? (await found.get(role));
      if (bytes === undefined) {
        const reading = cache.read(role, maxBytes);
        found.set(role, reading);
        return reading;
      }
      return maxBytes !== undefined && bytes.length > maxBytes ? undefined : bytes;
    },
    async write(role, bytes) {
      if (role !== 'root') {
        found.delete(role);
        pending.set(role, bytes);
        return;
      }
      found.set(role, Promise.resolve(bytes));
      const before = roots;
      roots = before.then(() => cache.write(role, bytes));
      void rootsWritten(); // told by `commit`
    },
    async commit() {
      await roots;
      const timestamp = pending.get('timestamp');
      pending.delete('timestamp');
      await Promise.all([...pending].map(([role, bytes]) => cache.write(role, bytes)));
      if (timestamp !== undefined) await cache.write('timestamp', timestamp);
      pending.clear();
    },
  };
}
