// SPDX-License-Identifier: Apache-2.0
/** A store in memory: for tests, for `--memory`, and as the plainest statement of what the port means. */
import { type Clock, type Digest, digestHash, type Random, toHex } from '@notary/base';
import { createHasher } from '@notary/base/crypto';
import { faults } from '../faults.ts';
import { MAX_UPLOADS, UPLOAD_IDLE_MS } from '../limits.ts';
import { parseManifest } from '../manifest.ts';
import { markReachable } from '../marking.ts';
import { type Algorithm, algorithmOf, type RepositoryName } from '../names.ts';
import { randomUuid } from '../random-uuid.ts';
import { type Change, RepositoryState, type TagExpectation } from '../state.ts';
import type { ByteRange, CollectOptions, CollectReport, RegistryStore, Upload } from '../store.ts';

/** What a store in memory needs of the machine. */
export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly random: Random;
}

interface Content {
  readonly chunks: readonly Uint8Array[];
  readonly size: number;
  /** Time of the last push or question about it, for the grace of collections. */
  usedAt: number;
}

interface Repository {
  readonly state: RepositoryState;
  readonly blobs: Map<Digest, Content>;
}

class MemoryUpload implements Upload {
  readonly id: string;
  readonly name: RepositoryName;
  usedAt: number;
  #taken = false;
  #chunks: Uint8Array[] = [];
  #size = 0;
  readonly #end: (upload: MemoryUpload, digest: Digest | undefined, chunks: readonly Uint8Array[]) => void;

  constructor(
    id: string,
    name: RepositoryName,
    usedAt: number,
    end: (upload: MemoryUpload, digest: Digest | undefined, chunks: readonly Uint8Array[]) => void,
  ) {
    this.id = id;
    this.name = name;
    this.usedAt = usedAt;
    this.#end = end;
  }
  get size(): number {
    return this.#size;
  }
  take(): boolean {
    return this.#taken ? false : (this.#taken = true);
  }
  give(): void {
    this.#taken = false;
  }
  write(chunk: Uint8Array): void {
    // The runtime may use its buffer again once this returns.
    this.#chunks.push(chunk.slice());
    this.#size += chunk.length;
  }
  async settle(): Promise<void> {}
  async commit(digest: Digest): Promise<void> {
    const hasher = createHasher(digestHash(digest));
    for (const c of this.#chunks) hasher.update(c);
    const actual = `${algorithmOf(digest)}:${toHex(hasher.digest())}`;
    const matches = actual === digest;
    this.#end(this, matches ? digest : undefined, this.#chunks);
    if (!matches) throw faults.DIGEST_MISMATCH({ expected: digest, actual });
  }
  async cancel(): Promise<void> {
    this.#end(this, undefined, []);
  }
}

class MemoryStore implements RegistryStore {
  readonly writable = true;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #repositories = new Map<RepositoryName, Repository>();
  readonly #uploads = new Map<string, MemoryUpload>();

  constructor(options: MemoryStoreOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
  }

  get uploadCount(): number {
    return this.#uploads.size;
  }
  #now(): number {
    return this.#clock.now().getTime();
  }
  #make(name: RepositoryName): Repository {
    let r = this.#repositories.get(name);
    if (r === undefined) this.#repositories.set(name, (r = { state: new RepositoryState(name), blobs: new Map() }));
    return r;
  }

  peek(name: string): RepositoryState | undefined {
    return this.#repositories.get(name as RepositoryName)?.state;
  }
  async open(name: RepositoryName): Promise<RepositoryState | undefined> {
    return this.peek(name);
  }
  async names(last: string | undefined, limit: number): Promise<readonly RepositoryName[]> {
    const sorted = [...this.#repositories.keys()].sort();
    return sorted.filter((n) => last === undefined || n > last).slice(0, limit);
  }
  manifestBytes(state: RepositoryState, entry: { digest: Digest }): Uint8Array {
    const content = this.#repositories.get(state.name)?.blobs.get(entry.digest);
    if (content === undefined) throw faults.CONTENT_CORRUPT({ repository: state.name, digest: entry.digest });
    return content.chunks[0] ?? new Uint8Array(0);
  }
  async commit(change: Change, expect?: TagExpectation): Promise<void> {
    const repository = this.#make(change.name);
    if (expect !== undefined && !expect.is(repository.state.tagSoon(expect.tag))) throw faults.PRECONDITION_FAILED();
    repository.state.expect(change);
    if (change.type === 'put')
      repository.blobs.set(change.digest, { chunks: [change.bytes.slice()], size: change.bytes.length, usedAt: this.#now() });
    repository.state.apply(change);
  }

  blobSize(name: RepositoryName, digest: Digest): number | undefined {
    const content = this.#repositories.get(name)?.blobs.get(digest);
    if (content !== undefined) content.usedAt = this.#now();
    return content?.size;
  }
  blobBody(name: RepositoryName, digest: Digest, size: number, range?: ByteRange): BodyInit {
    const blob = new Blob((this.#repositories.get(name)?.blobs.get(digest)?.chunks ?? []) as Uint8Array<ArrayBuffer>[]);
    return range === undefined ? blob : blob.slice(range.start, Math.min(range.end + 1, size));
  }
  async putBlob(name: RepositoryName, digest: Digest, bytes: Uint8Array): Promise<void> {
    this.#make(name).blobs.set(digest, { chunks: [bytes.slice()], size: bytes.length, usedAt: this.#now() });
  }
  async mountBlob(from: RepositoryName, to: RepositoryName, digest: Digest): Promise<boolean> {
    const content = this.#repositories.get(from)?.blobs.get(digest);
    if (content === undefined) return false;
    this.#make(to).blobs.set(digest, { ...content, usedAt: this.#now() });
    return true;
  }
  async deleteBlob(name: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#repositories.get(name)?.blobs.delete(digest) ?? false;
  }
  async *findBlob(digest: Digest): AsyncIterable<RepositoryName> {
    for (const [name, r] of this.#repositories) if (r.blobs.has(digest)) yield name;
  }

  startUpload(name: RepositoryName, _algorithm: Algorithm): Upload {
    const now = this.#now();
    for (const [id, u] of this.#uploads) if (now - u.usedAt > UPLOAD_IDLE_MS) this.#uploads.delete(id);
    if (this.#uploads.size >= MAX_UPLOADS) throw faults.UPLOADS_FULL({ retryAfterSeconds: 60 });
    const upload = new MemoryUpload(randomUuid(this.#random), name, now, (u, digest, chunks) => {
      this.#uploads.delete(u.id);
      if (digest !== undefined) this.#make(name).blobs.set(digest, { chunks, size: u.size, usedAt: this.#now() });
    });
    this.#uploads.set(upload.id, upload);
    return upload;
  }
  findUpload(name: RepositoryName, id: string): Upload | undefined {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.name !== name) return undefined;
    upload.usedAt = this.#now();
    return upload;
  }

  async collect(options: CollectOptions): Promise<CollectReport> {
    const report: CollectReport = { repositories: 0, manifestsRemoved: 0, blobsRemoved: 0, bytesRemoved: 0, blobsKept: 0 };
    const oldest = this.#now() - options.graceMs;
    for (const { state, blobs } of this.#repositories.values()) {
      report.repositories++;
      const linksOf = (digest: Digest): readonly string[] => {
        const entry = state.manifests.get(digest);
        return entry === undefined ? [] : parseManifest(this.manifestBytes(state, entry), entry.mediaType).links.map((l) => l.digest);
      };
      const links = new Map([...state.manifests.keys()].map((d) => [d, linksOf(d)] as const));
      const marks = markReachable(state, links, options.untagged === true);
      for (const digest of marks.unreachable) {
        if ((blobs.get(digest)?.usedAt ?? 0) > oldest) continue;
        report.manifestsRemoved++;
        if (options.dryRun !== true) await this.commit({ type: 'drop', name: state.name, digest });
      }
      for (const [digest, content] of blobs) {
        const dropped = marks.unreachable.has(digest) && !state.manifests.has(digest);
        if ((marks.referenced.has(digest) && !dropped) || content.usedAt > oldest) {
          report.blobsKept++;
          continue;
        }
        report.blobsRemoved++;
        report.bytesRemoved += content.size;
        if (options.dryRun !== true) blobs.delete(digest);
      }
    }
    return report;
  }
  async check(): Promise<void> {}
  async close(): Promise<void> {
    this.#repositories.clear();
    this.#uploads.clear();
  }
}

/** An empty store. */
export const createMemoryStore = (options: MemoryStoreOptions): RegistryStore => new MemoryStore(options);
