// SPDX-License-Identifier: Apache-2.0
/** A layout in a tar archive (`oci-archive`): read in place, written by making a new archive beside it that takes its place. */
import { concatBytes, type Digest, type Files, joinBytes, parseDigest } from '@notary/base';
import { ociFaults } from '../faults.ts';
import { LAYOUT_LOCK_WAIT_MS, MAX_LAYOUT_INDEX_BYTES, MAX_STAGED_BYTES } from '../limits.ts';
import { checkSize, readVerified, verifyContent } from '../verified-content.ts';
import { blobName, type LayoutSource, type NewBlob } from './source.ts';
import { directoryHeaders, indexTar, padding, TAR_END, type TarEntry, TarProblem, tarHeader } from './tar.ts';

/** Of an archive that takes the place of a link, whose own mode is open to everybody. */
const ARCHIVE_MODE = 0o644;

interface Archive {
  readonly entries: ReadonlyMap<string, TarEntry>;
  readonly mode: number;
}

/** Reads and writes a layout archive. Nothing is extracted. */
export function createArchiveSource(files: Files, path: string): LayoutSource {
  let opened: Promise<Archive> | undefined;
  const staged = new Map<string, NewBlob & { readonly content: Uint8Array }>();
  const open = (): Promise<Archive> => (opened ??= openArchive(files, path));
  const content = (entry: TarEntry): AsyncIterable<Uint8Array> => files.readStream(path, { offset: entry.offset, length: entry.size });
  return {
    path,
    async readRoot(name, maxBytes) {
      const entry = (await open()).entries.get(name);
      if (entry === undefined) return undefined;
      if (entry.size > maxBytes) throw ociFaults.ARCHIVE_INVALID({ path, problem: `${name} is larger than ${maxBytes} bytes` });
      return collect(content(entry));
    },
    blobSize: async (digest: Digest) => staged.get(digest)?.content.length ?? (await open()).entries.get(blobName(digest))?.size,
    async *blob(digest: Digest) {
      const waiting = staged.get(digest);
      if (waiting !== undefined) return yield waiting.content;
      const entry = (await open()).entries.get(blobName(digest));
      if (entry === undefined) throw ociFaults.NOT_FOUND({ reference: digest });
      yield* content(entry);
    },
    async addBlob({ descriptor, content: bytes }) {
      checkSize(descriptor, MAX_STAGED_BYTES);
      const total = [...staged.values()].reduce((sum, blob) => sum + blob.content.length, descriptor.size);
      if (total > MAX_STAGED_BYTES) await this.write(() => undefined);
      staged.set(descriptor.digest, {
        descriptor,
        content: bytes instanceof Uint8Array ? verifyContent(descriptor, bytes) : await readVerified(descriptor, bytes()),
      });
    },
    async write(change) {
      const lock = await files.lock(`${path}.lock`, LAYOUT_LOCK_WAIT_MS);
      try {
        // Another writer may have replaced the file since it was indexed.
        const archive = await openArchive(files, path);
        const old = archive.entries.get('index.json');
        const index = change(old === undefined ? undefined : await collect(content(old)));
        const added = [...staged.values()].filter((blob) => !archive.entries.has(blobName(blob.descriptor.digest)));
        if (index !== undefined || added.length > 0)
          await files.writeAtomic(path, rewrite(archive, content, added, index), { mode: archive.mode });
        staged.clear();
      } finally {
        opened = undefined;
        await lock.release();
      }
    },
  };
}

async function openArchive(files: Files, path: string): Promise<Archive> {
  const stat = await files.stat(path);
  if (stat === undefined) throw ociFaults.LAYOUT_NOT_FOUND({ path });
  // The archive itself may be a link that the user made; what it points at is read like any file.
  if (stat.kind === 'directory') throw ociFaults.ARCHIVE_INVALID({ path, problem: 'it is a directory' });
  const readAt = (offset: number, length: number): Promise<Uint8Array> => collect(files.readStream(path, { offset, length }));
  const magic = await readAt(0, 4);
  if ((magic[0] === 0x1f && magic[1] === 0x8b) || (magic[0] === 0x28 && magic[1] === 0xb5 && magic[2] === 0x2f && magic[3] === 0xfd))
    throw ociFaults.ARCHIVE_COMPRESSED({ path });
  try {
    return {
      entries: byName(await indexTar(readAt, stat.kind === 'file' ? stat.size : Number.MAX_SAFE_INTEGER)),
      mode: stat.kind === 'file' ? stat.mode : ARCHIVE_MODE,
    };
  } catch (e) {
    if (!(e instanceof TarProblem)) throw e;
    throw e.what === 'unsafe'
      ? ociFaults.LAYOUT_UNSAFE({ path, problem: e.message })
      : ociFaults.ARCHIVE_INVALID({ path, problem: e.message }, { cause: e });
  }
}

/** Two entries of one name mean two things to two tools: refused, except that the same blob twice is harmless and the last one counts. */
function byName(entries: readonly TarEntry[]): Map<string, TarEntry> {
  const map = new Map<string, TarEntry>();
  for (const entry of entries) {
    if (map.has(entry.name) && (entry.name === 'index.json' || entry.name === 'oci-layout'))
      throw new TarProblem('malformed', `it holds ${entry.name} twice`);
    map.set(entry.name, entry);
  }
  return map;
}

/**
 * The old files without `index.json`, the new blobs, then the new index, all with the owners that files have there already: tools that
 * extract before they read give files away to the owner in the archive, and make directories it does not name for root. A user may do neither.
 */
async function* rewrite(
  archive: Archive,
  content: (entry: TarEntry) => AsyncIterable<Uint8Array>,
  added: readonly (NewBlob & { readonly content: Uint8Array })[],
  index: Uint8Array | undefined,
): AsyncGenerator<Uint8Array, void> {
  const owner = archive.entries.get('index.json')?.owner ?? archive.entries.get('oci-layout')?.owner;
  const names = [...archive.entries.keys(), ...added.map(({ descriptor }) => blobName(parseDigest(descriptor.digest)))];
  yield directoryHeaders(names, owner);
  for (const entry of archive.entries.values()) {
    if (entry.name === 'index.json' && index !== undefined) continue;
    yield tarHeader(entry.name, entry.size, entry.owner);
    yield* content(entry);
    yield padding(entry.size);
  }
  for (const { descriptor, content: bytes } of added) {
    yield tarHeader(blobName(parseDigest(descriptor.digest)), descriptor.size, owner);
    yield bytes;
    yield padding(descriptor.size);
  }
  if (index !== undefined) yield concatBytes(tarHeader('index.json', index.length, owner), index, padding(index.length));
  yield TAR_END;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_LAYOUT_INDEX_BYTES) break;
    parts.push(chunk);
  }
  return joinBytes(parts);
}
