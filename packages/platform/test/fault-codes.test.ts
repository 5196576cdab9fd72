// SPDX-License-Identifier: Apache-2.0
/** What the contract suites cannot bring about on every machine: a full disk, an address that is not ours, an interrupt, a database that refuses. */
import type { Sql } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { hasSqlite, migrateSchema, openSqlite, sqlFaults } from '@notary/platform/sql';
import { describe, expect, it } from 'vitest';
import { fileFault } from '../src/files/fault.ts';
import { listenFault } from '../src/listener/shared.ts';
import { readSecretLine } from '../src/terminal/secret.ts';

const errno = (code: string): Error => Object.assign(new Error(code), { code });

it.each(['ENOSPC', 'EDQUOT'])('FILES_NO_SPACE for %s, with the words of the system', (code) => {
  expect(fileFault('write', '/x', errno(code))).toMatchObject({ code: 'FILES_NO_SPACE', facts: { path: '/x', operation: 'write' } });
});

it('LISTEN_FAILED on an address that is not of this machine', async () => {
  const listening = createPlatform().listener.listen(() => new Response(''), { host: '192.0.2.1', port: 0 });
  await expect(listening).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    facts: { host: '192.0.2.1' },
    remedy: { text: 'choose an address of this machine, or 0.0.0.0 for all of them' },
  });
});

it.each([
  ['EACCES', 'choose a port above 1023, or give the process the right to lower ones'],
  ['EPROTO', undefined],
])('LISTEN_FAILED after %s is mended by: %s', (code, remedy) => {
  expect(listenFault('127.0.0.1', 80, errno(code)).remedy?.text).toBe(remedy);
});

it('TERMINAL_INTERRUPTED by Ctrl-C, once the terminal is as it was', async () => {
  const raw: boolean[] = [];
  const sent: unknown[] = [];
  const { kill } = process;
  process.kill = ((pid: number, signal: string) => sent.push([pid, signal, [...raw]])) as unknown as typeof kill;
  try {
    const input = { setRawMode: (on: boolean) => raw.push(on) };
    const typed = async () => new TextEncoder().encode('abc\x03');
    await expect(readSecretLine(input, typed, () => undefined)).rejects.toMatchObject({ code: 'TERMINAL_INTERRUPTED' });
  } finally {
    process.kill = kill;
  }
  expect(sent).toEqual([[process.pid, 'SIGINT', [true, false]]]);
});

describe('a database', () => {
  it.each(['42501', '1044', '1142'])('SQL_SCHEMA_DENIED: refuses the user who may not create the schema (%s)', async (driverCode) => {
    const refused = sqlFaults.FAILED({ detail: 'permission denied for schema public', driverCode });
    const sql: Sql = {
      dialect: 'postgres',
      query: async () => [],
      execute: async () => 0,
      transaction: async () => {
        throw refused;
      },
      close: async () => undefined,
    };
    const schema = { firstTable: 'a', lastTable: 'b', migrations: [['CREATE TABLE a (x int)']] };
    await expect(migrateSchema(sql, schema, 'seen')).rejects.toMatchObject({ code: 'SQL_SCHEMA_DENIED', cause: refused });
  });

  it('SQL_SQLITE_MISSING where the runtime has none', async () => {
    const load = process.getBuiltinModule;
    process.getBuiltinModule = ((name: string) => (name === 'node:sqlite' ? undefined : load.call(process, name))) as typeof load;
    try {
      const clock = { now: () => new Date(), sleep: async () => undefined };
      expect(hasSqlite()).toBe(false);
      await expect(openSqlite(':memory:', clock)).rejects.toMatchObject({ code: 'SQL_SQLITE_MISSING' });
    } finally {
      process.getBuiltinModule = load;
    }
  });
});

it.skipIf(!hasSqlite())('SQL_UNAVAILABLE of a file is mended at the file, of a server at the server', async () => {
  const opening = openSqlite('/none/of/these/x.db', createPlatform().clock);
  await expect(opening).rejects.toMatchObject({
    code: 'SQL_UNAVAILABLE',
    remedy: { text: expect.stringContaining('its folder must exist') },
  });
  expect(sqlFaults.UNAVAILABLE({ detail: 'connect ECONNREFUSED' }).remedy?.text).toMatch(/^check that the database runs/);
});
