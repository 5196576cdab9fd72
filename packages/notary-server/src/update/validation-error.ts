// SPDX-License-Identifier: Apache-2.0
import type { GoJsonInput } from '@notary/base/json';

export type ValidationKind = 'ErrValidation' | 'ErrBadHierarchy' | 'ErrBadRoot' | 'ErrBadTargets' | 'ErrBadSnapshot';

/** An update that breaks a rule, in the reference's terms: what a client renders as `The root metadata is invalid: …`. */
export class ValidationError extends Error {
  readonly kind: ValidationKind;
  readonly missing: string | undefined;

  constructor(kind: ValidationKind, message: string, extras: { missing?: string; cause?: unknown } = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ValidationError';
    this.kind = kind;
    this.missing = extras.missing;
  }

  /** The `detail` of `INVALID_UPDATE`. Members stand in the order of Go's structs. */
  detail(): GoJsonInput {
    return { Name: this.kind, Error: this.missing === undefined ? { Msg: this.message } : { Missing: this.missing, Msg: this.message } };
  }
}
