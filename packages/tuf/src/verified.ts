// SPDX-License-Identifier: Apache-2.0
/** Metadata whose signatures, version and expiry were checked. Only this package's checks can make one. */
import type { Envelope, Signature } from './envelope.ts';
import type { Payload, Root, Snapshot, Targets, Timestamp } from './metadata.ts';
import type { RoleName } from './role-name.ts';

const proof = Symbol('verified');

/** A verified file: its payload, and the exact bytes that hashes and caches refer to. */
export class VerifiedMetadata<P extends Payload> {
  readonly #proof = true;
  readonly role: RoleName;
  readonly bytes: Uint8Array;
  readonly payload: P;
  readonly signatures: readonly Signature[];
  /** Is the file byte for byte what Go would write? */
  readonly exact: boolean;
  /** Listed key IDs whose signatures were found valid. */
  readonly signedBy: ReadonlySet<string>;

  constructor(token: symbol, role: RoleName, envelope: Envelope, payload: P, signedBy: ReadonlySet<string>) {
    if (token !== proof) throw new TypeError('verified metadata comes from a check');
    this.role = role;
    this.bytes = envelope.bytes;
    this.payload = payload;
    this.signatures = envelope.signatures;
    this.exact = envelope.exact;
    this.signedBy = signedBy;
  }

  /** Was this object made by a check, in this process? */
  static isVerified(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #proof in value && (value as VerifiedMetadata<Payload>).#proof;
  }
}

/** A root that {@link checkRoot} has accepted. */
export type VerifiedRoot = VerifiedMetadata<Root>;
/** A targets file that was accepted. */
export type VerifiedTargets = VerifiedMetadata<Targets>;
/** A snapshot that was accepted. */
export type VerifiedSnapshot = VerifiedMetadata<Snapshot>;
/** A timestamp that was accepted. */
export type VerifiedTimestamp = VerifiedMetadata<Timestamp>;

/** For the checks of this package only: not exported by its entry. */
export const verified = <P extends Payload>(
  role: RoleName,
  envelope: Envelope,
  payload: P,
  signedBy: ReadonlySet<string>,
): VerifiedMetadata<P> => new VerifiedMetadata(proof, role, envelope, payload, signedBy);
