// SPDX-License-Identifier: Apache-2.0
/** Data sources as lib/pq and go-sql-driver read them. */
import { numberPlaceholders, parseMysqlSource, parsePostgresSource } from '@notary/platform/sql';
import { describe, expect, it } from 'vitest';

const none = { get: () => undefined };
const text = async (path: string) => `text of ${path}`;

describe('PostgreSQL', () => {
  it('URLs, words, defaults and the environment', async () => {
    expect(await parsePostgresSource('postgres://u:p%40ss@db.example:6432/n?sslmode=disable', none, text)).toEqual({
      host: 'db.example',
      port: 6432,
      user: 'u',
      password: 'p@ss',
      database: 'n',
      applicationName: 'notary',
      ssl: false,
    });
    const words = await parsePostgresSource("host=/run/pg user='o\\'neill' dbname=x  password='two words'", none, text);
    expect(words).toMatchObject({ host: '/run/pg', user: "o'neill", database: 'x', password: 'two words', ssl: false });
    const environment = { get: (name: string) => ({ PGHOST: 'env', PGUSER: 'me', PGSSLMODE: 'disable' })[name] };
    expect(await parsePostgresSource('dbname=x', environment, text)).toMatchObject({ host: 'env', user: 'me', port: 5432 });
  });

  it('TLS as lib/pq: required and unchecked by default, checked with a root certificate or when asked', async () => {
    const ssl = async (query: string) => (await parsePostgresSource(`postgres://h/n${query}`, none, text)).ssl as Record<string, unknown>;
    expect(await ssl('')).toEqual({ rejectUnauthorized: false, servername: 'h' });
    expect(await ssl('?sslmode=verify-full')).toMatchObject({ rejectUnauthorized: true });
    expect((await ssl('?sslmode=verify-full'))['checkServerIdentity']).toBeUndefined();
    expect((await ssl('?sslmode=verify-ca'))['checkServerIdentity']).toBeDefined();
    expect(await ssl('?sslrootcert=/ca')).toMatchObject({ rejectUnauthorized: true, ca: 'text of /ca' });
  });

  it('refuses what it cannot read', async () => {
    for (const source of ['nothing', 'host=a stray', 'postgres://h:99999/x', 'host=h port=x', 'postgres://h/x?sslmode=prefer']) {
      await expect(parsePostgresSource(source, none, text)).rejects.toMatchObject({ code: 'SQL_SOURCE_INVALID' });
    }
  });
});

describe('MySQL', () => {
  it('every form of the Go driver', () => {
    expect(parseMysqlSource('u:p@ss/w:rd@tcp(db:3307)/n?parseTime=true&tls=true')).toEqual({
      host: 'db',
      port: 3307,
      user: 'u',
      password: 'p@ss/w:rd',
      database: 'n',
      tls: 'verify',
    });
    expect(parseMysqlSource('u@unix(/run/mysql.sock)/n')).toEqual({ socketPath: '/run/mysql.sock', user: 'u', database: 'n', tls: 'off' });
    expect(parseMysqlSource('tcp([::1]:3306)/n?tls=skip-verify')).toMatchObject({ host: '::1', port: 3306, tls: 'unverified' });
    expect(parseMysqlSource('/n')).toMatchObject({ host: '127.0.0.1', port: 3306 });
    expect(parseMysqlSource('u@tcp/n')).toMatchObject({ host: '127.0.0.1', port: 3306 });
  });

  it('refuses what it cannot read', () => {
    for (const source of ['u:p@tcp(h)', 'u@udp(h:1)/n', 'u@tcp(h:0)/n', 'u@tcp(h:1)/n?tls=custom', 'h:3306/n']) {
      expect(() => parseMysqlSource(source)).toThrow(expect.objectContaining({ code: 'SQL_SOURCE_INVALID' }));
    }
  });
});

it('placeholders are numbered outside quotes and comments only', () => {
  expect(numberPlaceholders(`SELECT '?', "?" FROM t -- ?\nWHERE a = ? AND b = ?`)).toBe(
    `SELECT '?', "?" FROM t -- ?\nWHERE a = $1 AND b = $2`,
  );
});
