// SPDX-License-Identifier: Apache-2.0
/** Payloads to canonical bytes: the exact members, in the exact form, that Go's structs have. */
import { toUtf8 } from '@notary/base';
import { type CanonicalValue, encodeCanonicalJson, joinCanonicalMembers } from '@notary/base/canonical-json';
import { type FileMeta, fileMetaValue } from './file-meta.ts';
import { type PublicKey, publicKeyValue } from './keys.ts';
import type { Payload, RoleKeys, Root, Snapshot, Targets, Timestamp } from './metadata.ts';

const mapValues = <V>(map: ReadonlyMap<string, V>, convert: (value: V) => CanonicalValue): CanonicalValue =>
  new Map([...map].map(([name, value]) => [name, convert(value)]));

const keysValue = (keys: ReadonlyMap<string, PublicKey>): CanonicalValue => mapValues(keys, publicKeyValue);
const roleKeysValue = (role: RoleKeys): { keyids: readonly string[]; threshold: number } => ({
  keyids: role.keyIds,
  threshold: role.threshold,
});

function rootValue(root: Root): CanonicalValue {
  return {
    _type: 'Root',
    consistent_snapshot: root.consistentSnapshot,
    expires: root.expires.text,
    keys: keysValue(root.keys),
    roles: mapValues(root.roles, roleKeysValue),
    version: root.version,
  };
}

function targetsValue(targets: Targets): CanonicalValue {
  const roles = targets.delegations.roles.map((r) => ({
    ...roleKeysValue(r),
    name: r.name,
    ...(r.paths.length > 0 ? { paths: r.paths } : {}),
  }));
  return {
    _type: 'Targets',
    delegations: { keys: keysValue(targets.delegations.keys), roles },
    expires: targets.expires.text,
    targets: mapValues(targets.targets, fileMetaValue),
    version: targets.version,
  };
}

/** By the meta itself, which nobody changes: from snapshot to snapshot most entries are the same objects. */
const metaTexts = new WeakMap<FileMeta, string>();

function metaText(meta: FileMeta): string {
  let text = metaTexts.get(meta);
  if (text === undefined) {
    text = encodeCanonicalJson(fileMetaValue(meta));
    metaTexts.set(meta, text);
  }
  return text;
}

/** As the encoder writes it, member by member: servers make two of these with every publish. */
function listText({ type, expires, meta, version }: Snapshot | Timestamp): string {
  const files = new Map<string, string>();
  for (const [name, entry] of meta) files.set(name, metaText(entry));
  return `{"_type":"${type}","expires":${encodeCanonicalJson(expires.text)},"meta":${joinCanonicalMembers(files)},"version":${encodeCanonicalJson(version)}}`;
}

/** The canonical bytes of a payload: what its signatures cover. Faults: `CANONICAL_JSON_…` for custom data without a canonical form. */
export const encodePayload = (payload: Payload): Uint8Array => toUtf8(payloadText(payload));

function payloadText(payload: Payload): string {
  switch (payload.type) {
    case 'Root':
      return encodeCanonicalJson(rootValue(payload));
    case 'Targets':
      return encodeCanonicalJson(targetsValue(payload));
    case 'Snapshot':
    case 'Timestamp':
      return listText(payload);
  }
}
