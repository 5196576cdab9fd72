// SPDX-License-Identifier: Apache-2.0
/** Bounds of the database adapters. */

/** Longest wait for a new connection, in milliseconds: a client's own dial timeout in the reference is 30 s, its ping 5 s. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Longest run of one statement, in milliseconds. A server whose database hangs must answer before its clients give up (30 s). */
export const STATEMENT_TIMEOUT_MS = 20_000;

/** Connections of one pool. PostgreSQL's default `max_connections` is 100: ten servers fit. */
export const MAX_CONNECTIONS = 10;

/** Idle pooled connections are closed after this time, in milliseconds. */
export const IDLE_TIMEOUT_MS = 60_000;

/** How long a SQLite writer waits for another process to finish its transaction, in milliseconds. */
export const SQLITE_BUSY_MS = 15_000;

/** Transactions that one SQLite commit takes together: more gain nothing, and a failing disk would fail them all. */
export const MAX_GROUP = 64;

/** Prepared SQLite statements kept. The project's own statements number a few dozen; batch sizes are rounded up. */
export const MAX_PREPARED = 256;
