// SPDX-License-Identifier: Apache-2.0
/** Bounds of this package. The numbers marked "reference" are Notary 0.7.0's (const.go). */

/** Any metadata file: reference `MaxDownloadSize`, 100 MiB. */
export const MAX_METADATA_BYTES = 100 * 1024 * 1024;
/** A timestamp: reference `MaxTimestampSize`, 1 MiB. */
export const MAX_TIMESTAMP_BYTES = 1024 * 1024;
/** A public key from a server: reference `MaxKeySize`, 256 KiB. */
export const MAX_KEY_BYTES = 256 * 1024;
/** Nesting of a metadata file: the format needs 8, custom data gets the rest. Our own; canonical JSON has the same bound. */
export const MAX_JSON_DEPTH = 100;
/** Signatures on one file that are looked at. Our own: a hostile file could hold millions, each a verification. */
export const MAX_SIGNATURES = 1024;
/** Length of a role name: reference `IsDelegation`, a database column of 255 characters. */
export const MAX_ROLE_NAME = 255;
/** Delegations that are walked in one collection. Our own: the tree comes from the publisher and its delegates. */
export const MAX_DELEGATIONS = 4096;
/** Certificates in one key's PEM bundle. Our own; leaf and intermediates, real ones have two or three. */
export const MAX_BUNDLE_CERTIFICATES = 16;
/** Length of a certificate path under a pinned CA. Our own; Go allows 100 signature checks per chain. */
export const MAX_CA_PATH = 8;
/** Largest version: what a database column `int(11)` of the reference's schema holds. */
export const MAX_STORED_VERSION = 2 ** 31 - 1;
/** Roots followed from the trusted one to the newest in one update. Our own: one year of daily rotations, thrice. */
export const MAX_ROOT_ROTATIONS = 1024;

const DAY_MS = 24 * 60 * 60 * 1000;
const YEAR_MS = 365 * DAY_MS;
/** How long what we sign stays valid: reference `NotaryDefaultExpiries`. */
export const DEFAULT_LIFETIME_MS = { root: 10 * YEAR_MS, targets: 3 * YEAR_MS, snapshot: 3 * YEAR_MS, timestamp: 14 * DAY_MS } as const;
