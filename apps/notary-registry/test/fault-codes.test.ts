// SPDX-License-Identifier: Apache-2.0
/** Flags and files that a registry does not start with, each refused under its code. */
import { codeOf, createFakeClock, createFixedRandom, createMemoryFiles } from '@notary/testkit';
import { expect, it } from 'vitest';
import { readAccess } from '../src/commands/serve/access.ts';
import { parseAddress } from '../src/commands/serve/address.ts';
import { readTokenKeys } from '../src/commands/serve/token-trust.ts';

const none = {
  htpasswd: '',
  tokenRealm: '',
  tokenKey: '',
  tokenIssuer: false,
  tokenSigningKey: '',
  anonymousPull: false,
  memory: true,
  root: '',
};
const access = (flags: object) => {
  const deps = { files: createMemoryFiles({ '/users': 'a:$2y$05$x\n' }), clock: createFakeClock(), random: createFixedRandom() };
  return readAccess({ ...none, ...flags } as never, deps as never);
};

it.each<[code: string, run: () => unknown]>([
  ['NOTARYREGISTRY_ADDRESS_INVALID', () => parseAddress('5000')],
  ['NOTARYREGISTRY_ADDRESS_INVALID', () => parseAddress('127.0.0.1:99999')],
  ['NOTARYREGISTRY_FLAG_CONFLICT', () => access({ tokenIssuer: true })],
  ['NOTARYREGISTRY_FLAG_CONFLICT', () => access({ tokenRealm: 'https://auth.example/token' })],
  ['NOTARYREGISTRY_FLAG_CONFLICT', () => access({ anonymousPull: true })],
  ['NOTARYREGISTRY_FILE_MISSING', () => access({ htpasswd: '/none' })],
  ['NOTARYREGISTRY_FILE_MISSING', () => readTokenKeys(createMemoryFiles(), '/none')],
  ['NOTARYREGISTRY_TOKEN_KEYS_EMPTY', () => readTokenKeys(createMemoryFiles({ '/keys': 'nothing of the kind\n' }), '/keys')],
])('%s', async (...[code, run]) => {
  expect(await codeOf(run)).toBe(code);
});
