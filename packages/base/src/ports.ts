// SPDX-License-Identifier: Apache-2.0
/**
 * Ports: everything a library may ask of the outside world. Adapters live in `platform` (real) and `testkit` (fakes);
 * libraries receive ports as arguments and never reach for a runtime global.
 */

/** Wall clock and waiting. Read once per operation, at its start. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Cryptographically secure random bytes. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** Environment variables, read-only. An empty variable is the empty string, an unset one `undefined`. */
export interface Environment {
  get(name: string): string | undefined;
}

/** Members of a log record, beside time, level and message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured diagnostic log. Secrets never go in. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log that drops everything: the default where a caller gives none. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** One HTTP exchange. Redirects are never followed by the port: callers decide about each (`redirect` in oci, TSA and CRL clients). */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, or a stream with `bodyLength` known or chunked when not. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly bodyLength?: number;
  /** Upper bound of the response body in bytes. Reading more is `HTTP_BODY_TOO_LARGE`. Zero does not mean unlimited. */
  readonly maxBytes: number;
  /** Bound on the wait for response headers, and on each silence while the body arrives; milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** An answer, its body unread. Every answer must be read or cancelled: its connection waits for that. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. Several fields of one name are joined by `, ` except in `all`. */
  header(name: string): string | undefined;
  /** All values of a header field, in order, e.g. several `WWW-Authenticate`. May hold one joined value where the runtime joins. */
  headerValues(name: string): readonly string[];
  /** Every header field as received, lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** The whole body, at most `maxBytes`. Call one of `bytes`, `stream`, `cancel`, once. */
  bytes(): Promise<Uint8Array>;
  /** The body in chunks, at most `maxBytes` in total. */
  stream(): AsyncIterable<Uint8Array>;
  /** Lets go of the body without reading it. */
  cancel(): Promise<void>;
}

/** TLS settings of a client. All PEM text. */
export interface TlsClientOptions {
  /** Extra trusted roots, or the only ones when `replaceSystemRoots` is set. */
  readonly ca?: readonly string[];
  readonly replaceSystemRoots?: boolean;
  readonly cert?: string;
  readonly key?: string;
  /** Skips certificate verification: the caller says so in words. */
  readonly unsafeSkipVerify?: boolean;
  readonly serverName?: string;
}

/** One exchange with a server: no redirects, no retries, no credentials of its own. */
export interface Http {
  /** Faults: `HTTP_UNREACHABLE`, `HTTP_TLS_FAILED`, `HTTP_TIMEOUT`, `HTTP_BODY_TOO_LARGE`, `HTTP_ABORTED`. Any status resolves. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** What a name in a directory is, links not followed. */
export type FileKind = 'file' | 'directory' | 'symlink' | 'other';
/** What is known of a file without reading it. */
export interface FileStat {
  readonly kind: FileKind;
  readonly size: number;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
  readonly modifiedAt: Date;
}

/** A held lock on a path. */
export interface FileLock {
  release(): Promise<void>;
}

/** Files. Paths are native strings. Missing files are `undefined` where said so, every other failure is a `FILES_…` fault. */
export interface Files {
  /** Whole file, or `undefined` if there is none. More than `maxBytes` is `FILES_TOO_LARGE`. Follows symlinks. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Chunks of a file from `offset`, `length` bytes at most. */
  readStream(path: string, options?: { offset?: number; length?: number }): AsyncIterable<Uint8Array>;
  /** `lstat`: does not follow a symlink in the last component. `undefined` if absent. */
  stat(path: string): Promise<FileStat | undefined>;
  /**
   * Writes all or nothing: staged, synced, renamed. `stagingDir` (same file system) keeps strays out of directories in
   * which every entry has a meaning; default is the target's directory. `exclusive` fails with `FILES_EXISTS` if the target is there.
   * `durable: false` does not wait for the device: for caches, whose readers have to bear a file that a power cut emptied.
   */
  writeAtomic(
    path: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    options: { mode: number; stagingDir?: string; exclusive?: boolean; durable?: boolean },
  ): Promise<void>;
  /** Names in a directory, sorted by code unit; `undefined` if there is none. */
  list(path: string): Promise<{ name: string; kind: FileKind }[] | undefined>;
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Removes a file or an empty directory; false if it was not there. */
  remove(path: string): Promise<boolean>;
  /** Removes a directory with all it holds. */
  removeTree(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  /** An exclusive lock, waiting at most `waitMs`; a dead holder's lock is taken over. Else `FILES_LOCKED`. */
  lock(path: string, waitMs: number): Promise<FileLock>;
  /** A new private directory (0700) under the system's place for temporary files. */
  makeTemporaryDirectory(prefix: string): Promise<string>;
}

/** How a child process ended, whatever its exit code. */
export interface ProcessResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** Child processes. No shell, ever. `BUN_OPTIONS` and `BUN_BE_BUN` are never inherited. */
export interface Processes {
  /** Faults: `PROCESS_NOT_FOUND`, `PROCESS_NOT_EXECUTABLE`, `PROCESS_OUTPUT_TOO_LARGE`, `PROCESS_TIMEOUT`. A non-zero exit resolves. */
  run(
    file: string,
    args: readonly string[],
    options: {
      stdin?: Uint8Array;
      env?: Readonly<Record<string, string | undefined>>;
      maxOutputBytes: number;
      timeoutMs?: number;
      signal?: AbortSignal;
    },
  ): Promise<ProcessResult>;
}

/** The three standard streams, as a command sees them. */
export interface Terminal {
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns of the terminal, 80 if none. */
  readonly columns: number;
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** One line from standard input without its newline; `undefined` at its end. */
  readLine(): Promise<string | undefined>;
  /**
   * One line without echo on a terminal, a plain line elsewhere; `undefined` at the end. Echo is off when the call returns, so a question
   * is printed after the call and before its answer is awaited.
   */
  readSecret(): Promise<string | undefined>;
  /** All of standard input, at most `maxBytes`. */
  readAll(maxBytes: number): Promise<Uint8Array>;
  /** Waits until what was written has left the process. */
  flush(): Promise<void>;
}

/** A value of a column or a parameter. */
export type SqlValue = string | number | bigint | Uint8Array | Date | null;
/** A row, by name of the column. */
export type SqlRow = Readonly<Record<string, SqlValue>>;
/** Which database it is: statements differ between them. */
export type SqlDialect = 'sqlite' | 'postgres' | 'mysql';

/** Statements on one connection or transaction. Parameters are written `?` in every dialect; adapters translate. */
export interface SqlSession {
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Runs a statement and returns the number of rows it changed. */
  execute(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
}

/** A database. Faults: `SQL_UNAVAILABLE`, `SQL_UNIQUE_VIOLATION`, `SQL_SERIALIZATION`, `SQL_FAILED`. */
export interface Sql extends SqlSession {
  readonly dialect: SqlDialect;
  /** Commits when `work` resolves, rolls back when it rejects. SQLite begins immediate. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where to listen, and with what bounds. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** Idle connections are closed after this time; milliseconds. */
  readonly idleTimeoutMs?: number;
  /** Upper bound of a request body; larger ones are answered 413 by the listener. */
  readonly maxRequestBytes?: number;
  /**
   * Who cuts off a request body that falls silent: the listener (default), or the handler, which then must. Watching a body costs a
   * stream around it, which handlers of large uploads that watch anyway can spare.
   */
  readonly bodyWatch?: 'listener' | 'handler';
}

/** What a handler may ask about the connection. */
export interface ConnectionInfo {
  readonly remoteAddress: string;
  /** Set by a handler whose answer has at most a few tens of kilobytes: the listener then spares itself a look at its length. */
  answerIsSmall?: boolean;
}
/** Answers a request. What it throws is answered 500, without a word of it. */
export type Handler = (request: Request, connection: ConnectionInfo) => Response | Promise<Response>;

/** A listener that accepts connections. */
export interface RunningListener {
  /** `http://127.0.0.1:5000`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Takes new certificates without dropping connections. */
  reloadTls?(tls: { cert: string; key: string; clientCa?: string }): Promise<void>;
  /** Stops accepting, waits for requests in flight at most `graceMs`, then closes. */
  stop(graceMs: number): Promise<void>;
}

/** Serves HTTP from a handler. Faults: `LISTEN_ADDRESS_IN_USE`, `LISTEN_FAILED`, `LISTEN_TLS_INVALID`. */
export interface Listener {
  listen(handler: Handler, options: ListenOptions): Promise<RunningListener>;
}

/** The signals that servers listen to. */
export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2';

/** Signals sent to the process: how a server learns to stop or to read its files again. */
export interface Signals {
  /** Calls `handler` for each of these signals, in place of what the system would do. Returns a function that ends it. */
  on(names: readonly SignalName[], handler: (name: SignalName) => void): () => void;
}
