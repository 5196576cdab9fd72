// SPDX-License-Identifier: Apache-2.0
/**
 * What a collection may remove. Roots are tags, or all manifests when untagged ones are kept; from them marks run through indexes to
 * manifests and blobs, and against the arrow of `subject` to referrers: a signature lives as long as what it signs.
 */
import type { Digest } from '@notary/base';
import type { RepositoryState } from './state.ts';

export interface Marks {
  /** Digests that must stay: manifests that are kept, and what they link to. */
  readonly referenced: Set<string>;
  /** Manifests nothing leads to. Empty unless untagged ones are to go. */
  readonly unreachable: ReadonlySet<Digest>;
}

/** Marks over a state whose manifests' links are known. */
export function markReachable(state: RepositoryState, links: ReadonlyMap<Digest, readonly string[]>, dropUntagged: boolean): Marks {
  const referenced = new Set<string>();
  const queue: string[] = dropUntagged ? [...state.tags.values()] : [...state.manifests.keys()];
  const seen = new Set<string>();
  for (let digest = queue.pop(); digest !== undefined; digest = queue.pop()) {
    if (seen.has(digest)) continue;
    seen.add(digest);
    referenced.add(digest);
    for (const l of links.get(digest as Digest) ?? []) {
      referenced.add(l);
      if (state.manifests.has(l as Digest)) queue.push(l);
    }
    for (const referrer of state.referrers.get(digest as Digest)?.entries ?? []) queue.push(referrer.digest);
  }
  const unreachable = new Set<Digest>();
  for (const digest of state.manifests.keys()) if (!seen.has(digest)) unreachable.add(digest);
  // Until they are removed, what they link to must not vanish beneath them.
  for (const digest of unreachable) for (const l of links.get(digest) ?? []) referenced.add(l);
  return { referenced, unreachable };
}
