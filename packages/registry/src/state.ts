// SPDX-License-Identifier: Apache-2.0
/**
 * One repository in memory: its manifests, tags and referrers, and how a change turns one state into the next. Pure: stores decide
 * when a change is durable and only then apply it.
 */
import type { Digest } from '@notary/base';
import { compareUtf8 } from '@notary/base';
import type { ManifestFacts } from './manifest.ts';
import type { RepositoryName, Tag } from './names.ts';

/** A manifest as listed; its bytes and annotations stay in the store. */
export interface ManifestEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly artifactType: string | undefined;
  readonly subject: Digest | undefined;
}

/** A change of one repository. */
export type Change =
  | {
      readonly type: 'put';
      readonly name: RepositoryName;
      readonly digest: Digest;
      readonly bytes: Uint8Array;
      readonly facts: ManifestFacts;
      readonly tags: readonly Tag[];
    }
  | { readonly type: 'untag'; readonly name: RepositoryName; readonly tag: Tag }
  /** Removes a manifest with all its tags. */
  | { readonly type: 'drop'; readonly name: RepositoryName; readonly digest: Digest };

/** What a conditional request expects of a tag: this digest, any (`*`), or none. */
export interface TagExpectation {
  readonly tag: Tag;
  readonly is: (digest: Digest | undefined) => boolean;
}

/** The referrers of one subject, sorted by digest so that pages are stable while others push. */
export interface ReferrerSet {
  /** Rises with every change: what was rendered before is stale. */
  version: number;
  readonly entries: ManifestEntry[];
}

function sortedIndex<T>(list: readonly T[], key: (item: T) => string, wanted: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareUtf8(key(list[middle] as T), wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is known of a repository, in memory: manifests, tags, who refers to whom. */
export class RepositoryState {
  readonly name: RepositoryName;
  readonly manifests = new Map<Digest, ManifestEntry>();
  readonly tags = new Map<Tag, Digest>();
  readonly referrers = new Map<Digest, ReferrerSet>();
  /** While garbage is collected: digests that became referenced meanwhile are added here by the store. */
  barrier: Set<string> | undefined;
  readonly #sortedTags: Tag[] = [];
  /** Tags of changes that are not durable yet; conditional requests are judged against these first. */
  readonly #expected = new Map<Tag, { digest: Digest | undefined; change: Change }>();

  constructor(name: RepositoryName) {
    this.name = name;
  }

  get isEmpty(): boolean {
    return this.manifests.size === 0;
  }

  /** Tags after `last`, at most `limit`, in byte order. */
  tagsAfter(last: string | undefined, limit: number): readonly Tag[] {
    const tags = this.#sortedTags;
    let from = 0;
    if (last !== undefined) {
      from = sortedIndex(tags, (t) => t, last);
      if (tags[from] === last) from++;
    }
    return tags.slice(from, from + limit);
  }

  get tagCount(): number {
    return this.#sortedTags.length;
  }

  /** Puts a manifest in, as a load or an applied change does. */
  add(entry: ManifestEntry): void {
    if (this.manifests.has(entry.digest)) {
      // The same bytes under another media type: the newest push decides.
      this.#removeReferrer(this.manifests.get(entry.digest) as ManifestEntry);
    }
    this.manifests.set(entry.digest, entry);
    if (entry.subject === undefined) return;
    const set = this.referrers.get(entry.subject) ?? { version: 0, entries: [] };
    this.referrers.set(entry.subject, set);
    set.entries.splice(
      sortedIndex(set.entries, (e) => e.digest, entry.digest),
      0,
      entry,
    );
    set.version++;
  }

  setTag(tag: Tag, digest: Digest): void {
    if (!this.tags.has(tag))
      this.#sortedTags.splice(
        sortedIndex(this.#sortedTags, (t) => t, tag),
        0,
        tag,
      );
    this.tags.set(tag, digest);
  }

  removeTag(tag: Tag): void {
    if (!this.tags.delete(tag)) return;
    this.#sortedTags.splice(
      sortedIndex(this.#sortedTags, (t) => t, tag),
      1,
    );
  }

  apply(change: Change): void {
    if (change.type === 'put') {
      const { facts, digest } = change;
      const known = this.manifests.get(digest);
      if (known === undefined || known.mediaType !== facts.mediaType) {
        this.add({
          digest,
          mediaType: facts.mediaType,
          size: change.bytes.length,
          artifactType: facts.artifactType,
          subject: facts.subject,
        });
      }
      for (const tag of change.tags) this.setTag(tag, digest);
    } else if (change.type === 'untag') this.removeTag(change.tag);
    else this.#drop(change.digest);
    for (const [tag, e] of this.#expected) if (e.change === change) this.#expected.delete(tag);
  }

  #drop(digest: Digest): void {
    const entry = this.manifests.get(digest);
    if (entry === undefined) return;
    this.manifests.delete(digest);
    this.#removeReferrer(entry);
    for (const [tag, at] of this.tags) if (at === digest) this.removeTag(tag);
  }

  #removeReferrer(entry: ManifestEntry): void {
    if (entry.subject === undefined) return;
    const set = this.referrers.get(entry.subject);
    const at = set === undefined ? -1 : sortedIndex(set.entries, (e) => e.digest, entry.digest);
    if (set === undefined || set.entries[at]?.digest !== entry.digest) return;
    set.entries.splice(at, 1);
    set.version++;
    if (set.entries.length === 0) this.referrers.delete(entry.subject);
  }

  /** Where a tag will point once everything on its way is durable. */
  tagSoon(tag: Tag): Digest | undefined {
    const pending = this.#expected.get(tag);
    return pending === undefined ? this.tags.get(tag) : pending.digest;
  }

  /** Notes a change that is on its way; {@link apply} or {@link forget} ends it. */
  expect(change: Change): void {
    if (change.type === 'put') for (const tag of change.tags) this.#expected.set(tag, { digest: change.digest, change });
    else if (change.type === 'untag') this.#expected.set(change.tag, { digest: undefined, change });
    else for (const [tag, at] of this.tags) if (at === change.digest) this.#expected.set(tag, { digest: undefined, change });
    if (change.type === 'put' && this.barrier !== undefined) {
      this.barrier.add(change.digest);
      for (const l of change.facts.links) this.barrier.add(l.digest);
    }
  }

  /** The change failed and never happened. */
  forget(change: Change): void {
    for (const [tag, e] of this.#expected) if (e.change === change) this.#expected.delete(tag);
  }
}
