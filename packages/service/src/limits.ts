// SPDX-License-Identifier: Apache-2.0
/** Bounds of the service package. Each is an option with this safe value; zero never means unlimited. */

/** A credential in an `Authorization` header. Go's net/http takes 1 MiB of headers in all; 16 KiB holds any token in use. */
export const MAX_AUTHORIZATION_BYTES = 16 * 1024;
/** bcrypt reads 72 bytes of a password and ignores the rest (Provos and Mazières 1999); longer ones are refused, not cut. */
export const MAX_PASSWORD_BYTES = 72;
/** A user file of 1 MiB holds about 12,000 users. */
export const MAX_HTPASSWD_BYTES = 1024 * 1024;
/** bcrypt cost 31 takes days. 15 is about three seconds on a current core, the most a login may be asked to wait. */
export const MAX_BCRYPT_COST = 15;
/** Checks of passwords running side by side: each keeps one core busy for 50 ms and more. */
export const MAX_PASSWORD_CHECKS = 4;
/** Checks waiting for their turn; further ones are told to come back. */
export const MAX_PASSWORD_QUEUE = 64;
/** Remembered credentials: 4096 entries of about 200 bytes stay below 1 MiB. */
export const MAX_REMEMBERED = 4096;
/** How long a correct password is remembered. Long enough for one push of many layers, short enough for a changed password. */
export const REMEMBER_MS = 60_000;
/** How long a wrong password is remembered: spares the processor under a guessing client. */
export const REMEMBER_WRONG_MS = 5_000;
/** Distribution's leeway for the clocks of token server and registry: 60 seconds. */
export const TOKEN_LEEWAY_SECONDS = 60;
/** Entries of a token's `access` claim. */
export const MAX_TOKEN_ACCESS = 256;
/** Certificates in an `x5c` header. Chains in use have two to four. */
export const MAX_TOKEN_CHAIN = 10;
/** Scopes one token request may name. */
export const MAX_TOKEN_SCOPES = 64;
/** Body of a token request (a form with a password or a refresh token). */
export const MAX_TOKEN_FORM_BYTES = 32 * 1024;
/** Time for the form of a token request to arrive: as for the headers of a request. */
export const TOKEN_FORM_TIMEOUT_MS = 12_000;
/** Label combinations of one metric: names from requests must never become labels, this catches the mistake. */
export const MAX_METRIC_SERIES = 2048;
/** Time a health check may take before it counts as failed. */
export const HEALTH_CHECK_TIMEOUT_MS = 5_000;
/** Period of background health checks: as in Notary's server. */
export const HEALTH_PERIOD_MS = 10_000;
/** Requests in flight get this long to end on a graceful stop: below the 30 s after which container runtimes kill. */
export const STOP_GRACE_MS = 20_000;
