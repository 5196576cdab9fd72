// SPDX-License-Identifier: Apache-2.0
/**
 * Garbage collection beside pushes. A blob goes only if no manifest links to it, nobody asked about it within the grace, and nothing
 * changed between that judgement and its removal: the last check and the removal are one synchronous step.
 */
import type { Clock, Digest, Log } from '@notary/base';
import { parseManifest } from '../manifest.ts';
import { markReachable } from '../marking.ts';
import { type Algorithm, isStoredDigest, type RepositoryName } from '../names.ts';
import type { Change } from '../state.ts';
import type { CollectOptions, CollectReport } from '../store.ts';
import type { Blobs } from './blobs.ts';
import type { DiskIo } from './io.ts';
import type { Journal } from './journal.ts';
import type { Paths } from './paths.ts';
import type { Loaded, Repositories } from './repositories.ts';

export interface CollectDeps {
  readonly io: DiskIo;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly log: Log;
  readonly repositories: Repositories;
  readonly journal: Journal;
  readonly blobs: Blobs;
  readonly names: () => readonly RepositoryName[];
  readonly manifestBytes: (loaded: Loaded, digest: Digest, size: number) => Uint8Array;
  readonly commit: (change: Change) => Promise<void>;
}

const ALGORITHMS: readonly Algorithm[] = ['sha256', 'sha512'];
const BREATHE_EVERY = 100;
const breathe = (): Promise<void> => new Promise((resume) => setTimeout(resume, 0));

/** Links of every manifest. One that cannot be read stops the collection of its repository: what it links to is unknown. */
async function linksOf(deps: CollectDeps, loaded: Loaded): Promise<Map<Digest, readonly string[]>> {
  const links = new Map<Digest, readonly string[]>();
  let count = 0;
  for (const entry of [...loaded.state.manifests.values()]) {
    const bytes = deps.manifestBytes(loaded, entry.digest, entry.size);
    links.set(
      entry.digest,
      parseManifest(bytes, entry.mediaType).links.map((l) => l.digest),
    );
    if (++count % BREATHE_EVERY === 0) await breathe();
  }
  return links;
}

async function collectRepository(deps: CollectDeps, loaded: Loaded, options: CollectOptions, report: CollectReport): Promise<void> {
  const { io, paths, repositories } = deps;
  const { state } = loaded;
  const { name } = state;
  const barrier = (state.barrier = new Set<string>());
  // Changes that were on their way before the barrier stood are applied once the journal rests.
  await deps.journal.idle();
  const links = await linksOf(deps, loaded);
  const { referenced, unreachable } = markReachable(state, links, options.untagged === true);
  // Descriptors of other tools are none of our business, and neither is what they describe.
  for (const other of loaded.foreign.others) referenced.add(String(other['digest']));
  const oldest = deps.clock.now().getTime() - options.graceMs;
  const young = (digest: Digest): boolean => (io.stat(paths.blob(name, digest))?.modifiedMs ?? Number.MAX_SAFE_INTEGER) > oldest;
  for (const digest of unreachable) {
    if (young(digest) || barrier.has(digest) || loaded.pending.has(digest)) continue;
    report.manifestsRemoved++;
    if (options.dryRun !== true) await deps.commit({ type: 'drop', name, digest });
  }
  let count = 0;
  for (const algorithm of ALGORITHMS) {
    for (const { name: hex, directory } of io.list(paths.blobDirectory(name, algorithm))) {
      if (++count % BREATHE_EVERY === 0) await breathe();
      options.signal?.throwIfAborted();
      const digest = `${algorithm}:${hex}`;
      if (directory || !isStoredDigest(digest)) continue;
      const dropped = unreachable.has(digest) && !state.manifests.has(digest);
      if (
        (referenced.has(digest) && !dropped) ||
        state.manifests.has(digest) ||
        barrier.has(digest) ||
        loaded.pending.has(digest) ||
        young(digest)
      ) {
        report.blobsKept++;
        continue;
      }
      report.blobsRemoved++;
      report.bytesRemoved += io.stat(paths.blob(name, digest))?.size ?? 0;
      if (options.dryRun === true) continue;
      deps.blobs.forget(name, digest);
      repositories.unsyncedFiles.delete(paths.blob(name, digest));
      io.remove(paths.blob(name, digest));
    }
  }
}

/** Collects all repositories, one after the other. */
export async function collect(deps: CollectDeps, options: CollectOptions): Promise<CollectReport> {
  const report: CollectReport = { repositories: 0, manifestsRemoved: 0, blobsRemoved: 0, bytesRemoved: 0, blobsKept: 0 };
  for (const name of deps.names()) {
    await breathe();
    options.signal?.throwIfAborted();
    const loaded = await deps.repositories.open(name);
    if (loaded === undefined) continue;
    loaded.pins++;
    try {
      await collectRepository(deps, loaded, options, report);
      report.repositories++;
    } catch (e) {
      options.signal?.throwIfAborted();
      deps.log.error('a repository was left out of the collection', { repository: name, error: e });
    } finally {
      loaded.state.barrier = undefined;
      loaded.pins--;
    }
  }
  return report;
}
