// SPDX-License-Identifier: Apache-2.0
/** The names that Notation uses in OCI manifests (Notary Project specification, "Storage"). The only place where they stand. */

/** Type of a signature artifact. */
export const signatureArtifactType = 'application/vnd.cncf.notary.signature';
/** Thumbprints of the chain, leaf first: a JSON array of lower-case hexadecimal SHA-256 values. A hint to readers, never evidence. */
export const thumbprintAnnotation = 'io.cncf.notary.x509chain.thumbprint#S256';
export const createdAnnotation = 'org.opencontainers.image.created';
/** Prefix that user metadata must not have. */
export const reservedMetadataPrefix = 'io.cncf.notary';
