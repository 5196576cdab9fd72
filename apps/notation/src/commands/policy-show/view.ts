// SPDX-License-Identifier: Apache-2.0
import type { PolicyKind } from '@notary/trust';

const SPECIFICATION =
  'https://github.com/notaryproject/specifications/blob/8cf800c60b7315a43f0adbcae463d848a353b412/specs/trust-store-trust-policy.md';

export const oldPolicyWarning =
  'Warning: old trust policy `trustpolicy.json` is deprecated; please update the trust policy configuration via `notation policy import`.';

export const missingPolicyText = (kind: PolicyKind): string =>
  kind === 'oci'
    ? 'failed to show OCI trust policy as it does not exist.\nYou can import one using `notation policy import <path-to-policy.json>`'
    : 'failed to show blob trust policy as the configuration does not exist.\nYou can import one using `notation blob policy import <path-to-policy.json>`';

export const invalidPolicyNotice = (kind: PolicyKind): string =>
  kind === 'oci'
    ? `Existing OCI trust policy configuration is invalid, you may update or create a new one via \`notation policy import <path-to-policy.json>\`. See ${SPECIFICATION}#trust-policy-for-oci-artifacts for a trust policy example.`
    : `Existing blob trust policy configuration is invalid, you may update or create a new one via \`notation blob policy import <path-to-policy.json>\`. See ${SPECIFICATION}#trust-policy-for-blobs for a blob trust policy example.`;
