// SPDX-License-Identifier: Apache-2.0
/** A reference whose artifact and signatures are being asked for. */
import { type Lookup, type Settled, settle, startLookup } from '@notary/notation/lookup';
import type { ReadableRepository } from '@notary/oci';
import { openMemory, type ReferenceMemory } from '../../artifact/memory.ts';
import { observeResolving, type Resolution } from '../../artifact/observed.ts';
import type { ArtifactOpener, OpenedArtifact } from '../../artifact/open.ts';
import type { AppDeps } from '../../deps.ts';

export interface LookedUp {
  readonly opened: OpenedArtifact;
  readonly repository: ReadableRepository;
  /** Filled once the reference is resolved. */
  readonly seen: Resolution;
  readonly lookup: Lookup;
  readonly memory: ReferenceMemory | undefined;
}

/**
 * Opens a reference and starts its requests. Never rejects: a policy that cannot be read is reported before a registry that does not answer.
 * With `remembering` the memory of the reference is used: one file each, which many references in one call would not gain from.
 */
export const openAndLookUp = (open: ArtifactOpener, text: string, remembering?: AppDeps): Promise<Settled<LookedUp>> =>
  settle(
    open(text).then((opened) => {
      const { target } = opened;
      const memory = remembering && opened.remote ? openMemory(remembering, opened.repository.name, target) : undefined;
      const seen: Resolution = {};
      const repository = observeResolving(opened.repository, seen, memory);
      const lookup = startLookup(repository, target, { expected: memory?.recalled.then((known) => known?.artifact) });
      return { opened, repository, seen, lookup, memory };
    }),
  );
