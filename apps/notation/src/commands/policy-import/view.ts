// SPDX-License-Identifier: Apache-2.0
import type { PolicyKind } from '@notary/trust';

export interface PolicyTexts {
  /** As the messages name it. */
  readonly name: string;
  readonly readFailed: string;
  readonly parseFailed: string;
  readonly validateFailed: string;
  readonly writeFailed: string;
}

/** The reference's words for either kind, which do not follow one pattern. */
export function policyTexts(kind: PolicyKind): PolicyTexts {
  const name = kind === 'oci' ? 'OCI trust policy configuration' : 'blob trust policy configuration';
  return {
    name,
    readFailed: `failed to read ${kind === 'oci' ? name : 'blob trust policy file'}: `,
    parseFailed: `failed to parse ${name}: `,
    validateFailed: `failed to validate ${name}: `,
    writeFailed: `failed to write ${name}: `,
  };
}

export const overwriteQuestion = (kind: PolicyKind): string => `The ${policyTexts(kind).name} already exists, do you want to overwrite it?`;
export const overwriteWarning = (kind: PolicyKind): string => `Warning: existing ${policyTexts(kind).name} will be overwritten`;
