// SPDX-License-Identifier: Apache-2.0
import { createFakeEnvironment, createMemoryFiles } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { localOffsetMinutes } from '../src/local-zone.ts';

const at = new Date('2026-03-01T12:00:00Z');
const header = (version: string, types: number) =>
  `TZif${version}${'\0'.repeat(15)}${'\0'.repeat(16)}\0\0\0${String.fromCharCode(types)}\0\0\0\x04`;
const utc = `${header('2', 1)}${'\0'.repeat(6)}UTC\0${header('2', 1)}${'\0'.repeat(6)}UTC\0\nUTC0\n`;

/** What a machine says whose runtime knows an hour, and whether the runtime was asked. */
async function offset({ zone, variables = {}, os = 'linux' }: { zone?: string; variables?: Record<string, string>; os?: string }) {
  let asked = false;
  const minutes = await localOffsetMinutes(
    {
      environment: createFakeEnvironment(variables),
      files: createMemoryFiles(zone === undefined ? {} : { '/etc/localtime': zone }),
      host: {
        os,
        arch: 'amd64',
        runtime: '',
        zoneAt: () => {
          asked = true;
          return { offsetMinutes: 60 };
        },
      },
    },
    at,
  );
  return { minutes, asked };
}

describe('the offset of the machine', () => {
  it.each([
    ['a zone file that knows nothing but UTC', { zone: utc }],
    ['TZ=UTC', { variables: { TZ: 'UTC' } }],
    ['TZ=Etc/UTC, whatever the file says', { zone: 'x', variables: { TZ: 'Etc/UTC' } }],
  ])('is zero by %s, and the runtime is not asked', async (_, machine) => {
    expect(await offset(machine)).toEqual({ minutes: 0, asked: false });
  });

  it.each([
    ['another zone', { zone: utc.replace('UTC0', 'CET-1') }],
    ['a zone that had other offsets before', { zone: utc.replace('\nUTC0', `${'\0'.repeat(40)}\nUTC0`) }],
    ['a file that is none', { zone: 'UTC0\n' }],
    ['no file', {}],
    ['a variable that names another zone', { zone: utc, variables: { TZ: 'Europe/Berlin' } }],
    ['an empty variable', { zone: utc, variables: { TZ: '' } }],
    ['Windows', { zone: utc, os: 'windows' }],
  ])('is what the runtime says for %s', async (_, machine) => {
    expect(await offset(machine)).toEqual({ minutes: 60, asked: true });
  });
});
