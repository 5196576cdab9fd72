// SPDX-License-Identifier: Apache-2.0
/** `oci-layout` and `index.json` (image-spec, image-layout.md): names, and adding entries without touching the others. */
import { type Digest, isFault, toUtf8 } from '@notary/base';
import { encodeGoJson, type GoJsonInput, isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { type Descriptor, descriptorJson, parseDescriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { MAX_CHILDREN, MAX_LAYOUT_FILE_BYTES, MAX_LAYOUT_INDEX_BYTES } from '../limits.ts';
import { OCI_INDEX } from '../media-types.ts';

export const REF_NAME = 'org.opencontainers.image.ref.name';
const CONTAINERD_NAME = 'io.containerd.image.name';

export const LAYOUT_FILE = '{"imageLayoutVersion":"1.0.0"}';

/** Checks `oci-layout`; only version 1.0.0 exists (image specification, "oci-layout file"). Faults: `OCI_LAYOUT_INVALID`. */
export function checkLayoutFile(path: string, bytes: Uint8Array | undefined): void {
  const invalid = (problem: string, cause?: unknown) => ociFaults.LAYOUT_INVALID({ path, problem }, { cause });
  if (bytes === undefined) throw invalid('failed to open OCI layout file: there is none');
  let json: JsonValue;
  try {
    json = parseJsonStrict(bytes, { maxBytes: MAX_LAYOUT_FILE_BYTES });
  } catch (cause) {
    throw invalid(`failed to decode OCI layout file: ${isFault(cause) ? cause.message : 'not JSON'}`, cause);
  }
  if (!isJsonObject(json) || json['imageLayoutVersion'] !== '1.0.0') throw invalid('unsupported version');
}

/** The entries of `index.json`; what is no descriptor is left out, as unknown entries must be tolerated. */
export function parseLayoutIndex(path: string, bytes: Uint8Array | undefined): Descriptor[] {
  return listEntries(path, readIndex(path, bytes)).flatMap((entry) => {
    try {
      return [parseDescriptor(entry, 'index.json')];
    } catch (e) {
      if (!isFault(e)) throw e;
      return [];
    }
  });
}

function readIndex(path: string, bytes: Uint8Array | undefined): JsonObject {
  const invalid = (problem: string, cause?: unknown) => ociFaults.LAYOUT_INDEX_INVALID({ path, problem }, { cause });
  if (bytes === undefined) throw invalid('failed to open index file: there is none');
  let json: JsonValue;
  try {
    json = parseJsonStrict(bytes, { maxBytes: MAX_LAYOUT_INDEX_BYTES });
  } catch (cause) {
    throw invalid(`failed to decode index file: ${isFault(cause) ? cause.message : 'not JSON'}`, cause);
  }
  if (!isJsonObject(json)) throw invalid('failed to decode index file: not an object');
  return json;
}

function listEntries(path: string, json: JsonObject): readonly JsonValue[] {
  const entries = json['manifests'] ?? [];
  if (!Array.isArray(entries))
    throw ociFaults.LAYOUT_INDEX_INVALID({ path, problem: 'failed to decode index file: manifests is not a list' });
  if (entries.length > MAX_CHILDREN) throw ociFaults.TOO_MANY({ what: 'entries in index.json', limit: MAX_CHILDREN });
  return entries;
}

/**
 * The index with one entry added, for its tag or for itself. The tag is taken from whoever had it, and an entry of the same
 * digest without a tag makes room, as in oras. Everything else stays as it was, also what is not understood here.
 */
export function withEntry(path: string, bytes: Uint8Array | undefined, descriptor: Descriptor, tag?: string): Uint8Array | undefined {
  const json = bytes === undefined ? (Object.create(null) as JsonObject) : readIndex(path, bytes);
  const old = listEntries(path, json);
  if (tag === undefined && old.some((entry) => entryDigest(entry) === descriptor.digest)) return undefined;
  const kept = old.filter((entry) => {
    if (tag === undefined) return true;
    const name = entryTag(entry);
    return name !== tag && !(name === undefined && entryDigest(entry) === descriptor.digest);
  });
  const added = tag === undefined ? descriptor : { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: tag } };
  const { schemaVersion: _version, mediaType: _type, manifests: _old, ...others } = json;
  const manifests: GoJsonInput[] = [...kept, descriptorJson(added) as GoJsonInput];
  return toUtf8(encodeGoJson({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...others }));
}

function entryDigest(entry: JsonValue): string | undefined {
  const digest = isJsonObject(entry) ? entry['digest'] : undefined;
  return typeof digest === 'string' ? digest : undefined;
}

function entryTag(entry: JsonValue): string | undefined {
  const annotations = isJsonObject(entry) ? entry['annotations'] : undefined;
  const name = isJsonObject(annotations) ? annotations[REF_NAME] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The entry that a name means: the exact ref.name (the last one, as in oras), else the tag of a full reference, if that is one digest. */
export function findByName(path: string, entries: readonly Descriptor[], name: string): Descriptor | undefined {
  const exact = entries.filter((entry) => entry.annotations?.[REF_NAME] === name).at(-1);
  if (exact !== undefined) return exact;
  const suffix = entries.filter((entry) => [REF_NAME, CONTAINERD_NAME].some((key) => isTagOf(entry.annotations?.[key], name)));
  return single(path, suffix);
}

const isTagOf = (full: string | undefined, tag: string): boolean => full?.includes('/') === true && full.endsWith(`:${tag}`);

/** The only artifact of a layout: what is tagged, or, where nothing is, what is neither a referrer nor a list of them. */
export function findOnly(path: string, entries: readonly Descriptor[]): Descriptor | undefined {
  const artifacts = entries.filter((entry) => !/^sha\d+-[0-9a-f]{64}/.test(entry.annotations?.[REF_NAME] ?? ''));
  const tagged = artifacts.filter(
    (entry) => entry.annotations?.[REF_NAME] !== undefined || entry.annotations?.[CONTAINERD_NAME] !== undefined,
  );
  return single(path, tagged.length > 0 ? tagged : artifacts.filter((entry) => entry.artifactType === undefined));
}

function single(path: string, entries: readonly Descriptor[]): Descriptor | undefined {
  const digests = new Set<Digest>(entries.map((entry) => entry.digest));
  if (digests.size > 1) throw ociFaults.LAYOUT_AMBIGUOUS({ path, count: digests.size });
  return entries[0];
}
