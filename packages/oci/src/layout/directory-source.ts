// SPDX-License-Identifier: Apache-2.0
/** A layout in a directory. Every file is looked at before it is read: links are refused, whatever they point at. */
import { type Digest, type Files, parseDigest } from '@notary/base';
import { ociFaults } from '../faults.ts';
import { LAYOUT_LOCK_WAIT_MS, MAX_LAYOUT_INDEX_BYTES } from '../limits.ts';
import { streamVerified, verifyContent } from '../verified-content.ts';
import { blobName, type LayoutSource, type NewBlob } from './source.ts';

const DIRECTORY_MODE = 0o755;
/** Blobs never change: oras stores them read-only. */
const BLOB_MODE = 0o444;
const INDEX_MODE = 0o644;

/** Reads and writes a layout directory. */
export function createDirectorySource(files: Files, path: string): LayoutSource {
  const regular = async (name: string): Promise<{ size: number; mode: number } | undefined> => {
    await checkDirectories(files, path, name);
    const stat = await files.stat(`${path}/${name}`);
    if (stat === undefined) return undefined;
    if (stat.kind !== 'file')
      throw ociFaults.LAYOUT_UNSAFE({ path: `${path}/${name}`, problem: `is a ${stat.kind} where a file was expected` });
    return stat;
  };
  const storeBlob = async ({ descriptor, content }: NewBlob): Promise<void> => {
    const name = blobName(parseDigest(descriptor.digest));
    const bytes = content instanceof Uint8Array ? verifyContent(descriptor, content) : () => streamVerified(descriptor, content());
    // A file of another size is what an interrupted tool left behind; one of this size is taken for the blob, and readers check it.
    if ((await regular(name))?.size === descriptor.size) return;
    await files.makeDirectory(`${path}/${name.slice(0, name.lastIndexOf('/'))}`, DIRECTORY_MODE);
    // Staged at the root, where the specification allows other files, and not among the blobs.
    await files.writeAtomic(`${path}/${name}`, typeof bytes === 'function' ? bytes() : bytes, { mode: BLOB_MODE, stagingDir: path });
  };
  return {
    path,
    async readRoot(name, maxBytes) {
      return (await regular(name)) === undefined ? undefined : files.read(`${path}/${name}`, maxBytes);
    },
    blobSize: async (digest: Digest) => (await regular(blobName(digest)))?.size,
    async *blob(digest: Digest) {
      if ((await regular(blobName(digest))) === undefined) throw ociFaults.NOT_FOUND({ reference: digest });
      yield* files.readStream(`${path}/${blobName(digest)}`);
    },
    addBlob: storeBlob,
    async write(change) {
      const lock = await files.lock(`${path}/index.json.lock`, LAYOUT_LOCK_WAIT_MS);
      try {
        const stat = await regular('index.json');
        const index = change(stat === undefined ? undefined : await files.read(`${path}/index.json`, MAX_LAYOUT_INDEX_BYTES));
        if (index !== undefined) await files.writeAtomic(`${path}/index.json`, index, { mode: stat?.mode ?? INDEX_MODE });
      } finally {
        await lock.release();
      }
    },
  };
}

/** The directories on the way to a blob must be directories of the layout, not links out of it. */
async function checkDirectories(files: Files, path: string, name: string): Promise<void> {
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
    const directory = `${path}/${name.slice(0, slash)}`;
    const stat = await files.stat(directory);
    if (stat === undefined) return;
    if (stat.kind !== 'directory')
      throw ociFaults.LAYOUT_UNSAFE({ path: directory, problem: `is a ${stat.kind} where a directory was expected` });
  }
}
