// SPDX-License-Identifier: Apache-2.0
/**
 * Judges an update against the stored state, in the reference's order: root, targets and delegations by depth, snapshot, then the
 * timestamp that the server makes. The result is the whole set of files to store; nothing is stored here.
 */
import { isFault } from '@notary/base';
import {
  checkDelegation,
  checkHashes,
  checkRoot,
  checkSnapshot,
  checkTargets,
  compareRoleDepth,
  findDelegation,
  isTargetsRole,
  parentRole,
  type RoleName,
  requireDelegation,
  type Snapshot,
  TARGETS,
  type Targets,
  type VerifiedRoot,
} from '@notary/tuf';
import { hexSha256 } from '../digest.ts';
import { MAX_FIRST_VERSION, MAX_INT32, MAX_VERSION_STEP } from '../limits.ts';
import type { CurrentState, MadePayloads } from '../read/current.ts';
import type { SigningService } from '../signing/port.ts';
import type { FileUpdate } from '../storage/port.ts';
import { filesOf, type Made, makeSnapshot, makeTimestamp } from './generate.ts';
import type { RootMemory } from './root-memory.ts';
import { ValidationError, type ValidationKind } from './validation-error.ts';

/** One uploaded file. `version` is what the file says of itself; 0 if nothing. */
export interface Upload {
  readonly role: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

export interface ValidationDeps {
  readonly signing: SigningService;
  readonly roots: RootMemory;
  readonly at: Date;
}

/** The loaded part of a collection while it is judged. */
interface Judged {
  readonly root: VerifiedRoot;
  /** Bytes of every root and targets file that was loaded, uploaded or stored: a snapshot must have their hashes. */
  readonly loaded: Map<string, Uint8Array>;
  readonly targets: Map<RoleName, Targets>;
}

/** What an update comes to: the files to store, and what the newest snapshot and timestamp among them hold. */
export interface JudgedUpdate {
  readonly files: readonly FileUpdate[];
  readonly made: MadePayloads;
}

/** The files to store. Throws {@link ValidationError} for what the publisher did wrong, faults for what the server cannot do. */
export async function validateUpdate(
  gun: string,
  uploads: ReadonlyMap<string, Upload>,
  state: CurrentState | undefined,
  deps: ValidationDeps,
): Promise<JudgedUpdate> {
  const out: FileUpdate[] = [];
  const accept = (upload: Upload): void => {
    out.push({ ...upload, sha256: hexSha256(upload.bytes) });
  };
  const root = await judgeRoot(gun, uploads.get('root'), state, deps);
  const rootUpload = uploads.get('root');
  if (rootUpload !== undefined) accept(rootUpload);
  const judged: Judged = { root, loaded: new Map([['root', root.bytes]]), targets: new Map() };

  const roles = [...uploads.keys()].filter(isTargetsRole).sort(compareRoleDepth);
  for (const role of roles) {
    await loadAncestors(role, judged, state, deps.at);
    await judgeStep('ErrBadTargets', uploads.get(role) as Upload, state);
    accept(await judgeTargets(role, uploads.get(role) as Upload, judged, deps.at));
  }
  const uploaded = uploads.get('snapshot');
  if (uploaded !== undefined) await judgeStep('ErrBadSnapshot', uploaded, state);
  const snapshot =
    uploaded === undefined
      ? await makeSnapshot({ ...judged, previous: state && (await state.snapshot()).payload, changed: roles, deps })
      : await judgeSnapshot(uploaded, judged, deps.at);
  const timestamp = await makeTimestamp({ root: root.payload, snapshot: snapshot.bytes, previous: state?.timestamp.payload, deps });
  return { files: [...out, ...filesOf(snapshot, timestamp)], made: { snapshot: snapshot.payload, timestamp: timestamp.payload } };
}

/** Runs a check whose faults are the publisher's mistakes of this kind. Faults that are the server's own pass through. */
async function blame<T>(kind: ValidationKind, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (cause) {
    if (!isFault(cause) || cause.category === 'unavailable' || cause.category === 'internal') throw cause;
    throw new ValidationError(kind, cause.message, { cause });
  }
}

/** The stored root must hold by itself; it may have expired, its certificate may not. */
async function judgeRoot(
  gun: string,
  upload: Upload | undefined,
  state: CurrentState | undefined,
  deps: ValidationDeps,
): Promise<VerifiedRoot> {
  const { at } = deps;
  const file = state?.file('root');
  const stored = file instanceof Promise ? await file : file;
  const root = stored && deps.roots.check(gun, stored, at);
  const current = root instanceof Promise ? await root : root;
  if (upload === undefined) {
    if (current === undefined) throw new ValidationError('ErrValidation', 'no pre-existing root and no root provided in update.');
    return current;
  }
  const version = current?.payload.version ?? 1;
  if (upload.version !== version && upload.version !== version + 1) {
    throw new ValidationError('ErrBadRoot', `Root modifications must increment the version. Current ${version}, new ${upload.version}`);
  }
  return blame('ErrBadRoot', () => checkRoot(upload.bytes, { gun, at, previous: current, minVersion: version }));
}

/** Stored ancestors that the update does not bring. One that is missing is left out: the role below then has no delegation. */
async function loadAncestors(role: RoleName, judged: Judged, state: CurrentState | undefined, at: Date): Promise<void> {
  const missing: RoleName[] = [];
  for (let ancestor = role; ancestor !== TARGETS; ) {
    ancestor = parentRole(ancestor);
    if (!judged.targets.has(ancestor)) missing.push(ancestor);
  }
  for (const ancestor of missing.reverse()) {
    const file = await state?.file(ancestor);
    if (file === undefined) continue;
    const options = { at, expiry: 'ignore' } as const;
    if (ancestor === TARGETS) {
      judged.targets.set(ancestor, (await checkTargets(file.bytes, { ...options, root: judged.root.payload })).payload);
    } else {
      const result = await checkDelegation(file.bytes, { ...options, delegation: findDelegation(judged.targets, ancestor) });
      if (result.fault !== undefined) throw result.fault;
      judged.targets.set(ancestor, result.verified.payload);
    }
    judged.loaded.set(ancestor, file.bytes);
  }
}

/** Of the file that the snapshot names; one that has gone missing is no reason to refuse the update that brings a new one. */
async function storedVersion(role: string, state: CurrentState | undefined): Promise<number | undefined> {
  try {
    return (await state?.file(role))?.version;
  } catch (e) {
    if (isFault(e, 'STORE_TORN')) return undefined;
    throw e;
  }
}

/** A version must leave room for those after it. One that the schema cannot hold at all is the store's to refuse. */
async function judgeStep(kind: ValidationKind, { role, version }: Upload, state: CurrentState | undefined): Promise<void> {
  const stored = await storedVersion(role, state);
  const most = stored === undefined ? MAX_FIRST_VERSION : stored + MAX_VERSION_STEP;
  if (version <= most || version > MAX_INT32) return;
  throw new ValidationError(kind, `version ${version} of ${role} is too far ahead: at most ${most} may follow ${stored ?? 'nothing'}`);
}

async function judgeTargets(role: RoleName, upload: Upload, judged: Judged, at: Date): Promise<Upload> {
  const targets = await blame('ErrBadTargets', async () => {
    if (role === TARGETS) return checkTargets(upload.bytes, { at, root: judged.root.payload });
    if (!judged.targets.has(TARGETS)) throw new ValidationError('ErrBadTargets', 'targets must be loaded first');
    return requireDelegation(upload.bytes, { at, delegation: findDelegation(judged.targets, role) });
  });
  judged.targets.set(role, targets.payload);
  judged.loaded.set(role, upload.bytes);
  return { role, version: targets.payload.version, bytes: upload.bytes };
}

async function judgeSnapshot(upload: Upload, judged: Judged, at: Date): Promise<Made<Snapshot>> {
  return blame('ErrBadSnapshot', async () => {
    const snapshot = await checkSnapshot(upload.bytes, { at, root: judged.root.payload });
    for (const [role, bytes] of judged.loaded) checkHashes(bytes, role, snapshot.payload.meta.get(role));
    return { bytes: upload.bytes, version: snapshot.payload.version, payload: snapshot.payload };
  });
}
