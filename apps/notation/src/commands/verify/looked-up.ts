// SPDX-License-Identifier: Apache-2.0
/** A reference whose artifact and signatures are being asked for. */
import { type Lookup, type Settled, settle, startLookup } from '@notary/notation/lookup';
import type { ReadableRepository } from '@notary/oci';
import { observeResolving, type Resolution } from '../../artifact/observed.ts';
import type { ArtifactOpener, OpenedArtifact } from '../../artifact/open.ts';

export interface LookedUp {
  readonly opened: OpenedArtifact;
  readonly repository: ReadableRepository;
  /** Filled once the reference is resolved. */
  readonly seen: Resolution;
  readonly lookup: Lookup;
}

/** Opens a reference and starts its requests. Never rejects: a policy that cannot be read is reported before a registry that does not answer. */
export const openAndLookUp = (open: ArtifactOpener, text: string): Promise<Settled<LookedUp>> =>
  settle(
    open(text).then((opened) => {
      const seen: Resolution = {};
      const repository = observeResolving(opened.repository, seen);
      return { opened, repository, seen, lookup: startLookup(repository, opened.target) };
    }),
  );
