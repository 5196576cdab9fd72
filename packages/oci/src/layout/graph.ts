// SPDX-License-Identifier: Apache-2.0
/**
 * Who refers to whom in a layout. Layouts have no list of referrers, and tools disagree where to put one: beside the artifact in
 * `index.json` (oras), in an index under the fallback tag (regclient), in an index named by an annotation (olareg). All of them
 * are found by walking everything that `index.json` reaches and turning the subjects round.
 */
import { type Digest, isFault } from '@notary/base';
import { type Descriptor, plainDescriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { MAX_GRAPH_DEPTH, MAX_GRAPH_NODES, MAX_MANIFEST_BYTES } from '../limits.ts';
import { effectiveArtifactType, type Manifest, parseManifest } from '../manifest.ts';
import { isManifestType } from '../media-types.ts';

export interface LayoutGraph {
  /** Every manifest reached, by digest. */
  readonly nodes: ReadonlyMap<Digest, Descriptor>;
  /** Referrers by the digest of their subject, with the type and annotations of their manifests. */
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
}

/** Walks from `roots`. A manifest that is missing, damaged or malformed is passed over: layouts may be sparse. */
export async function buildGraph(
  path: string,
  roots: readonly Descriptor[],
  fetch: (d: Descriptor) => Promise<Uint8Array>,
): Promise<LayoutGraph> {
  const nodes = new Map<Digest, Descriptor>();
  const referrers = new Map<Digest, Descriptor[]>();
  let level = roots;
  for (let depth = 0; level.length > 0 && depth < MAX_GRAPH_DEPTH; depth++) {
    const next: Descriptor[] = [];
    for (const descriptor of level) {
      if (!isManifestType(descriptor.mediaType) || nodes.has(descriptor.digest)) continue;
      if (nodes.size >= MAX_GRAPH_NODES) throw ociFaults.TOO_MANY({ what: `manifests in ${path}`, limit: MAX_GRAPH_NODES });
      const manifest = await readManifest(descriptor, fetch);
      if (manifest === undefined) continue;
      nodes.set(descriptor.digest, plainDescriptor(descriptor));
      if (manifest.subject !== undefined) append(referrers, manifest.subject.digest, asReferrer(descriptor, manifest));
      next.push(...manifest.manifests, ...(manifest.subject === undefined ? [] : [manifest.subject]));
    }
    level = next;
  }
  return { nodes, referrers };
}

async function readManifest(descriptor: Descriptor, fetch: (d: Descriptor) => Promise<Uint8Array>): Promise<Manifest | undefined> {
  if (descriptor.size > MAX_MANIFEST_BYTES) return undefined;
  try {
    return parseManifest(descriptor, await fetch(descriptor));
  } catch (e) {
    // Links that lead out of the layout are an attack, not a gap.
    if (!isFault(e) || e.code === 'OCI_LAYOUT_UNSAFE') throw e;
    return undefined;
  }
}

function append(map: Map<Digest, Descriptor[]>, subject: Digest, referrer: Descriptor): void {
  const list = map.get(subject);
  if (list === undefined) map.set(subject, [referrer]);
  else list.push(referrer);
}

/** A referrer as the Referrers API would describe it. */
export function asReferrer(descriptor: Descriptor, manifest: Manifest): Descriptor {
  const artifactType = effectiveArtifactType(manifest);
  return {
    ...plainDescriptor(descriptor),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}
