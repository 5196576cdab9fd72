// SPDX-License-Identifier: Apache-2.0
/** An OCI descriptor inside a payload, member by member as Go decodes it into its struct: names in any case, `null` as absent. */
import { fromBase64 } from '@notary/base';
import { goMember, isJsonObject, type JsonObject, type JsonValue } from '@notary/base/json';
import { payloadFaults } from './faults.ts';
import type { TargetArtifact } from './types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The `targetArtifact` of a payload value. */
export function readTargetArtifact(payload: JsonValue): TargetArtifact {
  const object = member(asObject(payload, 'payload'), 'targetArtifact');
  const descriptor = object === undefined ? empty() : asObject(object, 'targetArtifact');
  const target: Mutable<TargetArtifact> = {
    mediaType: text(descriptor, 'mediaType') ?? '',
    digest: text(descriptor, 'digest') ?? '',
    size: integer(descriptor, 'size'),
    annotations: textMap(member(descriptor, 'annotations'), 'annotations'),
  };
  const urls = texts(descriptor, 'urls');
  const data = text(descriptor, 'data');
  const platform = member(descriptor, 'platform');
  const artifactType = text(descriptor, 'artifactType');
  if (urls.length > 0) target.urls = urls;
  if (data !== undefined && data !== '') target.data = fromBase64(data);
  if (platform !== undefined) target.platform = readPlatform(asObject(platform, 'platform'));
  if (artifactType !== undefined && artifactType !== '') target.artifactType = artifactType;
  return target;
}

function readPlatform(object: JsonObject): NonNullable<TargetArtifact['platform']> {
  const platform: Mutable<NonNullable<TargetArtifact['platform']>> = {
    architecture: text(object, 'architecture') ?? '',
    os: text(object, 'os') ?? '',
  };
  const osVersion = text(object, 'os.version');
  const osFeatures = texts(object, 'os.features');
  const variant = text(object, 'variant');
  if (osVersion) platform.osVersion = osVersion;
  if (osFeatures.length > 0) platform.osFeatures = osFeatures;
  if (variant) platform.variant = variant;
  return platform;
}

const empty = (): JsonObject => Object.create(null) as JsonObject;
const wrong = (name: string, expected: string): Error => payloadFaults.MALFORMED({ problem: `${name} is no ${expected}` });
const member = (object: JsonObject, name: string): JsonValue | undefined => goMember(object, name, { duplicates: 'refuse' });

function asObject(value: JsonValue, name: string): JsonObject {
  if (value === null) return empty();
  if (!isJsonObject(value)) throw wrong(name, 'object');
  return value;
}

function text(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  if (value !== undefined && typeof value !== 'string') throw wrong(name, 'text');
  return value;
}

function texts(object: JsonObject, name: string): string[] {
  const value = member(object, name) ?? [];
  if (!Array.isArray(value)) throw wrong(name, 'list of texts');
  return value.map((item) => {
    if (item !== null && typeof item !== 'string') throw wrong(name, 'list of texts');
    return item ?? '';
  });
}

function integer(object: JsonObject, name: string): number {
  const value = member(object, name) ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(name, 'integer');
  return value;
}

function textMap(value: JsonValue | undefined, name: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  if (value === undefined) return out;
  for (const [key, item] of Object.entries(asObject(value, name))) {
    if (item !== null && typeof item !== 'string') throw wrong(`${name}.${key}`, 'text');
    out.set(key, item ?? '');
  }
  return out;
}
