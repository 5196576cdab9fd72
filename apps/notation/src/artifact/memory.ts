// SPDX-License-Identifier: Apache-2.0
/**
 * What the last successful verification of a reference read: what its tag named, the signature manifest and the envelope. The next one asks
 * for the list of signatures beside the tag, and for nothing that it has: one round trip to the registry instead of three or four.
 *
 * Nothing in it is trusted. The registry still says what the tag names and which signatures there are, content counts by its digest, and
 * every check is made anew. A file that is absent, damaged, of another version or of another reference is no memory.
 */
import { checkDigest, type Digest, digestHex, digestOf, fromBase64, fromUtf8, isDigest, toUtf8 } from '@notary/base';
import { isJsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import type { AppDeps } from '../deps.ts';
import { cacheDirectory, joinPath } from '../directories.ts';
import { limits } from '../limits.ts';

/** A manifest or a blob, whole. */
export interface Content {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** By digest. */
export type Contents = ReadonlyMap<string, Content>;

export interface Recollection {
  /** What the reference named. */
  readonly artifact: Digest;
  readonly contents: Contents;
}

/** The memory of one reference. */
export interface ReferenceMemory {
  /** `registry/repository:tag` or `registry/repository@digest`. */
  readonly reference: string;
  /** Where all references are remembered. */
  readonly directory: string;
  readonly path: string;
  readonly recalled: Promise<Recollection | undefined>;
  /** Milliseconds since it was opened. */
  elapsedMs(): number;
}

/** Opens the memory of a reference and begins to read it. */
export function openMemory(deps: AppDeps, name: string, target: string): ReferenceMemory {
  const reference = `${name}${isDigest(target) ? '@' : ':'}${target}`;
  const directory = joinPath(deps, cacheDirectory(deps), 'signatures');
  const path = joinPath(deps, directory, `${digestHex(digestOf(toUtf8(reference)))}.json`);
  const recalled = deps.files.read(path, limits.memoryFileBytes).then(
    (bytes) => (bytes === undefined ? undefined : parseRecollection(bytes, reference)),
    () => undefined,
  );
  const openedAt = deps.clock.now().getTime();
  return { reference, directory, path, recalled, elapsedMs: () => deps.clock.now().getTime() - openedAt };
}

/** What a file remembers of a reference; `undefined` if anything about it is not as it was written. */
export function parseRecollection(bytes: Uint8Array, reference: string): Recollection | undefined {
  try {
    const json = parseJsonStrict(fromUtf8(bytes), { maxBytes: limits.memoryFileBytes });
    if (!isJsonObject(json) || json['version'] !== 1 || json['reference'] !== reference) return undefined;
    const { artifact, contents } = json;
    if (typeof artifact !== 'string' || !isDigest(artifact) || !Array.isArray(contents)) return undefined;
    return { artifact, contents: new Map(contents.map(parseContent)) };
  } catch {
    return undefined;
  }
}

function parseContent(json: JsonValue): [Digest, Content] {
  const { digest, mediaType, data } = isJsonObject(json) ? json : {};
  if (typeof digest !== 'string' || !isDigest(digest) || typeof mediaType !== 'string' || typeof data !== 'string')
    throw new Error('damaged');
  const bytes = fromBase64(data);
  checkDigest(bytes, digest);
  return [digest, { mediaType, bytes }];
}
