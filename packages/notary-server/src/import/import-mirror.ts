// SPDX-License-Identifier: Apache-2.0
/**
 * Takes over mirrored collections: a directory laid out as a server's URLs, `v2/<GUN>/_trust/tuf/<file>`.
 *
 * Everything is verified as a client would, from the oldest root in the directory through the whole chain to the newest, then
 * timestamp, snapshot, targets and delegations; only expiry is no reason to refuse, because a mirror dies with its timestamp.
 * Bytes are stored as they are. The keys of timestamp and snapshot stay with the old server until the owner names ours.
 */
import { defineFaults, type Files } from '@notary/base';
import {
  checkDelegation,
  checkHashes,
  checkRoot,
  checkSnapshot,
  checkTargets,
  checkTimestamp,
  compareRoleDepth,
  decodeRoot,
  digestHexOf,
  findDelegation,
  isDelegation,
  MAX_METADATA_BYTES,
  parseBundle,
  parseEnvelope,
  type RoleName,
  TARGETS,
  type Targets,
  type VerifiedRoot,
} from '@notary/tuf';
import { hexSha256 } from '../digest.ts';
import { isStorableGun } from '../http/routes.ts';
import type { AuditEntry, FileUpdate, MetadataStore } from '../storage/port.ts';

/** The faults with codes `IMPORT_…`. */
export const importFaults = defineFaults('IMPORT', {
  NO_MIRROR: {
    category: 'usage',
    say: (f: { directory: string }) => `${f.directory} holds no mirrored collection: there is no v2/<name>/_trust/tuf in it`,
    remedy: 'give the directory that "notary mirror" wrote',
  },
  FILE_MISSING: {
    category: 'malformed',
    say: (f: { gun: string; file: string }) => `the mirror of ${f.gun} lacks ${f.file}`,
    remedy: 'mirror the collection again from its server',
  },
  EXISTS: {
    category: 'conflict',
    say: (f: { gun: string }) => `this server has another state of ${f.gun}`,
    remedy: 'import into a server that does not have the collection, or delete it there first',
  },
});

/** Depth of directories below `v2`: a name of 255 characters has at most 128 segments. */
const MAX_DEPTH = 130;
/** Collections in one directory. */
const MAX_COLLECTIONS = 100_000;
/** Root versions in one chain. */
const MAX_ROOTS = 10_000;

/** What was taken over of a mirrored collection. */
export interface ImportedCollection {
  readonly gun: string;
  readonly outcome: 'imported' | 'already-there';
  readonly roots: number;
  readonly rootVersion: number;
  readonly roles: readonly string[];
}

/** A mirror and the store that takes it over. `subject` stands in the audit records. */
export interface ImportOptions {
  readonly files: Files;
  readonly directory: string;
  readonly store: MetadataStore;
  readonly at: Date;
  readonly subject: string;
  /** Called with what failed; without it the first failure ends the import. */
  readonly onFailure?: (gun: string, fault: unknown) => void;
}

/** Imports every collection of a mirror, in order of names. Each is stored whole or not at all. */
export async function* importMirror(options: ImportOptions): AsyncGenerator<ImportedCollection> {
  const guns = await findCollections(options.files, `${options.directory}/v2`);
  if (guns.length === 0) throw importFaults.NO_MIRROR({ directory: options.directory });
  for (const gun of guns) {
    try {
      yield await importCollection(gun, options);
    } catch (e) {
      if (options.onFailure === undefined) throw e;
      options.onFailure(gun, e);
    }
  }
}

async function findCollections(files: Files, base: string): Promise<string[]> {
  const guns: string[] = [];
  const walk = async (directory: string, gun: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH || guns.length >= MAX_COLLECTIONS) return;
    for (const entry of (await files.list(directory)) ?? []) {
      if (entry.kind !== 'directory') continue;
      if (entry.name === '_trust' && gun !== '') guns.push(gun);
      else await walk(`${directory}/${entry.name}`, gun === '' ? entry.name : `${gun}/${entry.name}`, depth + 1);
    }
  };
  await walk(base, '', 0);
  return guns.filter(isStorableGun).sort();
}

/** Files of one mirrored collection. */
class Mirror {
  readonly gun: string;
  readonly #files: Files;
  readonly #directory: string;

  constructor(options: ImportOptions, gun: string) {
    this.gun = gun;
    this.#files = options.files;
    this.#directory = `${options.directory}/v2/${gun}/_trust/tuf`;
  }

  find(name: string): Promise<Uint8Array | undefined> {
    return this.#files.read(`${this.#directory}/${name}`, MAX_METADATA_BYTES);
  }

  async read(name: string): Promise<Uint8Array> {
    const bytes = await this.find(name);
    if (bytes === undefined) throw importFaults.FILE_MISSING({ gun: this.gun, file: name });
    return bytes;
  }

  /** By the hash in its name where there is such a file, else by the plain name. */
  async named(role: string, sha256: string | undefined): Promise<Uint8Array | undefined> {
    const hashed = sha256 === undefined ? undefined : await this.find(`${role}.${sha256}.json`);
    return hashed ?? this.find(`${role}.json`);
  }
}

async function importCollection(gun: string, options: ImportOptions): Promise<ImportedCollection> {
  const mirror = new Mirror(options, gun);
  const updates: FileUpdate[] = [];
  const add = (role: string, version: number, bytes: Uint8Array): void => {
    updates.push({ role, version, bytes, sha256: hexSha256(bytes) });
  };
  const roots = await readRootChain(mirror);
  for (const root of roots) add('root', root.payload.version, root.bytes);
  const root = roots[roots.length - 1] as VerifiedRoot;
  const relaxed = { at: options.at, expiry: 'ignore', root: root.payload } as const;

  const timestamp = await checkTimestamp(await mirror.read('timestamp.json'), relaxed);
  const snapshotMeta = timestamp.payload.meta.get('snapshot');
  const snapshotBytes = await mirror.named('snapshot', snapshotMeta && digestHexOf(snapshotMeta, 'sha256'));
  if (snapshotBytes === undefined) throw importFaults.FILE_MISSING({ gun, file: 'snapshot.json' });
  const snapshot = await checkSnapshot(snapshotBytes, { ...relaxed, expected: snapshotMeta });
  checkHashes(root.bytes, 'root', snapshot.payload.meta.get('root'));
  add('timestamp', timestamp.payload.version, timestamp.bytes);
  add('snapshot', snapshot.payload.version, snapshot.bytes);
  for (const file of await readTargets(mirror, snapshot.payload.meta, relaxed)) add(file.role, file.version, file.bytes);

  const roles = updates.filter((u) => u.role !== 'root').map((u) => u.role);
  const done = { gun, roots: roots.length, rootVersion: root.payload.version, roles };
  const existing = await options.store.currentTimestamp(gun);
  if (existing !== undefined) {
    if (existing.file.sha256 !== hexSha256(timestamp.bytes)) throw importFaults.EXISTS({ gun });
    return { ...done, outcome: 'already-there' };
  }
  const detail = { roots: roots.length, root: root.payload.version };
  const audit: AuditEntry = { at: options.at, action: 'import', gun, subject: options.subject, requestId: '', detail };
  await options.store.update(gun, updates, undefined, audit);
  return { ...done, outcome: 'imported' };
}

/** Every root from the oldest that is there without a gap, each signed by the one before it. */
async function readRootChain(mirror: Mirror): Promise<VerifiedRoot[]> {
  const newest = await mirror.read('root.json');
  const { version } = decodeRoot(parseEnvelope(newest));
  const files: Uint8Array[] = [newest];
  for (let v = version - 1; v >= 1 && files.length < MAX_ROOTS; v--) {
    const bytes = await mirror.find(`${v}.root.json`);
    if (bytes === undefined) break;
    files.unshift(bytes);
  }
  const roots: VerifiedRoot[] = [];
  for (const bytes of files) {
    // certificates of old roots have expired by now; what counts is that each root was good in its time and led to the next
    const at = certificateInstant(bytes);
    roots.push(await checkRoot(bytes, { gun: mirror.gun, at, expiry: 'ignore', previous: roots[roots.length - 1] }));
  }
  return roots;
}

/** An instant at which every certificate of the root role had begun. */
function certificateInstant(bytes: Uint8Array): Date {
  const root = decodeRoot(parseEnvelope(bytes));
  let latest = 0;
  for (const id of root.roles.get('root')?.keyIds ?? []) {
    const key = root.keys.get(id);
    if (key?.keytype.endsWith('-x509') !== true) continue;
    latest = Math.max(latest, parseBundle(key.public)[0]?.notBefore.getTime() ?? 0);
  }
  return new Date(latest + 1_000);
}

/** Targets and each delegation of the snapshot that is there and holds. One that is not there was not there for readers either. */
async function readTargets(
  mirror: Mirror,
  meta: ReadonlyMap<string, Parameters<typeof digestHexOf>[0]>,
  relaxed: Parameters<typeof checkTargets>[1],
): Promise<{ role: string; version: number; bytes: Uint8Array }[]> {
  const targetsMeta = meta.get('targets');
  const bytes = await mirror.named('targets', targetsMeta && digestHexOf(targetsMeta, 'sha256'));
  if (bytes === undefined) throw importFaults.FILE_MISSING({ gun: mirror.gun, file: 'targets.json' });
  const top = await checkTargets(bytes, { ...relaxed, expected: targetsMeta });
  const out = [{ role: 'targets', version: top.payload.version, bytes }];
  const loaded = new Map<RoleName, Targets>([[TARGETS, top.payload]]);
  for (const role of [...meta.keys()].filter(isDelegation).sort(compareRoleDepth)) {
    const expected = meta.get(role);
    const file = await mirror.named(role, expected && digestHexOf(expected, 'sha256'));
    if (file === undefined || expected === undefined) continue;
    checkHashes(file, role, expected);
    const version = Number((parseEnvelope(file).signed as { version?: unknown }).version);
    out.push({ role, version, bytes: file });
    if (!isListed(loaded, role)) continue;
    const result = await checkDelegation(file, { ...relaxed, delegation: findDelegation(loaded, role) });
    if (result.verified !== undefined) loaded.set(role, result.verified.payload);
  }
  return out;
}

function isListed(loaded: ReadonlyMap<RoleName, Targets>, role: RoleName): boolean {
  for (const targets of loaded.values()) if (targets.delegations.roles.some((r) => r.name === role)) return true;
  return false;
}
