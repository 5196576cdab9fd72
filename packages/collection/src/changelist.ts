// SPDX-License-Identifier: Apache-2.0
/** Staged changes: one file each, `%020d` unix nanoseconds and a UUID, applied in the order of their names. */
import {
  type Clock,
  type Fault,
  fromBase64,
  fromUtf8,
  isFault,
  type Log,
  type Random,
  silentLog,
  toBase64,
  toHex,
  toUtf8,
} from '@notary/base';
import { encodeGoJson, isJsonObject } from '@notary/base/json';
import { collectionFaults } from './faults.ts';
import type { Gun } from './gun.ts';
import { MAX_CHANGE_BYTES, MAX_CHANGES } from './limits.ts';
import { parseChangeJson } from './plain-json.ts';
import { changelistPath, type TrustDirectory, writeTrusted } from './trust-directory.ts';

/** What a staged change does to its object. */
export type ChangeAction = 'create' | 'update' | 'delete';
/** What a staged change is about. */
export type ChangeType = 'role' | 'target' | 'delegation' | 'witness';

/** A change as the reference writes it. Unknown words are kept: publishing refuses them, listing shows them. */
export interface StagedChange {
  readonly action: ChangeAction | (string & {});
  /** The role to change; `targets/*` in key purges. */
  readonly scope: string;
  readonly type: ChangeType | (string & {});
  /** Name of the target, empty otherwise. */
  readonly path: string;
  readonly data: Uint8Array | undefined;
}

/** Go's struct order; `data` is base64 or null. */
export function encodeChange(change: StagedChange): Uint8Array {
  return toUtf8(
    encodeGoJson({
      action: change.action,
      role: change.scope,
      type: change.type,
      path: change.path,
      data: change.data === undefined ? null : toBase64(change.data),
    }),
  );
}

/** Faults: `COLLECTION_CHANGE_INVALID`. */
export function decodeChange(bytes: Uint8Array, file: string): StagedChange {
  const invalid = (problem: string, cause?: unknown): Fault => collectionFaults.CHANGE_INVALID({ problem, file }, { cause });
  let value: unknown;
  try {
    value = parseChangeJson(bytes);
  } catch (cause) {
    throw invalid((cause as Error).message, cause);
  }
  if (!isJsonObject(value as never)) throw invalid('a staged change is not a JSON object');
  const fields = value as Record<string, unknown>;
  const text = (name: string): string => {
    const field = fields[name];
    if (field !== undefined && typeof field !== 'string') throw invalid(`the ${name} of a staged change is not a string`);
    return field ?? '';
  };
  const data = fields.data === null ? '' : text('data');
  try {
    return {
      action: text('action'),
      scope: text('role'),
      type: text('type'),
      path: text('path'),
      data: data === '' ? undefined : fromBase64(data),
    };
  } catch (cause) {
    if (isFault(cause, 'COLLECTION_CHANGE_INVALID')) throw cause;
    throw invalid('the data of a staged change is not base64', cause);
  }
}

/** Where staged changes are kept, and what their file names are made of. */
export interface ChangelistOptions {
  readonly directory: TrustDirectory;
  readonly gun: Gun;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
}

/** The change list of a collection. */
export interface Changelist {
  /** Readable changes in order, each with the name of its file. Unreadable ones are warned about and left out. */
  list(): Promise<readonly (StagedChange & { readonly file: string })[]>;
  /** All changes in order. Faults on an unreadable one: publishing must not skip anything. */
  read(): Promise<readonly (StagedChange & { readonly file: string })[]>;
  add(...changes: readonly StagedChange[]): Promise<void>;
  /** Removes by position in the order of file names, as `status` shows them. Positions that do not exist are ignored. */
  removeAt(positions: readonly number[]): Promise<void>;
  /** Removes these files, and no others that were added meanwhile. */
  removeFiles(files: readonly string[]): Promise<void>;
  clear(): Promise<void>;
}

const PARALLEL_READS = 32;

/**
 * The staged changes of a collection, one file each, in the order in which they were added. Faults: `COLLECTION_CHANGES_TOO_MANY`,
 * `COLLECTION_CHANGE_INVALID`.
 */
export function createChangelist(options: ChangelistOptions): Changelist {
  const { directory, gun, clock, random } = options;
  const log = options.log ?? silentLog;
  const base = changelistPath(directory, gun);
  let last = 0n;

  async function names(): Promise<string[]> {
    const entries = (await directory.files.list(base)) ?? [];
    if (entries.length > MAX_CHANGES) throw collectionFaults.CHANGES_TOO_MANY({ maximum: MAX_CHANGES });
    return entries.filter((e) => e.kind !== 'directory').map((e) => e.name);
  }
  async function load(file: string): Promise<StagedChange & { file: string }> {
    const bytes = await directory.files.read(`${base}/${file}`, MAX_CHANGE_BYTES);
    if (bytes === undefined) throw collectionFaults.CHANGE_INVALID({ problem: `open ${base}/${file}: no such file or directory`, file });
    return { ...decodeChange(bytes, file), file };
  }
  /** A few files at a time: a publisher's thousands of changes are not read one wait after the other. */
  async function loadAll(): Promise<PromiseSettledResult<StagedChange & { file: string }>[]> {
    const files = await names();
    const loaded: PromiseSettledResult<StagedChange & { file: string }>[] = [];
    for (let i = 0; i < files.length; i += PARALLEL_READS)
      loaded.push(...(await Promise.allSettled(files.slice(i, i + PARALLEL_READS).map(load))));
    return loaded;
  }
  /** Nanoseconds that grow even where the clock does not: the order of names is the order of application. */
  function nextName(): string {
    const now = BigInt(clock.now().getTime()) * 1_000_000n;
    last = now > last ? now : last + 1n;
    return `${last.toString().padStart(20, '0')}_${uuid(random)}.change`;
  }
  /** In order: if this stops half-way, what is left is the end of the list, and applying that again changes nothing. */
  async function removeFiles(files: readonly string[]): Promise<void> {
    for (const file of files) await directory.files.remove(`${base}/${file}`);
  }

  return {
    async list() {
      const changes: (StagedChange & { file: string })[] = [];
      for (const result of await loadAll()) {
        if (result.status === 'fulfilled') changes.push(result.value);
        else if (isFault(result.reason)) log.warn(result.reason.message);
        else throw result.reason;
      }
      return changes;
    },
    async read() {
      return (await loadAll()).map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
    },
    async add(...changes) {
      for (const change of changes) await writeTrusted(directory, `${base}/${nextName()}`, encodeChange(change), { exclusive: true });
    },
    async removeAt(positions) {
      const files = await names();
      await removeFiles(positions.flatMap((p) => files[p] ?? []));
    },
    removeFiles,
    async clear() {
      await removeFiles(await names());
    },
  };
}

/** A version 4 UUID. */
function uuid(random: Random): string {
  const bytes = random.bytes(16).slice();
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A change's data as text, for messages. */
export const changeText = (change: StagedChange): string => (change.data === undefined ? '' : fromUtf8(change.data));
