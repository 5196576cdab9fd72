// SPDX-License-Identifier: Apache-2.0
/** Bounds of the server, each with where it comes from. */

/** Largest body of an update: the client downloads no metadata file above 100 MiB (reference), and an update holds a few. */
export const MAX_UPDATE_BYTES = 128 * 1024 * 1024;

/** Largest single metadata file: the reference's `MaxDownloadSize`. A larger one could be stored but never fetched. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024;

/** Parts in one update: root, snapshot, targets and delegations. Docker's scheme has one delegation per signer. */
export const MAX_PARTS = 1_000;

/** Header bytes of one part. Names are shorter than 256 bytes. */
export const MAX_PART_HEADER_BYTES = 8 * 1024;

/** Longest collection name in characters: `varchar(255)` in the database. */
export const MAX_GUN_LENGTH = 255;

/** Longest path of a request in characters: collection name and role, every byte of them escaped. */
export const MAX_PATH_LENGTH = 8 * 1024;

/** Changes per page when the caller asks for 0: the reference's `DefaultPageSize`. */
export const DEFAULT_CHANGES = 100;

/** Changes per page at most, whatever the caller asks for. */
export const MAX_CHANGES = 10_000;

/** Integer columns of the schema are 32 bits wide. */
export const MAX_INT32 = 2_147_483_647;

/**
 * How far ahead of the stored version a new one may be. Our own: publishers count by one. Without it, whoever holds a key for a moment
 * can store the largest version that the schema holds, and nobody ever publishes that role again (TUF-01-002 of the audit of 2018).
 */
export const MAX_VERSION_STEP = 10_000;

/** First version of a role at most: half of what the schema holds, for collections that move here with their history. Our own. */
export const MAX_FIRST_VERSION = 2 ** 30;

/** Error bodies above this size are replaced by a generic text in the reference's client. */
export const MAX_ERROR_BODY_BYTES = 1_024;

/** Collections whose heads are asked for in one query. */
export const MAX_HEADS_PER_QUERY = 64;

/** Times an update is judged again because another server stored one meanwhile. */
export const MAX_UPDATE_ATTEMPTS = 8;

/** Bytes of metadata the read cache holds by default. */
export const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;

/** A timestamp is signed again when less than this is left of its life, so that readers never meet an expired one. */
export const RESIGN_LEAD_MS = 24 * 60 * 60 * 1000;

/** … but never more than this part of the whole life, for timestamps with a short one. */
export const RESIGN_LEAD_FRACTION = 0.25;

/** Memory that the bodies of updates may take together: a few of the largest, or thousands of ordinary ones. */
export const MAX_BODIES_TOTAL_BYTES = 512 * 1024 * 1024;

/** Silence of a sender in the middle of a body, in milliseconds: as long as idle connections are kept. */
export const BODY_SILENCE_MS = 120_000;

/** Collections whose expiry is reported as metrics. */
export const MAX_EXPIRY_METRICS = 5_000;
