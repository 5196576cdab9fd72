// SPDX-License-Identifier: Apache-2.0
/** A repository over an image layout. What is read is verified; what is written is seen by others only when it is complete. */
import { type Files, isDigest, toUtf8 } from '@notary/base';
import { type Descriptor, plainDescriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { MAX_LAYOUT_FILE_BYTES, MAX_LAYOUT_INDEX_BYTES, MAX_MANIFEST_BYTES } from '../limits.ts';
import { parseManifest } from '../manifest.ts';
import type { Attachment, BlobContent, ReferrersQuery, Repository, Subject } from '../repository.ts';
import { checkSize, readVerified, streamVerified, verifyContent } from '../verified-content.ts';
import { createArchiveSource } from './archive-source.ts';
import { createDirectorySource } from './directory-source.ts';
import { asReferrer, buildGraph, type LayoutGraph } from './graph.ts';
import { checkLayoutFile, findByName, findOnly, LAYOUT_FILE, parseLayoutIndex, REF_NAME, withEntry } from './layout-index.ts';
import type { LayoutSource } from './source.ts';

/** A repository that can also name what it holds. */
export interface LayoutRepository extends Repository {
  /** The only artifact; `OCI_LAYOUT_AMBIGUOUS` if there are several, `OCI_NOT_FOUND` if there is none. */
  resolveOnly(): Promise<Descriptor>;
  /** The names in `index.json`, sorted. */
  tags(): Promise<string[]>;
}

/** Opens a layout directory. Faults: `OCI_LAYOUT_NOT_FOUND`, `OCI_LAYOUT_NOT_DIRECTORY`, `OCI_LAYOUT_INVALID`, `OCI_LAYOUT_INDEX_INVALID`. */
export async function openLayout(files: Files, path: string): Promise<LayoutRepository> {
  const stat = (await files.stat(path)) ?? undefined;
  if (stat === undefined) throw ociFaults.LAYOUT_NOT_FOUND({ path });
  if (stat.kind !== 'directory' && stat.kind !== 'symlink') throw ociFaults.LAYOUT_NOT_DIRECTORY({ path });
  return open(createDirectorySource(files, path));
}

/** Opens a layout in a tar archive. Faults: `OCI_ARCHIVE_INVALID`, `OCI_ARCHIVE_COMPRESSED`, and those of {@link openLayout}. */
export function openArchive(files: Files, path: string): Promise<LayoutRepository> {
  return open(createArchiveSource(files, path));
}

/** Makes a directory into an empty layout, or opens the one that is there. */
export async function createLayout(files: Files, path: string): Promise<LayoutRepository> {
  await files.makeDirectory(path, 0o755);
  await files.makeDirectory(`${path}/blobs`, 0o755);
  if ((await files.stat(`${path}/oci-layout`)) === undefined)
    await files.writeAtomic(`${path}/oci-layout`, toUtf8(LAYOUT_FILE), { mode: 0o644 });
  const empty = toUtf8('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}');
  await createDirectorySource(files, path).write((index) => (index === undefined ? empty : undefined));
  return openLayout(files, path);
}

async function open(source: LayoutSource): Promise<LayoutRepository> {
  checkLayoutFile(source.path, await source.readRoot('oci-layout', MAX_LAYOUT_FILE_BYTES));
  const layout = new Layout(source);
  await layout.entries();
  return layout;
}

class Layout implements LayoutRepository {
  readonly name: string;
  readonly #source: LayoutSource;
  #entries: Promise<Descriptor[]> | undefined;
  #graph: Promise<LayoutGraph> | undefined;

  constructor(source: LayoutSource) {
    this.#source = source;
    this.name = source.path;
  }

  entries(): Promise<Descriptor[]> {
    this.#entries ??= this.#source.readRoot('index.json', MAX_LAYOUT_INDEX_BYTES).then((bytes) => parseLayoutIndex(this.name, bytes));
    return this.#entries;
  }

  async #graphOf(): Promise<LayoutGraph> {
    this.#graph ??= buildGraph(this.name, await this.entries(), (descriptor) => this.fetchManifest(descriptor));
    return this.#graph;
  }

  async resolve(reference: string): Promise<Descriptor> {
    const entries = await this.entries();
    const found = isDigest(reference)
      ? (entries.find((entry) => entry.digest === reference) ?? (await this.#graphOf()).nodes.get(reference))
      : findByName(this.name, entries, reference);
    if (found === undefined) throw ociFaults.NOT_FOUND({ reference: `${this.name}${isDigest(reference) ? '@' : ':'}${reference}` });
    return plainDescriptor(found);
  }

  async resolveOnly(): Promise<Descriptor> {
    const found = findOnly(this.name, await this.entries());
    if (found === undefined) throw ociFaults.NOT_FOUND({ reference: this.name });
    return plainDescriptor(found);
  }

  async tags(): Promise<string[]> {
    return [...new Set((await this.entries()).flatMap((entry) => entry.annotations?.[REF_NAME] ?? []))].sort();
  }

  async fetchManifest(descriptor: Descriptor): Promise<Uint8Array> {
    checkSize(descriptor, MAX_MANIFEST_BYTES);
    return readVerified(descriptor, this.#source.blob(descriptor.digest));
  }

  async fetchBlob(descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
    checkSize(descriptor, maxBytes);
    return readVerified(descriptor, this.#source.blob(descriptor.digest));
  }

  streamUnverifiedBlob(descriptor: Descriptor): AsyncIterable<Uint8Array> {
    return streamVerified(descriptor, this.#source.blob(descriptor.digest));
  }

  async hasBlob(descriptor: Descriptor): Promise<boolean> {
    return (await this.#source.blobSize(descriptor.digest)) === descriptor.size;
  }

  hasManifest(descriptor: Descriptor): Promise<boolean> {
    return this.hasBlob(descriptor);
  }

  async *listReferrers(subject: Subject, query: ReferrersQuery = {}): AsyncGenerator<Descriptor, void> {
    const all = (await this.#graphOf()).referrers.get(subject.digest) ?? [];
    const wanted = all.filter((entry) => query.artifactType === undefined || entry.artifactType === query.artifactType);
    yield* wanted.slice(0, query.limit ?? wanted.length);
  }

  pushBlob(descriptor: Descriptor, content: BlobContent): Promise<void> {
    return this.#source.addBlob({ descriptor, content });
  }

  async pushManifest(descriptor: Descriptor, bytes: Uint8Array, tag?: string): Promise<void> {
    parseManifest(descriptor, verifyContent(descriptor, bytes));
    await this.#write(descriptor, bytes, (index) => withEntry(this.name, index, plainDescriptor(descriptor), tag));
  }

  async attach(descriptor: Descriptor, bytes: Uint8Array): Promise<Attachment> {
    const manifest = parseManifest(descriptor, verifyContent(descriptor, bytes));
    if (manifest.subject === undefined) throw ociFaults.SUBJECT_MISSING({ digest: descriptor.digest });
    await this.#write(descriptor, bytes, (index) => withEntry(this.name, index, asReferrer(descriptor, manifest)));
    return { via: 'layout', replacedIndex: 'none' };
  }

  async confirmDiscoverable(subject: Subject, descriptor: Descriptor): Promise<void> {
    this.#forget();
    const found = (await this.#graphOf()).referrers.get(subject.digest)?.some((entry) => entry.digest === descriptor.digest);
    if (found !== true) throw ociFaults.REFERRER_NOT_DISCOVERABLE({ digest: descriptor.digest, subject: subject.digest });
  }

  async #write(
    descriptor: Descriptor,
    content: Uint8Array,
    change: (index: Uint8Array | undefined) => Uint8Array | undefined,
  ): Promise<void> {
    await this.#source.addBlob({ descriptor, content });
    await this.#source.write(change);
    this.#forget();
  }

  #forget(): void {
    this.#entries = undefined;
    this.#graph = undefined;
  }
}
