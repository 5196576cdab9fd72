// SPDX-License-Identifier: Apache-2.0
/** The bytes of an image layout, wherever it is kept: `oci-layout`, `index.json` and blobs by digest. */
import type { Digest } from '@notary/base';
import type { Descriptor } from '../descriptor.ts';
import type { BlobContent } from '../repository.ts';

export interface LayoutSource {
  readonly path: string;
  /** A file at the root of the layout; `undefined` if there is none. */
  readRoot(name: 'oci-layout' | 'index.json', maxBytes: number): Promise<Uint8Array | undefined>;
  /** Size of a blob, `undefined` if it is missing: layouts may be sparse. */
  blobSize(digest: Digest): Promise<number | undefined>;
  /** The stored bytes, unverified. */
  blob(digest: Digest): AsyncIterable<Uint8Array>;
  /** Stores a blob. An archive keeps it in memory until {@link write}, since each writing makes the whole archive anew. */
  addBlob(blob: NewBlob): Promise<void>;
  /** Stores what was added, then has `change` rewrite `index.json`, under a lock. An `undefined` of `change` leaves it as it is. */
  write(change: (index: Uint8Array | undefined) => Uint8Array | undefined): Promise<void>;
}

/** A blob to store; a stream is verified while it is written. */
export interface NewBlob {
  readonly descriptor: Descriptor;
  readonly content: BlobContent;
}

/** `blobs/<algorithm>/<hash>`: both come from a parsed digest, so neither can climb. */
export function blobName(digest: Digest): string {
  const colon = digest.indexOf(':');
  return `blobs/${digest.slice(0, colon)}/${digest.slice(colon + 1)}`;
}
