// SPDX-License-Identifier: Apache-2.0
/**
 * SQLite through `node:sqlite` (Node 22.13 and later, and Bun, compiled executables included).
 *
 * A file is opened twice: one connection writes, one reads, in WAL mode, so that reads outside a transaction see committed
 * data only and never wait for a writer. `synchronous` is FULL: an acknowledged commit survives the loss of power.
 */
import { type Clock, isFault, type Sql, type SqlRow, type SqlSession, type SqlValue } from '@notary/base';
import { describeDriverError, sqlFaults } from './faults.ts';
import { MAX_GROUP, MAX_PREPARED, SQLITE_BUSY_MS } from './limits.ts';
import { createMutex } from './mutex.ts';

/** The part of `node:sqlite` in use. */
interface Statement {
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number | bigint };
}
interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}
interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => Database;
}

/** Is there an SQLite in this runtime? */
export const hasSqlite = (): boolean => sqliteModule() !== undefined;

function sqliteModule(): SqliteModule | undefined {
  try {
    return (process.getBuiltinModule as (name: string) => unknown)('node:sqlite') as SqliteModule | undefined;
  } catch {
    return undefined; // a runtime without the module throws for its name
  }
}

function toDriver(value: SqlValue): unknown {
  if (value instanceof Date) return value.toISOString();
  return value;
}

function translate(e: unknown): Error {
  const facts = describeDriverError(e);
  if (/UNIQUE constraint|PRIMARY KEY constraint/i.test(facts.detail)) return sqlFaults.UNIQUE_VIOLATION(facts, { cause: e });
  if (isBusy(e)) return sqlFaults.SERIALIZATION(facts, { cause: e });
  if (/unable to open|disk I\/O|disk is full|readonly database|not a database/i.test(facts.detail))
    return sqlFaults.UNAVAILABLE(facts, { cause: e });
  return sqlFaults.FAILED(facts, { cause: e });
}

const isBusy = (e: unknown): boolean => e instanceof Error && /database (table )?is locked|database is busy/i.test(e.message);

/** One connection with its prepared statements, least recently used dropped first. */
class Connection implements SqlSession {
  readonly #database: Database;
  readonly #prepared = new Map<string, Statement>();
  #version: Statement | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  #statement(sql: string): Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (this.#prepared.size >= MAX_PREPARED) this.#prepared.delete(this.#prepared.keys().next().value as string);
    } else this.#prepared.delete(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  all(sql: string, parameters: readonly SqlValue[] = []): readonly SqlRow[] {
    return this.#statement(sql).all(...parameters.map(toDriver)) as SqlRow[];
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** SQLite's counter of commits by other connections. The statement is kept apart: this is asked with every cached read. */
  dataVersion(): number {
    this.#version ??= this.#database.prepare('PRAGMA data_version');
    return (this.#version.get() as { data_version: number }).data_version;
  }

  async query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    try {
      return this.all(sql, parameters);
    } catch (e) {
      throw translate(e);
    }
  }

  async execute(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    try {
      return Number(this.#statement(sql).run(...parameters.map(toDriver)).changes);
    } catch (e) {
      throw translate(e);
    }
  }

  close(): void {
    this.#prepared.clear();
    this.#version = undefined;
    this.#database.close();
  }
}

/** An SQLite database with a token that changes with every commit of any connection, this process's own included. */
export interface SqliteSql extends Sql {
  /** Changes whenever committed content may have changed. Synchronous and cheap: SQLite's `data_version`. */
  changeToken(): number;
}

/** One transaction that waits for its group. */
interface Job {
  readonly work: (session: SqlSession) => Promise<unknown>;
  readonly settle: { resolve(value: unknown): void; reject(e: unknown): void };
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Transactions that arrive together are committed together: each is a savepoint of one transaction, succeeds or fails by itself, and
 * is acknowledged after the one sync that all of them share. A crash before it loses them all, and nobody was told otherwise.
 */
class Groups {
  readonly #writer: Connection;
  readonly #retry: (step: () => void) => Promise<void>;
  #waiting: Job[] = [];

  constructor(writer: Connection, retry: (step: () => void) => Promise<void>) {
    this.#writer = writer;
    this.#retry = retry;
  }

  /** `true` if the caller has to see to it that {@link run} is called. */
  add(job: Job): boolean {
    return this.#waiting.push(job) === 1;
  }

  /** Runs and commits all who wait. Never rejects. */
  async run(): Promise<void> {
    // who comes from here on, or finds no room, is of the next group
    const jobs = this.#waiting.splice(0, MAX_GROUP);
    if (jobs.length === 0) return;
    const outcomes: Outcome[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#retry(() => this.#writer.exec('BEGIN IMMEDIATE'));
      for (const job of jobs) outcomes.push(await this.#one(job, jobs.length > 1));
      if (outcomes.every((o) => 'error' in o)) rollback(this.#writer);
      else await this.#retry(() => this.#writer.exec('COMMIT'));
    } catch (e) {
      rollback(this.#writer);
      failure = { error: isFault(e) ? e : translate(e) };
    }
    jobs.forEach(({ settle }, i) => {
      // without the commit nothing holds, not even a refusal: it may rest on what another one of the group had written
      const outcome = failure ?? (outcomes[i] as Outcome);
      if ('error' in outcome) settle.reject(outcome.error);
      else settle.resolve(outcome.value);
    });
  }

  /** Throws if the whole transaction is gone. */
  async #one(job: Job, grouped: boolean): Promise<Outcome> {
    if (grouped) this.#writer.exec('SAVEPOINT one');
    try {
      const value = await job.work(this.#writer);
      if (grouped) this.#writer.exec('RELEASE one');
      return { value };
    } catch (error) {
      if (grouped) {
        try {
          this.#writer.exec('ROLLBACK TO one; RELEASE one');
        } catch (gone) {
          throw isFault(error) ? error : gone; // SQLite has given up the whole transaction, on a full disk for example
        }
      }
      return { error: isBusy(error) ? translate(error) : error };
    }
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }
}

/** Opens (and creates) the database file; `:memory:` lives as long as the object. */
export async function openSqlite(path: string, clock: Pick<Clock, 'now' | 'sleep'>): Promise<SqliteSql> {
  const module = sqliteModule();
  if (module === undefined) throw sqlFaults.SQLITE_MISSING();
  const inMemory = path === ':memory:';
  try {
    const writer = new Connection(new module.DatabaseSync(path));
    writer.exec('PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 50');
    await retryWhileBusy(clock, () => writer.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL'));
    const reader = inMemory ? writer : new Connection(new module.DatabaseSync(path));
    if (!inMemory) reader.exec('PRAGMA busy_timeout = 50; PRAGMA query_only = ON');
    return createSql(writer, reader, clock, inMemory);
  } catch (e) {
    throw translate(e);
  }
}

/** Runs `step` until another process lets go of the file. The event loop is never blocked longer than SQLite's own 50 ms. */
async function retryWhileBusy<T>(clock: Pick<Clock, 'now' | 'sleep'>, step: () => T): Promise<T> {
  const deadline = clock.now().getTime() + SQLITE_BUSY_MS;
  for (;;) {
    try {
      return step();
    } catch (e) {
      if (!isBusy(e) || clock.now().getTime() >= deadline) throw e;
      await clock.sleep(10);
    }
  }
}

function createSql(writer: Connection, reader: Connection, clock: Pick<Clock, 'now' | 'sleep'>, inMemory: boolean): SqliteSql {
  const mutex = createMutex();
  let ownWrites = 0;
  const groups = new Groups(writer, (step) => retryWhileBusy(clock, step));
  const runGroup = async (): Promise<void> => {
    await groups.run();
    ownWrites++;
    if (!groups.isEmpty) setImmediate(() => void mutex(runGroup));
  };

  return {
    dialect: 'sqlite',
    query: (sql, parameters) => (inMemory ? mutex(() => writer.query(sql, parameters)) : reader.query(sql, parameters)),
    execute: (sql, parameters) =>
      mutex(async () => {
        ownWrites++;
        const deadline = clock.now().getTime() + SQLITE_BUSY_MS;
        for (;;) {
          try {
            return await writer.execute(sql, parameters);
          } catch (e) {
            if (!isBusy((e as Error).cause) || clock.now().getTime() >= deadline) throw e;
            await clock.sleep(10);
          }
        }
      }),
    transaction: <T>(work: (session: SqlSession) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const first = groups.add({ work, settle: { resolve: (value) => resolve(value as T), reject } });
        // requests that have arrived get to their own transactions before this one begins
        if (first) setImmediate(() => void mutex(runGroup));
      }),
    changeToken: () => (inMemory ? ownWrites : reader.dataVersion()),
    close: () =>
      mutex(async () => {
        while (!groups.isEmpty) await groups.run();
        if (reader !== writer) reader.close();
        writer.close();
      }),
  };
}

function rollback(writer: Connection): void {
  try {
    writer.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself: the fault that led here is the one to report
  }
}
