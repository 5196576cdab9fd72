// SPDX-License-Identifier: Apache-2.0
/**
 * What can be judged while the answer is on its way: the cached files, under the cached root. Their signatures count once the
 * timestamp that arrives names these very files, or as what the client must not be led back behind.
 */
import {
  checkSnapshot,
  checkTargets,
  checkTimestamp,
  MAX_TIMESTAMP_BYTES,
  type RoleName,
  SNAPSHOT,
  TARGETS,
  TIMESTAMP,
  type UnverifiedRoot,
} from '@notary/tuf';
import type { MetadataCache } from './cache.ts';

type Proof = Awaited<ReturnType<typeof checkTimestamp | typeof checkSnapshot | typeof checkTargets>>;

/** By role; `undefined` for a file that is missing or that the cached root's keys did not sign. */
export type Proofs = ReadonlyMap<RoleName, Promise<Proof | undefined>>;

export const NO_PROOFS: Proofs = new Map();

/**
 * Begins to check the cached files, beside the check of the root itself: what its keys are found to have signed counts for nothing until
 * that root has been verified. Nothing is awaited here, and nothing is thrown: what is wrong shows again
 * where it counts.
 */
export function proveCached(cache: MetadataCache, root: UnverifiedRoot, at: Date): Proofs {
  const prove = async (
    role: RoleName,
    check: typeof checkTimestamp | typeof checkSnapshot | typeof checkTargets,
  ): Promise<Proof | undefined> => {
    try {
      const bytes = await cache.read(role, role === TIMESTAMP ? MAX_TIMESTAMP_BYTES : undefined);
      return bytes && (await check(bytes, { at, root: root.payload, expiry: 'ignore' }));
    } catch {
      return undefined;
    }
  };
  return new Map<RoleName, Promise<Proof | undefined>>([
    [TIMESTAMP, prove(TIMESTAMP, checkTimestamp)],
    [SNAPSHOT, prove(SNAPSHOT, checkSnapshot)],
    [TARGETS, prove(TARGETS, checkTargets)],
  ]);
}
