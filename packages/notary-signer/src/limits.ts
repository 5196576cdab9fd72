// SPDX-License-Identifier: Apache-2.0
/** Bounds of the signer, each with where it comes from. */

/** Largest message: gRPC's own default of 4 MiB, which the reference leaves in place. Content to sign is a snapshot or a timestamp. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Longest wait for an answer of the signer, in milliseconds: a publisher's client waits 30 s for the whole request. */
export const CALL_TIMEOUT_MS = 10_000;

/** PBES2 iterations of new keys: the reference's. A generated secret has 256 bits; count only helps weak passphrases. */
export const PBES2_ITERATIONS = 8_192;

/** Most iterations a stored key may ask for: above what the reference's own library accepts (1,300,000). */
export const MAX_PBES2_ITERATIONS = 2_000_000;

/** Longest encrypted key: a P-256 or Ed25519 key takes less than 500 bytes. */
export const MAX_JWE_BYTES = 64 * 1024;

/** Decrypted keys kept in memory. One collection has two. */
export const MAX_CACHED_KEYS = 20_000;

/** Longest name of a collection or role: `varchar(255)`. */
export const MAX_NAME_LENGTH = 255;

/** `last_used` is written at a key's first signature and then at most this often, in milliseconds. */
export const LAST_USED_PERIOD_MS = 60 * 60 * 1000;
