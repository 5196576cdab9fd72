// SPDX-License-Identifier: Apache-2.0
/** Bounds of this package. Each number says where it comes from; none of them can be switched off. */
export const limits = {
  /** A policy document: a statement of 200 bytes for each of five thousand repositories. */
  policyBytes: 1 << 20,
  /** Nesting of a policy document: the format needs five levels (document, statements, statement, signatureVerification, override). */
  policyDepth: 16,
  /** Statements in one document: twice those five thousand. Of the smallest, which skip verification, 1 MiB holds about twenty thousand. */
  policyStatements: 10_000,
  /** One scope: a host and a repository name of 255 characters each, eight times over. Registries refuse names above 255. */
  scopeChars: 4096,
  /** Scopes of one statement that the linter looks at: more than a document of 1 MiB holds of real ones, which take 25 bytes and more. */
  lintedScopes: 50_000,
  /** Text of one distinguished name. RFC 5280's upper bounds (A.1) for the attributes that identities name sum to less than 1 KiB. */
  distinguishedNameChars: 8 * 1024,
  /** Relative names in one distinguished name: certificates in use have fewer than 20. */
  distinguishedNameParts: 64,
  /** A certificate file in a trust store, as large as the one Go's reader is ever fed in practice (system bundles are about 250 KiB). */
  trustStoreFileBytes: 4 << 20,
  /** Files in one named store: each is read for every verification; the largest public bundle holds 150 certificates in one file. */
  trustStoreFiles: 4096,
} as const;
