// SPDX-License-Identifier: Apache-2.0
/** The referrers tag schema, reading side (distribution-spec, "Referrers Tag Schema"): an index under a tag made from the digest. */
import { isFault } from '@notary/base';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { MAX_MANIFEST_BYTES, MAX_MANIFEST_VALUES, MAX_REFERRERS } from '../limits.ts';
import { OCI_INDEX } from '../media-types.ts';
import type { Subject } from '../repository.ts';
import type { Connection } from './connection.ts';
import { getManifest } from './read.ts';

/** The tag of a digest: algorithm cut to 32 characters, `-`, hash cut to 64, as the specification has it (a sha512 would not fit a tag). */
export function referrersTag(subject: Subject): string {
  const colon = subject.digest.indexOf(':');
  return `${subject.digest.slice(0, colon).slice(0, 32)}-${subject.digest.slice(colon + 1).slice(0, 64)}`.replace(/[^A-Za-z0-9._-]/g, '-');
}

/** What stands at the tag. */
export type TagContent =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'index';
      readonly digest: string;
      readonly size: number;
      readonly etag: string | undefined;
      readonly json: JsonObject;
      readonly entries: readonly JsonValue[];
    }
  | { readonly kind: 'other'; readonly problem: string };

/** Reads the tag. What is not an OCI index is `other`: nothing for a reader, an obstacle for a writer. */
export async function readTag(connection: Connection, tag: string): Promise<TagContent> {
  const found = await getManifest(connection, tag);
  if (found === undefined) return { kind: 'absent' };
  const { descriptor, bytes, etag } = found;
  if (descriptor.mediaType !== OCI_INDEX) return { kind: 'other', problem: `its media type is ${descriptor.mediaType.slice(0, 200)}` };
  let json: JsonValue;
  try {
    json = parseJsonStrict(bytes, { maxBytes: MAX_MANIFEST_BYTES, maxValues: MAX_MANIFEST_VALUES });
  } catch (e) {
    return { kind: 'other', problem: isFault(e) ? e.message : 'it is not JSON' };
  }
  if (!isJsonObject(json)) return { kind: 'other', problem: 'it is not an object' };
  const stated = json['mediaType'];
  if (stated !== undefined && stated !== OCI_INDEX) return { kind: 'other', problem: 'it states another media type' };
  if (json['layers'] !== undefined || json['config'] !== undefined) return { kind: 'other', problem: 'it is both an index and an image' };
  const entries = json['manifests'] ?? [];
  if (!Array.isArray(entries)) return { kind: 'other', problem: 'manifests is not a list' };
  if (entries.length > MAX_REFERRERS) return { kind: 'other', problem: `it has more than ${MAX_REFERRERS} entries` };
  return { kind: 'index', digest: descriptor.digest, size: bytes.length, etag, json, entries };
}
