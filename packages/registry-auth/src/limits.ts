// SPDX-License-Identifier: Apache-2.0
/** Every bound of this package, with where it comes from. */

const KIB = 1024;

/** All `WWW-Authenticate` fields of an answer: servers bound a header to 8 or 16 KiB. */
export const MAX_CHALLENGE_LENGTH = 32 * KIB;
/** Challenges in one answer, and parameters in one challenge: two and five are seen. */
export const MAX_CHALLENGES = 16;
export const MAX_CHALLENGE_PARAMETERS = 32;
/** A token answer: two copies of the longest token (`token` and `access_token`), which is what oras allows as well. */
export const MAX_TOKEN_RESPONSE_BYTES = 128 * KIB;
/** An error body of a token server: as one of a registry (oci). */
export const MAX_ERROR_BYTES = 64 * KIB;
/** One token: common servers take 8 to 16 KiB in a header, those in Go 1 MiB for all headers; tokens seen have 1 to 4 KiB. */
export const MAX_TOKEN_LENGTH = 64 * KIB;
/** Scopes of one request: a mount names two repositories. */
export const MAX_SCOPES = 32;
/** Redirects in a row: what Go's client follows. */
export const MAX_REDIRECTS = 10;
/** Bound on the silence of a token server: as for a registry (oci). */
export const TOKEN_TIMEOUT_MS = 60_000;

/** Life of a token whose answer does not say: the token specification's 60 seconds. */
export const DEFAULT_TOKEN_SECONDS = 60;
/** No token is kept longer, whatever the server says: a revoked right must not live on in a file. */
export const MAX_TOKEN_SECONDS = 24 * 60 * 60;
/** A token is not used in its last seconds, so that it does not expire on the way. */
export const EXPIRY_MARGIN_MS = 5_000;
/** Tokens kept for one registry, the newest first: a machine works with a few repositories of it at a time. */
export const MAX_CACHED_TOKENS = 64;
/** The file of one registry's tokens: 64 of 16 KiB. */
export const MAX_CACHE_FILE_BYTES = 1024 * KIB;

/** A credential file; Docker's is a few KiB. */
export const MAX_CONFIG_BYTES = 4 * 1024 * KIB;
/** What a credential helper may print: a credential whose secret is the longest token, escaped as JSON, four times over. */
export const MAX_HELPER_OUTPUT_BYTES = 256 * KIB;
/** A helper may ask its user something: generous, but not for ever. */
export const HELPER_TIMEOUT_MS = 120_000;

/** Tries of one request: the first and four more, whose pauses add up to about two seconds. */
export const MAX_TRIES = 5;
/** Tries while the server cannot be reached: a command should not take long to say that a host is down. */
export const MAX_UNREACHABLE_TRIES = 3;
/** First pause between tries; it doubles, with jitter. */
export const RETRY_PAUSE_MS = 150;
/** Longest pause that we choose ourselves: the doubling from 150 ms stays below it for as many tries as there are. */
export const MAX_RETRY_PAUSE_MS = 5_000;
/** All tries of one request with their pauses, also where a server asks for longer ones. */
export const RETRY_DEADLINE_MS = 60_000;
/** Asking whether a credential is good: three requests in a row (ping, token, ping) with one minute of tries each, and their answers of 128 KiB at most. */
export const PING_DEADLINE_MS = 5 * 60_000;

/** Text of all `Warning` fields of an answer (distribution-spec, "Warnings"). */
export const MAX_WARNING_LENGTH = 4096;
/** Distinct warnings remembered, so that each is shown once: 1 MiB if each is as long as it may be. */
export const MAX_WARNINGS = 256;
/** Errors of one answer that are shown: registries send one or two. */
export const MAX_ERRORS = 16;
/** Text of one of them: a dozen lines of a terminal. */
export const MAX_ERROR_TEXT = 1024;
