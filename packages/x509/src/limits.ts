// SPDX-License-Identifier: Apache-2.0
/** Bounds of this package. */

/** Bytes of one certificate. Real ones have 1 to 3 KiB; the largest ever logged in certificate transparency has about 100 KiB. */
export const MAX_CERTIFICATE_BYTES = 1024 * 1024;
/** Certificates in one file or token. The largest public root bundles hold about 150. */
export const MAX_CERTIFICATES = 1_000;
/** Certificates of one chain. Public chains have at most five; each link costs a signature check. */
export const MAX_CHAIN_LENGTH = 32;
/** Candidate paths tried while a time-stamp chain is built; Go stops after 100 signature checks as well. */
export const MAX_PATH_CHECKS = 100;
/** Signers and attributes of a CMS message. Time-stamp tokens have one signer with three to six attributes. */
export const MAX_CMS_SIGNERS = 8;
export const MAX_CMS_ATTRIBUTES = 64;
