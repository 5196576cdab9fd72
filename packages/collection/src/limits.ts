// SPDX-License-Identifier: Apache-2.0
/** Bounds of this package. "Reference" is Notary 0.7.0. */

/** Error bodies of a server: reference `MaxErrorResponseSize`. */
export const MAX_ERROR_BYTES = 1024;
/** A private key file. Our own: an RSA-4096 key in PEM has about 3.4 KiB. */
export const MAX_KEY_FILE_BYTES = 64 * 1024;
/** A file to import with many keys in it. Our own. */
export const MAX_IMPORT_BYTES = 4 * 1024 * 1024;
/** One staged change. Our own: a target's custom data, or a set of delegation keys with certificates. */
export const MAX_CHANGE_BYTES = 16 * 1024 * 1024;
/** Staged changes in one list. Our own; benchmarks publish a thousand at once. */
export const MAX_CHANGES = 100_000;
/** Configuration and pin files. Our own. */
export const MAX_CONFIG_BYTES = 1024 * 1024;
/** Wait for a lock of the trust directory. Our own: a publish over a slow line takes a few seconds. */
export const LOCK_WAIT_MS = 30_000;
/** Silence of a server: reference dial timeout, 30 s. */
export const HTTP_TIMEOUT_MS = 30_000;
/** Publishing again after somebody else was faster. Our own. */
export const MAX_PUBLISH_ATTEMPTS = 8;
/** First pause before publishing again; doubled each time and spread at random. Our own. */
export const PUBLISH_PAUSE_MS = 50;
/** Wrong passphrases before giving up: reference `attempts > 10`. */
export const MAX_PASSPHRASE_ATTEMPTS = 10;
/** Files fetched side by side. Our own: enough to hide latency, polite to a server. */
export const MAX_PARALLEL_FETCHES = 8;
/** Length of a GUN: reference database column. */
export const MAX_GUN = 255;
/** PBKDF2 rounds of key files. OWASP's figure for 2023 is 600,000 with SHA-256; the format fixes HMAC-SHA1. The reference wrote 2,048. */
export const KEY_FILE_ITERATIONS = 600_000;
/** Salt of key files: reference, 8 bytes. Its reader takes any length. */
export const KEY_FILE_SALT_BYTES = 8;
/** Versions of one role taken into a mirror's history. Our own. */
export const MAX_HISTORY = 10_000;
/** Collections in one mirror list. Our own. */
export const MAX_MIRROR_LIST = 100_000;
/** Pause between two collections of a list, so that a server that closes can serve everybody. Our own. */
export const MIRROR_PAUSE_MS = 200;
/** Longest pause that a server's Retry-After can ask for. Our own. */
export const MAX_RETRY_AFTER_MS = 120_000;
