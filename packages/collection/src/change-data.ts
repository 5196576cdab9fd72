// SPDX-License-Identifier: Apache-2.0
/** What staged changes carry: targets and delegations, in the reference's JSON. */
import { type Fault, isFault, toUtf8 } from '@notary/base';
import { type CanonicalValue, encodeCanonicalJson, escapeGoHtml } from '@notary/base/canonical-json';
import { isJsonObject, type JsonObject } from '@notary/base/json';
import { decodeFileMeta, encodeKeyResponse, type FileMeta, type PublicKey, publicKeyFromJson } from '@notary/tuf';
import type { StagedChange } from './changelist.ts';
import { collectionFaults } from './faults.ts';
import { parseChangeJson } from './plain-json.ts';

const invalid = (change: StagedChange, problem: string, cause?: unknown): Fault =>
  collectionFaults.CHANGE_INVALID({ problem, file: `${change.action} ${change.scope} ${change.path}` }, { cause });

function parse(change: StagedChange): JsonObject {
  let value: unknown;
  try {
    value = change.data === undefined ? undefined : parseChangeJson(change.data);
  } catch (cause) {
    throw invalid(change, (cause as Error).message, cause);
  }
  if (!isJsonObject(value as never)) throw invalid(change, 'unexpected end of JSON input');
  return value as JsonObject;
}

/** `{"length":…,"hashes":{…},"custom":…}`: custom data goes out canonically, so that whoever signs it signs what verifiers compute. */
export function encodeTargetData(meta: FileMeta): Uint8Array {
  const custom = meta.custom === undefined ? '' : `,"custom":${encodeCanonicalJson(meta.custom)}`;
  const hashes = encodeCanonicalJson(meta.hashes as ReadonlyMap<string, CanonicalValue>);
  return toUtf8(escapeGoHtml(`{"length":${meta.length},"hashes":${hashes}${custom}}`));
}

/** Faults: `COLLECTION_CHANGE_INVALID`. */
export function decodeTargetData(change: StagedChange): FileMeta {
  const value = parse(change);
  try {
    return decodeFileMeta(value);
  } catch (cause) {
    throw invalid(change, (cause as Error).message, cause);
  }
}

/** A change to a delegation (reference: changelist.TUFDelegation). Empty members are left out of the file. */
export interface DelegationData {
  readonly threshold?: number;
  readonly addKeys?: readonly PublicKey[];
  /** Canonical IDs. */
  readonly removeKeys?: readonly string[];
  readonly addPaths?: readonly string[];
  readonly removePaths?: readonly string[];
  readonly clearPaths?: boolean;
}

/** The content of a staged change of a delegation, byte for byte as the reference writes it. */
export function encodeDelegationData(data: DelegationData): Uint8Array {
  const list = (name: string, items: readonly string[] | undefined): string[] =>
    items === undefined || items.length === 0 ? [] : [`"${name}":[${items.join(',')}]`];
  const strings = (items: readonly string[] | undefined): string[] | undefined => items?.map((s) => encodeCanonicalJson(s));
  const members = [
    ...(data.threshold === undefined || data.threshold === 0 ? [] : [`"threshold":${data.threshold}`]),
    ...list('add_keys', data.addKeys?.map(encodeKeyResponse)),
    ...list('remove_keys', strings(data.removeKeys)),
    ...list('add_paths', strings(data.addPaths)),
    ...list('remove_paths', strings(data.removePaths)),
    ...(data.clearPaths === true ? ['"clear_paths":true'] : []),
  ];
  return toUtf8(escapeGoHtml(`{${members.join(',')}}`));
}

/** Faults: `COLLECTION_CHANGE_INVALID`. */
export function decodeDelegationData(change: StagedChange): DelegationData {
  const value = parse(change);
  const strings = (name: string): string[] => {
    const items = value[name] ?? [];
    if (!Array.isArray(items) || !items.every((i) => typeof i === 'string')) throw invalid(change, `${name} is not a list of strings`);
    return items as string[];
  };
  const threshold = value.threshold ?? 0;
  if (typeof threshold !== 'number' || !Number.isSafeInteger(threshold) || threshold < 0)
    throw invalid(change, 'threshold is not a number');
  const keys = value.add_keys ?? [];
  if (!Array.isArray(keys)) throw invalid(change, 'add_keys is not a list');
  try {
    return {
      threshold,
      addKeys: keys.map(publicKeyFromJson),
      removeKeys: strings('remove_keys'),
      addPaths: strings('add_paths'),
      removePaths: strings('remove_paths'),
      clearPaths: value.clear_paths === true,
    };
  } catch (cause) {
    if (isFault(cause, 'COLLECTION_CHANGE_INVALID')) throw cause;
    throw invalid(change, (cause as Error).message, cause);
  }
}
