// SPDX-License-Identifier: Apache-2.0
/**
 * Copying an artifact with all it consists of, and with its referrers. Children come before parents, so that an interrupted copy
 * leaves no manifest with holes; run again, it asks what is there and sends the rest.
 */
import { type Digest, type Fault, isFault } from '@notary/base';
import type { Descriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { COPY_CONCURRENCY, MAX_GRAPH_DEPTH, MAX_GRAPH_NODES } from '../limits.ts';
import { childrenOf, parseManifest } from '../manifest.ts';
import { fetchReferrer } from '../referrers.ts';
import type { ReadableRepository, Repository } from '../repository.ts';

/** What is copied beside the artifact itself. */
export interface CopyOptions {
  /** Copies what refers to each manifest too, and what refers to that. */
  readonly referrers?: boolean;
  /** Names the copy. */
  readonly tag?: string;
}

/** How much was copied. */
export interface CopyResult {
  readonly manifests: number;
  readonly blobs: number;
  /** Blobs that the target had already. */
  readonly present: number;
}

/** Copies `root` from one repository to another. Faults: `OCI_COPY_FAILED` names the side that failed; `OCI_TOO_MANY` the bound. */
export async function copyGraph(
  source: ReadableRepository,
  target: Repository,
  root: Descriptor,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const copy = new Copy(source, target, options.referrers === true);
  await copy.manifest(root, 0, options.tag);
  return copy.result;
}

class Copy {
  readonly result = { manifests: 0, blobs: 0, present: 0 };
  readonly #source: ReadableRepository;
  readonly #target: Repository;
  readonly #referrers: boolean;
  readonly #seen = new Set<Digest>();

  constructor(source: ReadableRepository, target: Repository, referrers: boolean) {
    this.#source = source;
    this.#target = target;
    this.#referrers = referrers;
  }

  async manifest(descriptor: Descriptor, depth: number, tag?: string): Promise<void> {
    if (this.#seen.has(descriptor.digest)) return;
    this.#seen.add(descriptor.digest);
    if (this.#seen.size > MAX_GRAPH_NODES) throw ociFaults.TOO_MANY({ what: 'manifests and blobs to copy', limit: MAX_GRAPH_NODES });
    if (depth > MAX_GRAPH_DEPTH) throw ociFaults.TOO_MANY({ what: 'levels of manifests to copy', limit: MAX_GRAPH_DEPTH });
    const bytes = await this.#at('source', descriptor, () => this.#source.fetchManifest(descriptor));
    const manifest = parseManifest(descriptor, bytes);
    const { manifests, blobs } = childrenOf(manifest);
    for (const child of manifests) await this.manifest(child, depth + 1);
    for (let i = 0; i < blobs.length; i += COPY_CONCURRENCY)
      await Promise.all(blobs.slice(i, i + COPY_CONCURRENCY).map((blob) => this.#blob(blob)));
    await this.#at('target', descriptor, async () => {
      if (manifest.subject === undefined || tag !== undefined) await this.#target.pushManifest(descriptor, bytes, tag);
      if (manifest.subject !== undefined) await this.#target.attach(descriptor, bytes);
    });
    this.result.manifests++;
    if (this.#referrers) await this.#copyReferrers(descriptor, depth);
  }

  async #copyReferrers(subject: Descriptor, depth: number): Promise<void> {
    for await (const entry of this.#source.listReferrers(subject)) {
      // An entry is a claim: what does not refer to the subject is not carried along.
      const referrer = await this.#at('source', entry, () => fetchReferrer(this.#source, entry, subject));
      await this.manifest(referrer.descriptor, depth + 1);
    }
  }

  async #blob(descriptor: Descriptor): Promise<void> {
    // Foreign layers are fetched from elsewhere by whoever runs the image.
    if (this.#seen.has(descriptor.digest) || (descriptor.urls?.length ?? 0) > 0) return;
    this.#seen.add(descriptor.digest);
    this.result.blobs++;
    if (await this.#at('target', descriptor, () => this.#target.hasBlob(descriptor))) {
      this.result.present++;
      return;
    }
    await this.#at('target', descriptor, () => this.#target.pushBlob(descriptor, () => this.#source.streamUnverifiedBlob(descriptor)));
  }

  async #at<T>(side: 'source' | 'target', descriptor: Descriptor, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (e) {
      if (!isFault(e) || e.category === 'limit' || e.code === 'OCI_COPY_FAILED') throw e;
      throw failed(side, descriptor, e);
    }
  }
}

const failed = (side: 'source' | 'target', descriptor: Descriptor, cause: Fault): Fault =>
  ociFaults.COPY_FAILED(
    { digest: descriptor.digest, side, problem: cause.message },
    { cause, ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }) },
  );
