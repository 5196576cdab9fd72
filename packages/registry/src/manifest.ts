// SPDX-License-Identifier: Apache-2.0
/**
 * What a registry has to know of a manifest: its media type, subject, artifact type, annotations and links (image-spec manifest.md,
 * image-index.md, descriptor.md). The bytes themselves are stored as they came; unknown members are nobody's business here.
 */
import type { Digest } from '@notary/base';
import { fromUtf8 } from '@notary/base';
import { faults } from './faults.ts';
import { MAX_JSON_DEPTH, MAX_LINKS } from './limits.ts';
import { isDigestForm, isMediaType, isStoredDigest } from './names.ts';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const INDEX_TYPES: ReadonlySet<string> = new Set([OCI_INDEX, DOCKER_LIST]);
const IMAGE_TYPES: ReadonlySet<string> = new Set([OCI_MANIFEST, DOCKER_MANIFEST]);

/** A descriptor inside a manifest. */
export interface Link {
  /** May be of an algorithm this registry does not store. */
  readonly digest: string;
  readonly kind: 'blob' | 'manifest';
  /** Content that is allowed to be elsewhere: foreign layers with URLs, deprecated non-distributable layers. */
  readonly elsewhere: boolean;
}

export interface ManifestFacts {
  readonly mediaType: string;
  readonly subject: Digest | undefined;
  /** Of the manifest, else of an image's config; `undefined` for an index without one. */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly links: readonly Link[];
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const invalid = (reason: string): never => {
  throw faults.MANIFEST_INVALID({ reason });
};

/** Nesting of objects and arrays, found before the parser recurses. */
export function checkDepth(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i];
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > maxDepth) invalid(`nested deeper than ${maxDepth}`);
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
}

function parseObject(bytes: Uint8Array): Json {
  checkDepth(bytes, MAX_JSON_DEPTH);
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch {
    return invalid('not JSON in UTF-8');
  }
  return isObject(value) ? value : invalid('not an object');
}

function link(value: unknown, kind: Link['kind'], member: string): Link {
  if (!isObject(value)) return invalid(`${member} is not a descriptor`);
  const { digest, size, mediaType, urls } = value;
  if (typeof digest !== 'string' || !isDigestForm(digest)) return invalid(`${member} has no valid digest`);
  if (size !== undefined && (!Number.isSafeInteger(size) || (size as number) < 0)) return invalid(`${member} has no valid size`);
  if (mediaType !== undefined && typeof mediaType !== 'string') return invalid(`${member} has no valid media type`);
  const foreign = typeof mediaType === 'string' && (mediaType.includes('nondistributable') || mediaType.includes('.foreign.'));
  return { digest, kind, elsewhere: foreign || (Array.isArray(urls) && urls.length > 0) };
}

function links(manifest: Json, member: string, kind: Link['kind']): Link[] {
  const value = manifest[member];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return invalid(`${member} is not a list`);
  if (value.length > MAX_LINKS) return invalid(`${member} has more than ${MAX_LINKS} entries`);
  return value.map((v) => link(v, kind, `an entry of ${member}`));
}

function annotationsOf(manifest: Json): Record<string, string> | undefined {
  const value = manifest['annotations'];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return invalid('annotations is not an object');
  for (const v of Object.values(value)) if (typeof v !== 'string') invalid('an annotation is not text');
  return value as Record<string, string>;
}

function subjectOf(manifest: Json): Digest | undefined {
  const value = manifest['subject'];
  if (value === undefined || value === null) return undefined;
  const { digest } = link(value, 'manifest', 'subject');
  return isStoredDigest(digest) ? digest : invalid('the digest algorithm of subject is not supported');
}

function textMember(manifest: Json, member: string): string | undefined {
  const value = manifest[member];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : invalid(`${member} is not text`);
}

/** The media type: of the request, which must agree with the document; of the document alone where the request has none. */
function mediaTypeOf(manifest: Json, contentType: string | undefined): string {
  const declared = textMember(manifest, 'mediaType');
  if (contentType !== undefined && declared !== undefined && contentType !== declared) {
    return invalid(`its mediaType is ${JSON.stringify(declared.slice(0, 255))}, the request says ${JSON.stringify(contentType)}`);
  }
  const mediaType = contentType ?? declared;
  if (mediaType === undefined) return invalid('neither the request nor the document names a media type');
  return isMediaType(mediaType) ? mediaType : invalid('malformed media type');
}

/** A document that reads as both index and image means different things to different readers (image-spec advisory GHSA-77vh-xpmg-72qh). */
function checkShape(manifest: Json, mediaType: string): void {
  const asIndex = manifest['manifests'] !== undefined;
  const asImage = manifest['layers'] !== undefined || manifest['config'] !== undefined;
  if (INDEX_TYPES.has(mediaType) && asImage) invalid('an index with config or layers');
  if (IMAGE_TYPES.has(mediaType) && asIndex) invalid('an image manifest with manifests');
}

/**
 * What image-spec requires of these types ("REQUIRED" in manifest.md and image-index.md). A list may be `null`, which is how Go writes an
 * empty one. Other types are their makers' business.
 */
function checkComplete(manifest: Json, mediaType: string): void {
  const asImage = IMAGE_TYPES.has(mediaType);
  if (!asImage && !INDEX_TYPES.has(mediaType)) return;
  if (manifest['schemaVersion'] !== 2) invalid('its schemaVersion is not 2');
  const required = asImage ? ['config', 'layers'] : ['manifests'];
  for (const member of required) if (manifest[member] === undefined) invalid(`it has no ${member}`);
  if (manifest['config'] === null) invalid('it has no config');
}

/** Reads a manifest that is stored. Content-Type parameters must be gone already. Faults: `REGISTRY_MANIFEST_INVALID`. */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): ManifestFacts {
  const manifest = parseObject(bytes);
  return factsOf(manifest, mediaTypeOf(manifest, contentType));
}

/** Reads a manifest that is to be stored: it must also be complete. Faults: `REGISTRY_MANIFEST_INVALID`. */
export function parsePushedManifest(bytes: Uint8Array, contentType: string | undefined): ManifestFacts {
  const manifest = parseObject(bytes);
  const mediaType = mediaTypeOf(manifest, contentType);
  const facts = factsOf(manifest, mediaType);
  checkComplete(manifest, mediaType);
  return facts;
}

function factsOf(manifest: Json, mediaType: string): ManifestFacts {
  checkShape(manifest, mediaType);
  const config = manifest['config'];
  const configLink = config === undefined || config === null ? [] : [link(config, 'blob', 'config')];
  const configType = isObject(config) && typeof config['mediaType'] === 'string' ? config['mediaType'] : undefined;
  const artifactType = textMember(manifest, 'artifactType') ?? (INDEX_TYPES.has(mediaType) ? undefined : configType);
  if (artifactType !== undefined && artifactType.length > 1024) invalid('artifactType is too long');
  return {
    mediaType,
    subject: subjectOf(manifest),
    artifactType,
    annotations: annotationsOf(manifest),
    links: [
      ...configLink,
      ...links(manifest, 'layers', 'blob'),
      ...links(manifest, 'blobs', 'blob'),
      ...links(manifest, 'manifests', 'manifest'),
    ],
  };
}
