// SPDX-License-Identifier: Apache-2.0
/**
 * One check per role, in the order of the reference's builder: digest, syntax, signatures, structure, version, expiry.
 * The client's trusted set and the server's validation of uploads both consist of these.
 */
import { type Fault, isFault } from '@notary/base';
import type { Delegation } from './delegation-tree.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { checkHashes, type FileMeta } from './file-meta.ts';
import { type Common, decodeSnapshot, decodeTargets, decodeTimestamp, type Payload, type Root, type Targets } from './metadata.ts';
import { type RoleName, SNAPSHOT, TARGETS, TIMESTAMP } from './role-name.ts';
import { type VerifiedMetadata, type VerifiedSnapshot, type VerifiedTargets, type VerifiedTimestamp, verified } from './verified.ts';
import { checkExpiry, checkSignatures, checkVersion, rootSigners } from './verify.ts';

/** How a file of a role is judged. */
export interface RoleCheck {
  readonly at: Date;
  /** Default 1. */
  readonly minVersion?: number;
  /** Default `enforce`. */
  readonly expiry?: 'enforce' | 'ignore';
  /** Digests that the bytes must have; without it they are the caller's business. */
  readonly expected?: FileMeta | undefined;
}
/** For roles whose keys the root lists. */
export interface BaseRoleCheck extends RoleCheck {
  readonly root: Root;
  /**
   * What an earlier check of these very bytes under this very root gave: their signatures are not checked again. Digests, version and
   * expiry are. Anything else is as good as nothing.
   */
  readonly proof?: VerifiedMetadata<Payload> | undefined;
}

/** The root whose keys were found to have signed. */
const provenUnder = new WeakMap<VerifiedMetadata<Payload>, Root>();

/** Faults of all checks: those of parsing, `TUF_CHECKSUM_MISMATCH`, `TUF_NO_SIGNATURES`, `TUF_THRESHOLD`, `TUF_METADATA_INVALID`, `TUF_VERSION_LOW`, `TUF_EXPIRED`. */
export const checkTimestamp = (bytes: Uint8Array, check: BaseRoleCheck): Promise<VerifiedTimestamp> =>
  checkBaseRole(bytes, TIMESTAMP, decodeTimestamp, check);
/** Judges a snapshot by the keys that the root lists. Faults: `TUF_…`. */
export const checkSnapshot = (bytes: Uint8Array, check: BaseRoleCheck): Promise<VerifiedSnapshot> =>
  checkBaseRole(bytes, SNAPSHOT, decodeSnapshot, check);
/** Judges the top-level targets by the keys that the root lists. Faults: `TUF_…`. */
export const checkTargets = (bytes: Uint8Array, check: BaseRoleCheck): Promise<VerifiedTargets> =>
  checkBaseRole(bytes, TARGETS, (e) => decodeTargets(e, TARGETS), check);

async function checkBaseRole<P extends Payload>(
  bytes: Uint8Array,
  role: RoleName,
  decode: (envelope: Envelope) => P,
  check: BaseRoleCheck,
): Promise<VerifiedMetadata<P>> {
  if (check.expected !== undefined) checkHashes(bytes, role, check.expected);
  const { proof } = check;
  if (proof !== undefined && proof.bytes === bytes && proof.role === role && provenUnder.get(proof) === check.root) {
    checkAge(proof.payload, role, check);
    return proof as VerifiedMetadata<P>;
  }
  const envelope = parseEnvelope(bytes);
  const signedBy = await checkSignatures(envelope, rootSigners(check.root, role));
  const payload = decode(envelope);
  checkAge(payload, role, check);
  const metadata = verified(role, envelope, payload, signedBy);
  provenUnder.set(metadata, check.root);
  return metadata;
}

function checkAge(payload: Common, role: RoleName, check: RoleCheck): void {
  checkVersion(payload, role, check.minVersion ?? 1);
  if (check.expiry !== 'ignore') checkExpiry(payload, role, check.at);
}

/** How a file of a delegation is judged: by the keys that its parent lists. */
export interface DelegationCheck extends RoleCheck {
  readonly delegation: Delegation;
}
/** A delegation is verified, or well formed and of no force: below its threshold or expired. */
export type DelegationResult =
  | { readonly verified: VerifiedTargets; readonly fault?: undefined }
  | { readonly verified?: undefined; readonly fault: Fault; readonly payload: Targets };

/** As {@link checkTargets}, but structure and version come first and a missed threshold or expiry is a result, not a throw. */
export async function checkDelegation(bytes: Uint8Array, check: DelegationCheck): Promise<DelegationResult> {
  const { role, signers } = check.delegation;
  if (check.expected !== undefined) checkHashes(bytes, role, check.expected);
  const envelope = parseEnvelope(bytes);
  const payload = decodeTargets(envelope, role);
  checkVersion(payload, role, check.minVersion ?? 1);
  try {
    const signedBy = await checkSignatures(envelope, signers);
    if (check.expiry !== 'ignore') checkExpiry(payload, role, check.at);
    return { verified: verified(role, envelope, payload, signedBy) };
  } catch (fault) {
    if (isFault(fault, 'TUF_THRESHOLD', 'TUF_EXPIRED')) return { fault, payload };
    throw fault;
  }
}

/** As {@link checkDelegation}, throwing every fault: what a server wants of an upload. */
export async function requireDelegation(bytes: Uint8Array, check: DelegationCheck): Promise<VerifiedTargets> {
  const result = await checkDelegation(bytes, check);
  if (result.fault !== undefined) throw result.fault;
  return result.verified;
}
