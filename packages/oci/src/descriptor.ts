// SPDX-License-Identifier: Apache-2.0
/** Content descriptors (image-spec, descriptor.md): parsed strictly, written in the member order of the Go tools. */
import { type Digest, digestOf, isFault, parseDigest } from '@notary/base';
import { type GoJsonInput, isJsonObject, type JsonObject, type JsonValue } from '@notary/base/json';
import { ociFaults } from './faults.ts';
import { MAX_ANNOTATIONS, MAX_MEDIA_TYPE_LENGTH } from './limits.ts';

/** Annotations and other maps keyed by remote text; objects made here have no prototype. */
export type Annotations = Readonly<Record<string, string>>;

/** The platform of a manifest in an index, as the image specification names its parts. */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

/** What some content is: its type, its digest, its size. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Annotations;
  /** The content itself, base64; counts only after it was checked against digest and size. */
  readonly data?: string;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** The descriptor of bytes at hand. */
export function describe(mediaType: string, bytes: Uint8Array, algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256'): Descriptor {
  return { mediaType, digest: digestOf(bytes, algorithm), size: bytes.length };
}

/** Only media type, digest and size: what identifies the content. */
export function plainDescriptor(d: Descriptor): Descriptor {
  return { mediaType: d.mediaType, digest: d.digest, size: d.size };
}

/** Do both name the same content in the same type? */
export function sameContent(a: Descriptor, b: Descriptor): boolean {
  return a.digest === b.digest && a.size === b.size && a.mediaType === b.mediaType;
}

/**
 * Reads a descriptor out of parsed JSON. `where` names the place for the message. A digest of an algorithm that is not
 * known here is `DIGEST_UNSUPPORTED`; anything else that is wrong is `OCI_DESCRIPTOR_INVALID`.
 */
export function parseDescriptor(value: JsonValue | undefined, where: string): Descriptor {
  if (!isJsonObject(value)) throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'not an object' });
  const mediaType = value['mediaType'] ?? '';
  if (typeof mediaType !== 'string' || !isMediaType(mediaType))
    throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'mediaType is not a media type' });
  const size = value['size'];
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'size is not a number of bytes' });
  const out: { -readonly [K in keyof Descriptor]: Descriptor[K] } = {
    mediaType,
    digest: parseDescriptorDigest(value['digest'], where),
    size,
  };
  const annotations = parseAnnotations(value['annotations'], where);
  if (annotations !== undefined) out.annotations = annotations;
  const artifactType = optionalText(value, 'artifactType', where);
  if (artifactType !== undefined) out.artifactType = artifactType;
  const data = optionalText(value, 'data', where);
  if (data !== undefined) out.data = data;
  const platform = parsePlatform(value['platform'], where);
  if (platform !== undefined) out.platform = platform;
  const urls = stringList(value['urls'], 'urls', where);
  if (urls !== undefined) out.urls = urls;
  return out;
}

/** The JSON form in the member order of the Go tools; annotation keys sorted, as Go does with maps. */
export function descriptorJson(d: Descriptor): { readonly [key: string]: GoJsonInput | undefined } {
  return {
    mediaType: d.mediaType,
    digest: d.digest,
    size: d.size,
    urls: d.urls !== undefined && d.urls.length > 0 ? d.urls : undefined,
    annotations: annotationsJson(d.annotations),
    data: d.data,
    platform: d.platform === undefined ? undefined : platformJson(d.platform),
    artifactType: d.artifactType === '' ? undefined : d.artifactType,
  };
}

/** Annotations as Go writes a map: sorted by UTF-8 bytes, left out when empty. */
export function annotationsJson(annotations: Annotations | undefined): ReadonlyMap<string, string> | undefined {
  if (annotations === undefined) return undefined;
  const entries = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : new Map(entries);
}

function platformJson(p: Platform): { readonly [key: string]: GoJsonInput | undefined } {
  return { architecture: p.architecture, os: p.os, 'os.version': p.osVersion, 'os.features': p.osFeatures, variant: p.variant };
}

/** `type/subtype`, without parameters, or the empty text that old indexes carry. */
export function isMediaType(text: string): boolean {
  return (
    text === '' ||
    (text.length <= MAX_MEDIA_TYPE_LENGTH && /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/.test(text))
  );
}

function parseDescriptorDigest(value: JsonValue | undefined, where: string): Digest {
  if (typeof value !== 'string') throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'digest is missing' });
  try {
    return parseDigest(value);
  } catch (cause) {
    if (isFault(cause, 'DIGEST_UNSUPPORTED')) throw cause;
    throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'digest is not a digest' }, { cause });
  }
}

/** A map of text to text, or `undefined` where there is none. */
export function parseAnnotations(value: JsonValue | undefined, where: string): Annotations | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'annotations are not an object' });
  const out: Record<string, string> = Object.create(null);
  let count = 0;
  for (const key of Object.keys(value)) {
    const text = value[key];
    if (typeof text !== 'string') throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'an annotation is not text' });
    if (++count > MAX_ANNOTATIONS) throw ociFaults.TOO_MANY({ what: 'annotations', limit: MAX_ANNOTATIONS });
    out[key] = text;
  }
  return out;
}

function parsePlatform(value: JsonValue | undefined, where: string): Platform | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw ociFaults.DESCRIPTOR_INVALID({ where, problem: 'platform is not an object' });
  const variant = optionalText(value, 'variant', where);
  const osVersion = optionalText(value, 'os.version', where);
  const osFeatures = stringList(value['os.features'], 'os.features', where);
  return {
    architecture: optionalText(value, 'architecture', where) ?? '',
    os: optionalText(value, 'os', where) ?? '',
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(osFeatures === undefined ? {} : { osFeatures }),
  };
}

/** A text member, `undefined` where absent, null or empty. */
export function optionalText(object: JsonObject, name: string, where: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw ociFaults.DESCRIPTOR_INVALID({ where, problem: `${name} is not text` });
  return value;
}

function stringList(value: JsonValue | undefined, name: string, where: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > MAX_ANNOTATIONS || !value.every((item) => typeof item === 'string'))
    throw ociFaults.DESCRIPTOR_INVALID({ where, problem: `${name} is not a list of text` });
  return value as string[];
}
