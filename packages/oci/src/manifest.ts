// SPDX-License-Identifier: Apache-2.0
/** Manifests and indexes: the few members that storage has to understand. What signatures mean by them is not known here. */
import { isFault } from '@notary/base';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { type Annotations, type Descriptor, optionalText, parseAnnotations, parseDescriptor } from './descriptor.ts';
import { ociFaults } from './faults.ts';
import { MAX_CHILDREN, MAX_MANIFEST_BYTES, MAX_MANIFEST_VALUES } from './limits.ts';
import { isIndexType, OCI_ARTIFACT_MANIFEST } from './media-types.ts';

/** A manifest or index as storage sees it. */
export interface Manifest {
  readonly mediaType: string;
  /** As stated; see {@link effectiveArtifactType}. */
  readonly artifactType?: string;
  readonly config?: Descriptor;
  /** Layers of an image, `blobs` of an artifact manifest; empty for an index. */
  readonly layers: readonly Descriptor[];
  /** Entries of an index; empty for the others. */
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/**
 * Reads the bytes of a manifest whose descriptor is given. `OCI_MANIFEST_INVALID` when it is not JSON, when it states another
 * media type than its descriptor, or when it could be read as an index and as an image.
 */
export function parseManifest(descriptor: Descriptor, bytes: Uint8Array): Manifest {
  const invalid = (problem: string, cause?: unknown) => ociFaults.MANIFEST_INVALID({ digest: descriptor.digest, problem }, { cause });
  let json: JsonValue;
  try {
    json = parseJsonStrict(bytes, { maxBytes: MAX_MANIFEST_BYTES, maxValues: MAX_MANIFEST_VALUES });
  } catch (cause) {
    throw invalid(isFault(cause) ? cause.message : 'not JSON', cause);
  }
  if (!isJsonObject(json)) throw invalid('not an object');
  const stated = json['mediaType'];
  if (stated !== undefined && stated !== null && stated !== '' && stated !== descriptor.mediaType)
    throw invalid(`it states another media type than its descriptor, ${descriptor.mediaType}`);
  const isIndex = isIndexType(descriptor.mediaType);
  // CVE-2021-41190: bytes that are an index to one reader and an image to another.
  if (has(json, 'manifests') && (has(json, 'layers') || has(json, 'config'))) throw invalid('it is both an index and an image');
  if (isIndex !== has(json, 'manifests') && (isIndex || has(json, 'manifests')))
    throw invalid(`it does not have the members of ${descriptor.mediaType}`);
  return members(json, descriptor, isIndex);
}

const has = (json: JsonObject, name: string): boolean => json[name] !== undefined && json[name] !== null;

function members(json: JsonObject, descriptor: Descriptor, isIndex: boolean): Manifest {
  const where = `manifest ${descriptor.digest}`;
  const layersName = descriptor.mediaType === OCI_ARTIFACT_MANIFEST ? 'blobs' : 'layers';
  const artifactType = optionalText(json, 'artifactType', where);
  const annotations = parseAnnotations(json['annotations'], where);
  return {
    mediaType: descriptor.mediaType,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(has(json, 'config') && !isIndex ? { config: parseDescriptor(json['config'], `${where}, config`) } : {}),
    layers: isIndex ? [] : list(json[layersName], `${where}, ${layersName}`),
    manifests: isIndex ? list(json['manifests'], `${where}, manifests`) : [],
    ...(has(json, 'subject') ? { subject: parseDescriptor(json['subject'], `${where}, subject`) } : {}),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function list(value: JsonValue | undefined, where: string): readonly Descriptor[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'not a list' });
  if (value.length > MAX_CHILDREN) throw ociFaults.TOO_MANY({ what: `entries in ${where}`, limit: MAX_CHILDREN });
  return value.map((item) => parseDescriptor(item, where));
}

/** The type of an artifact: as stated, else the media type of an image's config (distribution-spec, "Listing Referrers"). */
export const effectiveArtifactType = (m: Manifest): string | undefined => m.artifactType ?? m.config?.mediaType;

/** Everything a manifest points at, its subject not included. */
export function childrenOf(m: Manifest): { readonly manifests: readonly Descriptor[]; readonly blobs: readonly Descriptor[] } {
  return { manifests: m.manifests, blobs: m.config === undefined ? m.layers : [m.config, ...m.layers] };
}
