// SPDX-License-Identifier: Apache-2.0
/**
 * PostgreSQL through `pg`: a bounded pool, statements prepared once per connection, times in UTC.
 * The driver is loaded with the first database.
 */
import type { Environment, Sql, SqlRow, SqlSession, SqlValue } from '@notary/base';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { describeDriverError, sqlFaults } from './faults.ts';
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS, MAX_CONNECTIONS, STATEMENT_TIMEOUT_MS } from './limits.ts';
import { numberPlaceholders } from './placeholders.ts';
import { parsePostgresSource } from './postgres-source.ts';

/** `timestamp without time zone`, which the Go server writes in its local time, by convention UTC. */
const OID_TIMESTAMP = 1114;
const OID_INT8 = 20;

const parsers = new Map<number, (text: string) => unknown>([
  [OID_TIMESTAMP, (text) => new Date(`${text.replace(' ', 'T')}Z`)],
  [OID_INT8, (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))],
]);

function toDriver(value: SqlValue): unknown {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '');
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

/** SQLSTATE classes of a server that is not there, not ready or at its limits. */
const UNAVAILABLE = /^(08|53|57P|28)/;
const NETWORK = /^(E[A-Z]+|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS)/;

function translate(e: unknown): Error {
  const facts = describeDriverError(e);
  const code = facts.driverCode;
  if (code === '23505') return sqlFaults.UNIQUE_VIOLATION(facts, { cause: e });
  if (code === '40001' || code === '40P01') return sqlFaults.SERIALIZATION(facts, { cause: e });
  const timedOut = /timeout|terminated|not queryable|SSL|connection/i.test(facts.detail);
  if (code === undefined ? timedOut : UNAVAILABLE.test(code) || NETWORK.test(code)) return sqlFaults.UNAVAILABLE(facts, { cause: e });
  return sqlFaults.FAILED(facts, { cause: e });
}

/** Statement text to its numbered form and the name it is prepared under. */
class Statements {
  readonly #byText = new Map<string, { name: string; text: string }>();

  config(sql: string, parameters: readonly SqlValue[]): QueryConfig {
    let known = this.#byText.get(sql);
    if (known === undefined) {
      known = { name: `n${this.#byText.size}`, text: numberPlaceholders(sql) };
      this.#byText.set(sql, known);
    }
    // a statement without parameters may be DDL or hold several statements: neither can be prepared
    return parameters.length === 0 ? { text: known.text } : { ...known, values: parameters.map(toDriver) };
  }
}

function createSession(
  run: (config: QueryConfig) => Promise<{ rows: unknown[]; rowCount: number | null }>,
  statements: Statements,
): SqlSession {
  const send = async (sql: string, parameters: readonly SqlValue[]) => {
    try {
      return await run(statements.config(sql, parameters));
    } catch (e) {
      throw translate(e);
    }
  };
  return {
    query: async (sql, parameters = []) => (await send(sql, parameters)).rows as SqlRow[],
    execute: async (sql, parameters = []) => (await send(sql, parameters)).rowCount ?? 0,
  };
}

/** Opens a pool on a data source in lib/pq's syntax. The first connection is made by the first statement. */
export async function openPostgres(
  source: string,
  deps: { environment: Environment; readText: (path: string) => Promise<string>; maxConnections?: number },
): Promise<Sql> {
  const options = await parsePostgresSource(source, deps.environment, deps.readText);
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    host: options.host,
    port: options.port,
    user: options.user,
    password: options.password,
    database: options.database,
    ssl: options.ssl,
    application_name: options.applicationName,
    max: deps.maxConnections ?? MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
    types: { getTypeParser: (oid: number, format?: 'text') => parsers.get(oid) ?? pg.types.getTypeParser(oid, format) },
  } as ConstructorParameters<typeof pg.Pool>[0]);
  // an idle connection that breaks is replaced by the pool: without a listener the error would end the process
  pool.on('error', () => undefined);
  return createSql(pool);
}

function createSql(pool: Pool): Sql {
  const statements = new Statements();
  const lane = new Lane(pool);
  return {
    dialect: 'postgres',
    ...createSession((config) => lane.query(config), statements),
    transaction: (work) => inTransaction(pool, statements, work),
    close: async () => {
      lane.close();
      await pool.end();
    },
  };
}

/**
 * One connection kept out of the pool for statements that come one after the other: a checkout and its timers cost about as much
 * as a short query. A statement that finds it busy takes the pool.
 */
class Lane {
  readonly #pool: Pool;
  #client: PoolClient | undefined;
  #busy = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async query(config: QueryConfig): Promise<{ rows: unknown[]; rowCount: number | null }> {
    if (this.#busy) return this.#pool.query(config);
    this.#busy = true;
    try {
      const client = (this.#client ??= await this.#open());
      return await client.query(config);
    } catch (e) {
      // a statement the database refused leaves the connection as it was; anything else may not
      if (!/^[0-9A-Z]{5}$/.test(String((e as { code?: unknown }).code)) || UNAVAILABLE.test(String((e as { code?: unknown }).code)))
        this.#drop(true);
      throw e;
    } finally {
      this.#busy = false;
    }
  }

  async #open(): Promise<PoolClient> {
    const client = await this.#pool.connect();
    client.once('error', () => {
      if (this.#client === client) this.#drop(true);
    });
    return client;
  }

  #drop(broken: boolean): void {
    const client = this.#client;
    this.#client = undefined;
    client?.release(broken);
  }

  close(): void {
    this.#drop(false);
  }
}

async function inTransaction<T>(pool: Pool, statements: Statements, work: (session: SqlSession) => Promise<T>): Promise<T> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (e) {
    throw translate(e);
  }
  let broken: Error | undefined;
  try {
    const session = createSession((config) => client.query(config), statements);
    await session.execute('BEGIN');
    const result = await work(session);
    await session.execute('COMMIT');
    return result;
  } catch (e) {
    try {
      await client.query('ROLLBACK');
    } catch (failure) {
      broken = failure as Error; // a connection in an unknown state does not go back to the pool
    }
    throw e;
  } finally {
    client.release(broken);
  }
}
