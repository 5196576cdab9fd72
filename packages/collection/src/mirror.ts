// SPDX-License-Identifier: Apache-2.0
/**
 * Mirrors: a static copy of a collection that any web server can serve and `file://` can read. What goes in was verified first;
 * files that never change are written before those that do, and the timestamp last, so a reader always finds what it names.
 */
import { equalBytes, type Files, isFault, type Log, silentLog, toHex } from '@notary/base';
import { hash } from '@notary/base/crypto';
import {
  checkRoot,
  type InvalidDelegation,
  MAX_METADATA_BYTES,
  parseEnvelope,
  ROOT,
  type RoleName,
  SNAPSHOT,
  TIMESTAMP,
  type TrustedSet,
  type TrustPins,
  type VerifiedRoot,
} from '@notary/tuf';
import { createMemoryCache } from './cache.ts';
import { mirrorPath } from './file-remote.ts';
import type { Gun } from './gun.ts';
import { MAX_HISTORY } from './limits.ts';
import type { Remote } from './remote.ts';
import { updateCollection } from './update.ts';

/** What is copied from where, and what vouches for it. */
export interface MirrorOptions {
  readonly gun: Gun;
  readonly source: Remote;
  readonly directory: string;
  readonly files: Files;
  readonly at: Date;
  readonly pins: TrustPins;
  /** The root that is trusted already, if there is one: what the trust directory has cached. */
  readonly anchor?: Uint8Array | undefined;
  /** Also copies former versions of targets, delegations and snapshot, as far as the server has them. */
  readonly history?: boolean;
  /** Takes a collection that has expired: the last chance to keep it. */
  readonly expired?: 'refuse' | 'show';
  readonly log?: Log;
}

/** What a copy holds. `expires` is when readers begin to refuse it. */
export interface MirrorReport {
  readonly gun: string;
  readonly rootVersions: number;
  /** Root versions that the source did not have. Readers who stopped at one before them cannot follow. */
  readonly missingRoots: readonly number[];
  readonly written: number;
  /** Was the copy the same already? */
  readonly unchanged: boolean;
  readonly expires: string;
  readonly expired: readonly string[];
}

/** Verifies a collection at its source and copies it. Faults: those of an update. */
export async function mirrorCollection(options: MirrorOptions): Promise<MirrorReport> {
  const { gun, source, at, pins, log = silentLog } = options;
  const cache = createMemoryCache(new Map(options.anchor === undefined ? [] : [[ROOT, options.anchor]]));
  const update = await updateCollection({ gun, at, cache, remote: source, pins, log, expired: options.expired ?? 'refuse' });
  const { set } = update;
  const writer = new MirrorWriter(options);
  const missingRoots = await copyRoots(options, set.root, writer);
  for (const [role, bytes] of listedFiles(set)) await writer.hashed(role, bytes);
  if (options.history === true) await copyHistory(options, set, writer);
  await writer.text('v2/index.html', '{}');
  const current: [string, Uint8Array][] = [[ROOT, set.root.bytes], ...listedFiles(set)];
  for (const [role, bytes] of current) await writer.plain(role, bytes);
  const timestamp = set.timestamp?.bytes as Uint8Array;
  await writer.plain(TIMESTAMP, timestamp);
  return {
    gun,
    rootVersions: set.root.payload.version,
    missingRoots,
    written: writer.written,
    unchanged: writer.written === 0,
    expires: set.timestamp?.payload.expires.text ?? '',
    expired: update.expired.map((f) => String(f.facts.role)),
  };
}

/** Everything that the snapshot names and that was seen, delegations of no force included: witnessing may need them. */
function listedFiles(set: TrustedSet): [string, Uint8Array][] {
  const files: [string, Uint8Array][] = [...set.targets].map(([role, t]) => [role, t.bytes]);
  for (const [role, invalid] of set.invalid as ReadonlyMap<RoleName, InvalidDelegation>) files.push([role, invalid.bytes]);
  if (set.snapshot !== undefined) files.push([SNAPSHOT, set.snapshot.bytes]);
  return files;
}

/** Every root from the first on, each verified against the one before. */
async function copyRoots(options: MirrorOptions, newest: VerifiedRoot, writer: MirrorWriter): Promise<number[]> {
  const { gun, source, at, log = silentLog } = options;
  const missing: number[] = [];
  let previous: VerifiedRoot | undefined;
  for (let version = 1; version < newest.payload.version; version++) {
    try {
      const bytes = await source.get(`${version}.${ROOT}`, MAX_METADATA_BYTES);
      const root = await checkRoot(bytes, { gun, at, previous, minVersion: version, expiry: 'ignore' });
      if (root.payload.version !== version) throw new RangeError(`root ${version} says it is ${root.payload.version}`);
      await writer.versioned(version, ROOT, bytes);
      previous = root;
    } catch (e) {
      if (!isFault(e) && !(e instanceof RangeError)) throw e;
      log.warn(`${gun}: root version ${version} is not copied: ${e.message}`);
      missing.push(version);
      previous = undefined;
    }
  }
  await writer.versioned(newest.payload.version, ROOT, newest.bytes);
  return missing;
}

/** Former versions by number, newest first. Versions may jump, so a missing one does not end it. */
async function copyHistory(options: MirrorOptions, set: TrustedSet, writer: MirrorWriter): Promise<void> {
  const { source } = options;
  const versions = new Map<string, number>([...set.targets].map(([role, t]) => [role, t.payload.version]));
  if (set.snapshot !== undefined) versions.set(SNAPSHOT, set.snapshot.payload.version);
  for (const [role, current] of versions) {
    for (let version = current; version >= 1 && current - version < MAX_HISTORY; version--) {
      try {
        const bytes = await source.get(`${version}.${role}`, MAX_METADATA_BYTES);
        const { signed } = parseEnvelope(bytes);
        if (signed.version === version && signed._type === (role === SNAPSHOT ? 'Snapshot' : 'Targets'))
          await writer.versioned(version, role, bytes);
      } catch (e) {
        if (!isFault(e, 'COLLECTION_METADATA_NOT_FOUND') && !(isFault(e) && e.category === 'malformed')) throw e;
      }
    }
  }
}

/** Writes into a mirror: world-readable, staged outside the served names, skipping what is there already. */
class MirrorWriter {
  readonly #options: MirrorOptions;
  readonly #made = new Set<string>();
  written = 0;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  plain(role: string, bytes: Uint8Array): Promise<void> {
    return this.#write(`${mirrorPath(this.#options.gun)}/${role}.json`, bytes);
  }
  hashed(role: string, bytes: Uint8Array): Promise<void> {
    return this.plain(`${role}.${toHex(hash('SHA-256', bytes))}`, bytes);
  }
  async versioned(version: number, role: string, bytes: Uint8Array): Promise<void> {
    await this.plain(`${version}.${role}`, bytes);
    await this.hashed(role, bytes);
  }
  text(path: string, text: string): Promise<void> {
    return this.#write(path, new TextEncoder().encode(text));
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const { files, directory } = this.#options;
    const target = `${directory}/${path}`;
    const present = await files.read(target, MAX_METADATA_BYTES);
    if (present !== undefined && equalBytes(present, bytes)) return;
    const stagingDir = `${directory}/.mirror`;
    for (const folder of [target.slice(0, target.lastIndexOf('/')), stagingDir]) {
      if (!this.#made.has(folder)) await files.makeDirectory(folder, 0o755);
      this.#made.add(folder);
    }
    await files.writeAtomic(target, bytes, { mode: 0o644, stagingDir });
    this.written++;
  }
}
