// SPDX-License-Identifier: Apache-2.0
/**
 * A repository as an OCI image layout (image-spec image-layout.md): `oci-layout`, `index.json`, `blobs/`. What other tools wrote is
 * read, and what we do not understand of it is kept when the index is written again.
 */
import type { Digest } from '@notary/base';
import { digestOf, fromUtf8, isFault, toUtf8 } from '@notary/base';
import { faults } from '../faults.ts';
import { MAX_INDEX_BYTES, MAX_INDEX_DEPTH, MAX_JSON_DEPTH, MAX_MANIFEST_BYTES } from '../limits.ts';
import { checkDepth, OCI_INDEX, parseManifest } from '../manifest.ts';
import { algorithmOf, isMediaType, isStoredDigest, isTag, type RepositoryName, type Tag } from '../names.ts';
import { RepositoryState } from '../state.ts';
import type { DiskIo } from './io.ts';
import type { Paths } from './paths.ts';

export const REF_NAME = 'org.opencontainers.image.ref.name';
export const OCI_LAYOUT = toUtf8('{"imageLayoutVersion":"1.0.0"}');

type Json = Readonly<Record<string, unknown>>;
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);

/** What an index holds beyond our own model. */
export interface Foreign {
  /** Members of index.json other than the descriptors. */
  readonly top: Json;
  /** Descriptors with members or annotations of others, without a name; by digest. */
  readonly descriptors: Map<string, Json>;
  /** Descriptors whose content is not here (sparse layouts) or is no manifest: kept as they are. */
  readonly others: readonly Json[];
}

export interface LoadedLayout {
  readonly state: RepositoryState;
  readonly foreign: Foreign;
}

export const noForeign = (): Foreign => ({ top: {}, descriptors: new Map(), others: [] });

/** A tag from a reference name: the name itself, or the end of a full reference, as containerd writes it. */
function tagOf(name: unknown): Tag | undefined {
  if (typeof name !== 'string') return undefined;
  if (isTag(name)) return name;
  const end = name.slice(name.lastIndexOf(':') + 1);
  return name.includes('/') && isTag(end) ? end : undefined;
}

function parseIndex(bytes: Uint8Array, path: string): { top: Json; manifests: readonly unknown[] } {
  try {
    checkDepth(bytes, MAX_JSON_DEPTH);
    const value: unknown = JSON.parse(fromUtf8(bytes));
    if (!isObject(value)) throw faults.INDEX_INVALID({ path, reason: 'not an object' });
    const { manifests, ...top } = value;
    if (manifests !== undefined && manifests !== null && !Array.isArray(manifests))
      throw faults.INDEX_INVALID({ path, reason: 'manifests is not a list' });
    return { top, manifests: Array.isArray(manifests) ? manifests : [] };
  } catch (e) {
    if (isFault(e, 'REGISTRY_INDEX_INVALID')) throw e;
    throw faults.INDEX_INVALID({ path, reason: e instanceof Error ? e.message : 'unreadable' }, { cause: e });
  }
}

/** Removes our part of the annotations; `undefined` if nothing foreign is left. */
function foreignPart(descriptor: Json): Json | undefined {
  const { mediaType: _m, digest: _d, size: _s, artifactType: _a, annotations, ...rest } = descriptor;
  const notes = isObject(annotations) ? Object.fromEntries(Object.entries(annotations).filter(([k]) => k !== REF_NAME)) : {};
  const hasNotes = Object.keys(notes).length > 0;
  if (!hasNotes && Object.keys(rest).length === 0) return undefined;
  return { ...rest, ...(hasNotes ? { annotations: notes } : {}) };
}

/** How often a long load lets others run. */
const BREATHE_EVERY = 200;

/** Walks from the entries of an index to all manifests beneath. */
class Loader {
  readonly #io: DiskIo;
  readonly #paths: Paths;
  readonly state: RepositoryState;
  #read = 0;

  constructor(io: DiskIo, paths: Paths, name: RepositoryName) {
    this.#io = io;
    this.#paths = paths;
    this.state = new RepositoryState(name);
  }

  /** True if the descriptor names a manifest that is here and whole. */
  async manifest(descriptor: Json, depth: number): Promise<boolean> {
    const { digest, mediaType } = descriptor;
    if (typeof digest !== 'string' || !isStoredDigest(digest)) return false;
    if (this.state.manifests.has(digest)) return true;
    if (typeof mediaType !== 'string' || !isMediaType(mediaType) || depth > MAX_INDEX_DEPTH) return false;
    if (++this.#read % BREATHE_EVERY === 0) await new Promise<void>((resume) => setTimeout(resume, 0));
    const bytes = this.#io.read(this.#paths.blob(this.state.name, digest), MAX_MANIFEST_BYTES);
    if (bytes === undefined || digestOf(bytes, algorithmOf(digest)) !== digest) return false;
    try {
      const facts = parseManifest(bytes, mediaType);
      this.state.add({ digest, mediaType, size: bytes.length, artifactType: facts.artifactType, subject: facts.subject });
    } catch (e) {
      // A config or a layer listed as if it were a manifest: a blob like any other.
      if (isFault(e, 'REGISTRY_MANIFEST_INVALID')) return false;
      throw e;
    }
    await this.children(bytes, depth);
    return true;
  }

  async children(bytes: Uint8Array, depth: number): Promise<void> {
    const value = JSON.parse(fromUtf8(bytes)) as Json;
    if (!Array.isArray(value['manifests'])) return;
    for (const child of value['manifests']) if (isObject(child)) await this.manifest(child, depth + 1);
  }
}

/** Reads a layout; `undefined` if there is none. Faults: `REGISTRY_INDEX_INVALID`. */
export async function loadLayout(io: DiskIo, paths: Paths, name: RepositoryName): Promise<LoadedLayout | undefined> {
  const path = `${paths.repository(name)}/index.json`;
  const bytes = io.read(path, MAX_INDEX_BYTES);
  if (bytes === undefined) return undefined;
  const { top, manifests } = parseIndex(bytes, path);
  const loader = new Loader(io, paths, name);
  const descriptors = new Map<string, Json>();
  const others: Json[] = [];
  for (const descriptor of manifests) {
    if (!isObject(descriptor)) continue;
    if (!(await loader.manifest(descriptor, 0))) {
      others.push(descriptor);
      continue;
    }
    const digest = descriptor['digest'] as Digest;
    const foreign = foreignPart(descriptor);
    if (foreign !== undefined) descriptors.set(digest, foreign);
    const annotations = descriptor['annotations'];
    const tag = tagOf(isObject(annotations) ? annotations[REF_NAME] : undefined);
    if (tag !== undefined) loader.state.setTag(tag, digest);
  }
  return { state: loader.state, foreign: { top, descriptors, others } };
}

/** The index of a state: each tag an entry, each untagged manifest an entry without a name, so that tools find referrers by their subject. */
export function renderIndex(state: RepositoryState, foreign: Foreign): Uint8Array {
  const tagsByDigest = new Map<Digest, Tag[]>();
  for (const [tag, digest] of state.tags) {
    const tags = tagsByDigest.get(digest);
    if (tags === undefined) tagsByDigest.set(digest, [tag]);
    else tags.push(tag);
  }
  const entries: string[] = [];
  for (const { digest, mediaType, size, artifactType } of state.manifests.values()) {
    const { annotations, ...rest } = foreign.descriptors.get(digest) ?? {};
    const base = { mediaType, digest, size, ...(artifactType === undefined ? {} : { artifactType }), ...rest };
    const tags = tagsByDigest.get(digest);
    if (tags === undefined) entries.push(JSON.stringify(annotations === undefined ? base : { ...base, annotations }));
    else
      for (const tag of tags)
        entries.push(JSON.stringify({ ...base, annotations: { ...(annotations as Json | undefined), [REF_NAME]: tag } }));
  }
  for (const other of foreign.others) if (!state.manifests.has(String(other['digest']) as Digest)) entries.push(JSON.stringify(other));
  const head = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, ...foreign.top });
  return toUtf8(`${head.slice(0, -1)},"manifests":[${entries.join(',')}]}`);
}
