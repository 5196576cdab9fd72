// SPDX-License-Identifier: Apache-2.0
/**
 * Where things are beneath the root. Each repository is an OCI image layout in a directory of its name; everything of our own is under
 * `.notary`, which no name can reach (a component begins with a letter or digit).
 */
import type { Digest } from '@notary/base';
import { algorithmOf, isRepositoryName, type RepositoryName } from '../names.ts';

/** Names inside a layout that are also legal components: `a` and `a/blobs` may both be repositories. No component ends in `_`. */
const RESERVED: ReadonlySet<string> = new Set(['blobs', 'index.json', 'oci-layout', 'ingest']);

const escapeComponent = (component: string): string => (RESERVED.has(component) ? `${component}_` : component);
/** The component a directory stands for; may still be no component at all. */
export const unescapeComponent = (entry: string): string =>
  entry.endsWith('_') && RESERVED.has(entry.slice(0, -1)) ? entry.slice(0, -1) : entry;

export class Paths {
  readonly root: string;
  readonly own: string;
  readonly journal: string;
  readonly uploads: string;
  readonly temporary: string;
  readonly lock: string;
  readonly #directories = new Map<RepositoryName, string>();

  constructor(root: string) {
    this.root = root.length > 1 && root.endsWith('/') ? root.slice(0, -1) : root;
    this.own = `${this.root}/.notary`;
    this.journal = `${this.own}/journal`;
    this.uploads = `${this.own}/uploads`;
    this.temporary = `${this.own}/tmp`;
    this.lock = `${this.own}/lock`;
  }

  /** The layout of a repository. */
  repository(name: RepositoryName): string {
    const known = this.#directories.get(name);
    if (known !== undefined) return known;
    const path = `${this.root}/${name.split('/').map(escapeComponent).join('/')}`;
    // Names come from clients: the memory of them is small and starts over.
    if (this.#directories.size >= 4096) this.#directories.clear();
    this.#directories.set(name, path);
    return path;
  }

  blobDirectory(name: RepositoryName, algorithm: string): string {
    return `${this.repository(name)}/blobs/${algorithm}`;
  }

  blob(name: RepositoryName, digest: Digest): string {
    return `${this.repository(name)}/blobs/${algorithmOf(digest)}/${digest.slice(7)}`;
  }

  /** A directory and all above it, up to the root. */
  *upwards(directory: string): Generator<string> {
    for (let at = directory; at.length >= this.root.length; at = at.slice(0, at.lastIndexOf('/'))) {
      yield at;
      if (at === this.root) return;
    }
  }

  upload(id: string): string {
    return `${this.uploads}/${id}`;
  }
}

/** Joins a parent's name and a directory entry, if that makes a name. */
export function childName(parent: string, entry: string): RepositoryName | undefined {
  const component = unescapeComponent(entry);
  const name = parent === '' ? component : `${parent}/${component}`;
  return isRepositoryName(name) ? name : undefined;
}
