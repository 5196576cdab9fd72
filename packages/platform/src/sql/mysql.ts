// SPDX-License-Identifier: Apache-2.0
/**
 * MySQL and MariaDB through `mysql2`: a bounded pool, server-side prepared statements, times in UTC.
 * The driver is loaded with the first database.
 */
import type { Sql, SqlRow, SqlSession, SqlValue } from '@notary/base';
import type { Pool, PoolConnection } from 'mysql2/promise';
import { describeDriverError, sqlFaults } from './faults.ts';
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS, MAX_CONNECTIONS, STATEMENT_TIMEOUT_MS } from './limits.ts';
import { parseMysqlSource } from './mysql-source.ts';

/** 1062 and 1022: duplicate key; 1586: duplicate entry, MariaDB's longer form. */
const UNIQUE = new Set([1022, 1062, 1586]);
/** 1205: lock wait timeout; 1213: deadlock; 1020: record has changed since last read (MariaDB snapshot isolation). */
const SERIALIZATION = new Set([1020, 1205, 1213]);
/** 1040: too many connections; 1044, 1045: access denied at login; 1049: no such database; 1053: shutdown; 1927, 2006, 2013: connection gone. */
const UNAVAILABLE = new Set([1040, 1045, 1049, 1053, 1927, 2006, 2013]);

type Driver = Pick<PoolConnection, 'query' | 'execute'>;
type Sent = { affectedRows?: number } | unknown[];

function translate(e: unknown): Error {
  const described = describeDriverError(e);
  const errno = (e as { errno?: unknown }).errno;
  const facts = typeof errno === 'number' ? { ...described, driverCode: String(errno) } : described;
  if (typeof errno === 'number' && UNIQUE.has(errno)) return sqlFaults.UNIQUE_VIOLATION(facts, { cause: e });
  if (typeof errno === 'number' && SERIALIZATION.has(errno)) return sqlFaults.SERIALIZATION(facts, { cause: e });
  const gone = (e as { fatal?: unknown }).fatal === true || /^(E[A-Z]{3,}|PROTOCOL_|HANDSHAKE_)/.test(described.driverCode ?? '');
  if (typeof errno === 'number' && (UNAVAILABLE.has(errno) || errno < 0)) return sqlFaults.UNAVAILABLE(facts, { cause: e });
  if (gone && !described.driverCode?.startsWith('ER_')) return sqlFaults.UNAVAILABLE(facts, { cause: e });
  return sqlFaults.FAILED(facts, { cause: e });
}

function toDriver(value: SqlValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

function createSession(driver: Driver): SqlSession {
  const send = async (sql: string, parameters: readonly SqlValue[]): Promise<Sent> => {
    try {
      const options = { sql, timeout: STATEMENT_TIMEOUT_MS };
      // statements without parameters may be DDL, which the binary protocol partly refuses
      const [result] =
        parameters.length === 0
          ? await driver.query(options)
          : await driver.execute({ ...options, values: parameters.map(toDriver) as never });
      return result as Sent;
    } catch (e) {
      throw translate(e);
    }
  };
  return {
    query: async (sql, parameters = []) => {
      const result = await send(sql, parameters);
      return Array.isArray(result) ? (result as SqlRow[]) : [];
    },
    execute: async (sql, parameters = []) => {
      const result = await send(sql, parameters);
      return Array.isArray(result) ? result.length : (result.affectedRows ?? 0);
    },
  };
}

/** Opens a pool on a data source in go-sql-driver's syntax. The first connection is made by the first statement. */
export async function openMysql(source: string, options: { maxConnections?: number } = {}): Promise<Sql> {
  const parsed = parseMysqlSource(source);
  const { createPool } = await import('mysql2/promise');
  const pool = createPool({
    ...(parsed.socketPath === undefined ? { host: parsed.host, port: parsed.port } : { socketPath: parsed.socketPath }),
    ...(parsed.user === undefined ? {} : { user: parsed.user }),
    ...(parsed.password === undefined ? {} : { password: parsed.password }),
    database: parsed.database,
    ...(parsed.tls === 'off' ? {} : { ssl: { rejectUnauthorized: parsed.tls === 'verify' } }),
    timezone: 'Z',
    charset: 'utf8mb4',
    connectionLimit: options.maxConnections ?? MAX_CONNECTIONS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    idleTimeout: IDLE_TIMEOUT_MS,
    supportBigNumbers: true,
    multipleStatements: false,
  } as Parameters<typeof createPool>[0]);
  return createSql(pool);
}

function createSql(pool: Pool): Sql {
  return {
    dialect: 'mysql',
    ...createSession(pool as unknown as Driver),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: Pool, work: (session: SqlSession) => Promise<T>): Promise<T> {
  let connection: PoolConnection;
  try {
    connection = await pool.getConnection();
  } catch (e) {
    throw translate(e);
  }
  let broken = false;
  try {
    await connection.beginTransaction();
    const result = await work(createSession(connection));
    try {
      await connection.commit();
    } catch (e) {
      throw translate(e);
    }
    return result;
  } catch (e) {
    try {
      await connection.rollback();
    } catch {
      broken = true; // a connection in an unknown state does not go back to the pool
    }
    throw e;
  } finally {
    if (broken) connection.destroy();
    else connection.release();
  }
}
