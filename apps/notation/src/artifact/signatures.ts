// SPDX-License-Identifier: Apache-2.0
import { signatureArtifactType } from '@notary/notation/lookup';
import type { Descriptor, ReadableRepository, ReadOptions } from '@notary/oci';
import { faults } from '../faults.ts';

export interface ListedSignatures {
  /** `max` of them at most. */
  readonly signatures: readonly Descriptor[];
  readonly exceeded: boolean;
}

/** The first signatures that a repository lists for an artifact. A bound that is not positive is `CMD_MAX_SIGNATURES`. */
export async function firstSignatures(
  repository: ReadableRepository,
  artifact: Descriptor,
  max: number,
  { signal }: ReadOptions,
): Promise<ListedSignatures> {
  const found: Descriptor[] = [];
  for await (const descriptor of repository.listReferrers(artifact, { artifactType: signatureArtifactType, limit: max + 1, signal })) {
    if (found.length === max) return { signatures: found, exceeded: true };
    found.push(descriptor);
  }
  return { signatures: found, exceeded: false };
}

/** The check of `--max-signatures`, which comes before anything is fetched. */
export function checkMaxSignatures(value: number): void {
  if (value <= 0) throw faults.MAX_SIGNATURES({ value });
}
