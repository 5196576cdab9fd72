// SPDX-License-Identifier: Apache-2.0
/** Bounds of the adapters, each with where it comes from. */

/** Chunk of a streamed file: the high-water mark of the runtimes' own file streams. */
export const FILE_CHUNK_BYTES = 65_536;
/** Files up to this size are read in one synchronous call: a thread hop costs more than reading them. */
export const SYNC_READ_BYTES = 262_144;
/** Pause between two looks at a lock that somebody holds: short for people, cheap for the machine. */
export const LOCK_POLL_MS = 25;
/** A lock file holds one line of JSON written by us; anything longer is not ours. */
export const LOCK_FILE_BYTES = 4_096;
/** A lock whose content is not ours is taken over after this time: somebody may be in the middle of writing it. */
export const LOCK_UNREADABLE_MS = 5_000;
/** An empty lock is taken over after this time. Locks appear with their content; only file systems without hard links have an empty one, for microseconds. */
export const LOCK_EMPTY_MS = 300;
/** How often the taker of a dead holder's lock may have died at the same work itself: four in a row are no accident, and file names grow with each. */
export const LOCK_BREAK_DEPTH = 4;
/** Entries of a lock's folder that are looked through for marks of takers that died. */
export const LOCK_SWEEP_ENTRIES = 10_000;
/** Entries of a folder that are looked through for staged files of dead processes: reading their names takes about 5 ms. */
export const STAGED_SWEEP_ENTRIES = 10_000;
/** Folders that one process looks through: a server with more of them has swept those that matter. */
export const STAGED_SWEEP_DIRECTORIES = 1_000;
/** A staged file of another machine or container is abandoned when nothing was written to it for a day. */
export const STAGED_FOREIGN_SILENCE_MS = 86_400_000;
/** A holder touches its lock this often. */
export const LOCK_HEARTBEAT_MS = 10_000;
/** A holder on another machine or in another container is dead after missing four touches and some clock skew. */
export const LOCK_FOREIGN_SILENCE_MS = 60_000;
/** Header bytes of one request to a listener: what Node and Bun accept by default is 16 KiB. */
export const HEADER_BYTES = 16_384;
/** Header bytes of one answer to a client: Bun stops at about 1 MiB by itself, Go at 10 MiB; long challenges and redirects need a few KiB. */
export const ANSWER_HEADER_BYTES = 262_144;
/** Wait for the answer to the question whether a server speaks plain HTTP, asked after a handshake failed. */
export const DIAGNOSIS_MS = 1_000;
/** One line typed or piped into a prompt: Linux terminals cut at 4,096; pipes may carry more, an access token may be long. */
export const LINE_BYTES = 1_048_576;
/** A bundle of certificate authorities: Debian's is 220 KB. */
export const CA_FILE_BYTES = 16_777_216;
/** Files of SSL_CERT_DIR: Debian has about 300 entries. */
export const CA_DIRECTORY_ENTRIES = 10_000;
/** Bodies up to this size are read or drained in one go: fewer wake-ups, and the connection stays usable for the next request. */
export const SMALL_BODY_BYTES = 65_536;
/** A body may be waited for this long whatever its size: the silence that registries are allowed. */
export const BODY_GRACE_MS = 60_000;
/** After that, its average must reach this: a mobile line at its worst gives ten times as much, and 8 MiB then take half an hour at most. */
export const BODY_BYTES_PER_SECOND = 4_096;
/** Request bodies above this size go out in chunks of it, so that a long upload over a slow line is progress and not silence. */
export const UPLOAD_CHUNK_BYTES = 1_048_576;
/** Idle connections of a listener are closed after this time unless its owner says otherwise: what load balancers expect at least (60 s), doubled. */
export const IDLE_TIMEOUT_MS = 120_000;
/** Request bodies of a listener unless its owner says otherwise: a large image layer. */
export const REQUEST_BODY_BYTES = 10_737_418_240;
/** Bun's timer of a connection runs from the request to the end of the answer: answers above this size go without it, and close. */
export const TIMED_ANSWER_BYTES = 1_048_576;
/** Request headers must be complete after this time (Bun's own is fixed at about 12 s). */
export const HEADERS_TIMEOUT_MS = 12_000;
