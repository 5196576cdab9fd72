// SPDX-License-Identifier: Apache-2.0
/** The files that the server makes itself: snapshots, where it holds the key, and timestamps. Hashes are those of stored bytes. */
import { isFault } from '@notary/base';
import {
  createFileMeta,
  DEFAULT_LIFETIME_MS,
  digestHexOf,
  expiryAt,
  type FileMeta,
  isDelegation,
  parentRole,
  type RoleName,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
  type VerifiedRoot,
} from '@notary/tuf';
import { hexSha256 } from '../digest.ts';
import type { SigningService } from '../signing/port.ts';
import { signForRole } from '../signing/sign-role.ts';
import type { FileUpdate } from '../storage/port.ts';
import { ValidationError } from './validation-error.ts';

interface Deps {
  readonly signing: SigningService;
  readonly at: Date;
}

/** A file with what it holds: whoever needs that next has no need to parse the bytes. */
export interface Made<P extends Snapshot | Timestamp = Snapshot | Timestamp> {
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly payload: P;
}

/** Of roots, by the array that holds the bytes, which nobody changes: a root is the same one in update after update. */
const rootMetas = new WeakMap<Uint8Array, FileMeta>();

function metaOfRoot(bytes: Uint8Array): FileMeta {
  let meta = rootMetas.get(bytes);
  if (meta === undefined) {
    meta = createFileMeta(bytes);
    rootMetas.set(bytes, meta);
  }
  return meta;
}

/** A snapshot and its timestamp as files to store. The timestamp knows the snapshot's hash. */
export function filesOf(snapshot: Made<Snapshot>, timestamp: Made<Timestamp>): FileUpdate[] {
  const meta = timestamp.payload.meta.get('snapshot');
  return [
    {
      role: 'snapshot',
      version: snapshot.version,
      bytes: snapshot.bytes,
      sha256: (meta && digestHexOf(meta, 'sha256')) ?? hexSha256(snapshot.bytes),
    },
    { role: 'timestamp', version: timestamp.version, bytes: timestamp.bytes, sha256: hexSha256(timestamp.bytes) },
  ];
}

export interface SnapshotInput {
  readonly root: VerifiedRoot;
  readonly loaded: ReadonlyMap<string, Uint8Array>;
  readonly targets: ReadonlyMap<RoleName, Targets>;
  readonly previous: Snapshot | undefined;
  /** Targets roles that the update brings. */
  readonly changed: readonly RoleName[];
  readonly deps: Deps;
}

/** The next snapshot of an update that brings none. */
export async function makeSnapshot(input: SnapshotInput): Promise<Made<Snapshot>> {
  if (input.previous === undefined && !input.loaded.has('targets'))
    throw new ValidationError('ErrValidation', 'targets must be loaded first');
  const meta = new Map<string, FileMeta>(input.previous?.meta ?? []);
  for (const [role, bytes] of input.loaded) meta.set(role, role === 'root' ? metaOfRoot(bytes) : createFileMeta(bytes));
  dropRemoved(meta, input.changed, input.targets);
  try {
    return await signSnapshot(input.root.payload, meta, input.previous, input.deps);
  } catch (cause) {
    if (!isFault(cause, 'TUF_SIGNATURES_INSUFFICIENT')) throw cause;
    throw new ValidationError(
      'ErrBadHierarchy',
      'no snapshot was included in update and server does not hold current snapshot key for repository',
      {
        missing: 'snapshot',
        cause,
      },
    );
  }
}

/** A delegation that its parent no longer lists goes, with all below it; the reference keeps such entries for ever. */
function dropRemoved(meta: Map<string, FileMeta>, changed: readonly RoleName[], targets: ReadonlyMap<RoleName, Targets>): void {
  for (const parent of changed) {
    const listed = new Set<string>(targets.get(parent)?.delegations.roles.map((r) => r.name));
    for (const role of [...meta.keys()]) {
      if (!isDelegation(role) || parentRole(role) !== parent || listed.has(role)) continue;
      for (const below of [...meta.keys()]) if (below === role || below.startsWith(`${role}/`)) meta.delete(below);
    }
  }
}

async function signSnapshot(
  root: Root,
  meta: ReadonlyMap<string, FileMeta>,
  previous: Snapshot | undefined,
  deps: Deps,
): Promise<Made<Snapshot>> {
  const version = (previous?.version ?? 0) + 1;
  const expires = expiryAt(new Date(deps.at.getTime() + DEFAULT_LIFETIME_MS.snapshot));
  const payload: Snapshot = { type: 'Snapshot', version, expires, meta };
  return { version, bytes: await signForRole(deps.signing, root, 'snapshot', payload), payload };
}

/** The same snapshot with a new version and expiry. Faults: `TUF_SIGNATURES_INSUFFICIENT`, `SIGNING_…`. */
export const renewSnapshot = (root: VerifiedRoot, previous: Snapshot, deps: Deps): Promise<Made<Snapshot>> =>
  signSnapshot(root.payload, new Map(previous.meta).set('root', metaOfRoot(root.bytes)), previous, deps);

/** The next timestamp over a snapshot's bytes. Faults: `TUF_SIGNATURES_INSUFFICIENT`, `SIGNING_…`. */
export async function renewTimestamp(
  root: Root,
  snapshot: Uint8Array,
  previous: Timestamp | undefined,
  deps: Deps,
): Promise<Made<Timestamp>> {
  const version = (previous?.version ?? 0) + 1;
  const expires = expiryAt(new Date(deps.at.getTime() + DEFAULT_LIFETIME_MS.timestamp));
  const meta = new Map<string, FileMeta>(previous?.meta ?? []).set('snapshot', createFileMeta(snapshot));
  const payload: Timestamp = { type: 'Timestamp', version, expires, meta };
  return { version, bytes: await signForRole(deps.signing, root, 'timestamp', payload), payload };
}

/** The timestamp of an update. */
export async function makeTimestamp(input: {
  readonly root: Root;
  readonly snapshot: Uint8Array;
  readonly previous: Timestamp | undefined;
  readonly deps: Deps;
}): Promise<Made<Timestamp>> {
  try {
    return await renewTimestamp(input.root, input.snapshot, input.previous, input.deps);
  } catch (cause) {
    if (!isFault(cause, 'TUF_SIGNATURES_INSUFFICIENT')) throw cause;
    throw new ValidationError('ErrBadRoot', 'no timestamp keys exist on the server', { cause });
  }
}
