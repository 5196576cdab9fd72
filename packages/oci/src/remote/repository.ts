// SPDX-License-Identifier: Apache-2.0
/** A repository of a registry, with all capabilities. Creating one sends nothing. */
import { type Digest, isFault } from '@notary/base';
import type { Descriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { CONFIRM_PAUSE_MS, CONFIRM_TRIES } from '../limits.ts';
import { effectiveArtifactType, parseManifest } from '../manifest.ts';
import type { Attachment, Repository, Subject } from '../repository.ts';
import { type Connection, connect, withSignal } from './connection.ts';
import type { RemoteRepositoryOptions } from './options.ts';
import { fetchBlob, fetchManifest, hasContent, resolveManifest, streamBlob } from './read.ts';
import { type Capabilities, listReferrers } from './referrers.ts';
import type { TagWriter } from './referrers-tag-writer.ts';

/** Creates a client of one repository. Faults: `OCI_REFERENCE_INVALID` for names that are none. */
export function createRemoteRepository(options: RemoteRepositoryOptions): Repository {
  const connection = connect(options);
  const known: Capabilities = { referrersApi: undefined };
  const writer = new Writer(connection, known);
  return {
    name: connection.name,
    resolve: (reference, options) => resolveManifest(withSignal(connection, options?.signal), reference),
    fetchManifest: (descriptor, options) => fetchManifest(withSignal(connection, options?.signal), descriptor),
    hasManifest: (descriptor) => hasContent(connection, 'manifest', descriptor),
    fetchBlob: (descriptor, maxBytes, options) => fetchBlob(withSignal(connection, options?.signal), descriptor, maxBytes),
    streamUnverifiedBlob: (descriptor) => streamBlob(connection, descriptor),
    hasBlob: (descriptor) => hasContent(connection, 'blob', descriptor),
    listReferrers: (subject, query = {}) => listReferrers(withSignal(connection, query.signal), known, subject, query),
    pushBlob: async (descriptor, content, options) =>
      (await import('./push.ts')).pushBlob(withSignal(connection, options?.signal), descriptor, content, options),
    pushManifest: async (descriptor, bytes, tag) => {
      await (await import('./push.ts')).pushManifest(connection, descriptor, bytes, tag);
    },
    attach: (descriptor, bytes, options) => writer.attach(descriptor, bytes, options?.signal),
    confirmDiscoverable: (subject, descriptor, options) =>
      confirmDiscoverable(withSignal(connection, options?.signal), known, subject, descriptor.digest),
  };
}

/** The writing half, which a verifier never loads. */
class Writer {
  readonly #connection: Connection;
  readonly #known: Capabilities;
  #tagWriter: Promise<TagWriter> | undefined;

  constructor(connection: Connection, known: Capabilities) {
    this.#connection = connection;
    this.#known = known;
  }

  async attach(descriptor: Descriptor, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Attachment> {
    const manifest = parseManifest(descriptor, bytes);
    const { subject, annotations } = manifest;
    if (subject === undefined) throw ociFaults.SUBJECT_MISSING({ digest: descriptor.digest });
    const { pushManifest } = await import('./push.ts');
    const indexed = await pushManifest(withSignal(this.#connection, signal), descriptor, bytes);
    // Only the registry's own word counts: an API that answered a moment ago may belong to a proxy or to other repositories.
    if (indexed?.trim() === subject.digest) this.#known.referrersApi = true;
    if (indexed?.trim() === subject.digest && this.#connection.options.forceReferrersTag !== true)
      return { via: 'api', replacedIndex: 'none' };
    const artifactType = effectiveArtifactType(manifest);
    const entry: Descriptor = {
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
      ...(annotations === undefined ? {} : { annotations }),
      ...(artifactType === undefined ? {} : { artifactType }),
    };
    this.#tagWriter ??= import('./referrers-tag-writer.ts').then((module) => module.createTagWriter(this.#connection));
    return { via: 'tag', replacedIndex: await (await this.#tagWriter)(subject, entry, signal) };
  }
}

/** Looks the way a reader looks: whatever `attach` was told is not remembered. */
async function confirmDiscoverable(connection: Connection, known: Capabilities, subject: Subject, digest: Digest): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      for await (const found of listReferrers(connection, known, subject, {})) if (found.digest === digest) return;
    } catch (e) {
      if (!isFault(e) || tries >= CONFIRM_TRIES || connection.signal?.aborted) throw e;
    }
    if (tries >= CONFIRM_TRIES) throw ociFaults.REFERRER_NOT_DISCOVERABLE({ digest, subject: subject.digest });
    await connection.clock.sleep(CONFIRM_PAUSE_MS * 2 ** (tries - 1), connection.signal);
  }
}
