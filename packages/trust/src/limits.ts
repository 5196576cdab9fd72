// SPDX-License-Identifier: Apache-2.0
/** Bounds of this package. Each number says where it comes from; none of them can be switched off. */
export const limits = {
  /** A policy document. The largest seen in the wild is under 100 KiB; ten times that leaves room for a statement per repository of a large registry. */
  policyBytes: 1 << 20,
  /** Nesting of a policy document: the format needs five levels (document, statements, statement, signatureVerification, override). */
  policyDepth: 16,
  /** Statements in one document: 1 MiB holds no more than about ten thousand of the smallest. */
  policyStatements: 10_000,
  /** Scopes of one statement that the linter looks at: a document of 1 MiB holds about forty thousand of the shortest. */
  lintedScopes: 50_000,
  /** Text of one distinguished name. RFC 5280's upper bounds (ub-*) sum to less than 2 KiB for every attribute once. */
  distinguishedNameChars: 8 * 1024,
  /** Relative names in one distinguished name: certificates in use have fewer than 20. */
  distinguishedNameParts: 64,
  /** A certificate file in a trust store, as large as the one Go's reader is ever fed in practice (system bundles are about 250 KiB). */
  trustStoreFileBytes: 4 << 20,
  /** Files in one named store. */
  trustStoreFiles: 4096,
} as const;
