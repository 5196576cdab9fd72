// SPDX-License-Identifier: Apache-2.0
/** Flags and files that a registry does not start with, each refused under its code. */
import { codeOf, createFakeClock, createFixedRandom, createMemoryFiles } from '@notary/testkit';
import { expect, it } from 'vitest';
import { readAccess } from '../src/commands/serve/access.ts';
import { parseAddress } from '../src/commands/serve/address.ts';
import { readTokenKeys } from '../src/commands/serve/token-trust.ts';

/** Made with `htpasswd -nbB -C 4 alice correct`. */
const ALICE = 'alice:$2y$04$xwyiTH/l0XLAbCLBgAy7aebUdJ5.Ot7DoP7Hxgkpdwwn39xbCjNVG';
/** A label that is not that of PKCS#8. */
const SEC1 = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n';
const issuing = { htpasswd: '/alice', tokenIssuer: true, tokenRealm: 'https://registry.example/token' };

const none = {
  htpasswd: '',
  tokenRealm: '',
  tokenService: '',
  tokenKey: '',
  tokenIssuer: false,
  tokenSigningKey: '',
  anonymousPull: false,
  readOnlyUsers: '',
  memory: true,
  root: '',
};
const access = (flags: object) => {
  const deps = {
    files: createMemoryFiles({
      '/users': 'a:$2y$05$x\n',
      '/nobody': '# nobody yet\n',
      '/alice': `${ALICE}\n`,
      '/sec1': SEC1,
      '/root/.notary/token-key.pem': SEC1,
    }),
    clock: createFakeClock(),
    random: createFixedRandom(),
  };
  return readAccess({ ...none, ...flags } as never, deps as never);
};

it.each<[code: string, run: () => unknown]>([
  ['NOTARYREGISTRY_ADDRESS_INVALID', () => parseAddress('5000')],
  ['NOTARYREGISTRY_ADDRESS_INVALID', () => parseAddress('127.0.0.1:99999')],
  ['NOTARYREGISTRY_FLAG_CONFLICT', () => access({ tokenIssuer: true })],
  ['NOTARYREGISTRY_FLAG_CONFLICT', () => access({ tokenRealm: 'https://auth.example/token' })],
  ['NOTARYREGISTRY_FLAG_CONFLICT', () => access({ anonymousPull: true })],
  ['NOTARYREGISTRY_FILE_MISSING', () => access({ htpasswd: '/none' })],
  ['NOTARYREGISTRY_FILE_MISSING', () => access({ ...issuing, tokenSigningKey: '/none' })],
  ['NOTARYREGISTRY_SIGNING_KEY_MISSING', () => access({ ...issuing, tokenSigningKey: '/sec1' })],
  // What the registry cannot read it does not write over.
  ['NOTARYREGISTRY_SIGNING_KEY_MISSING', () => access({ ...issuing, memory: false, root: '/root' })],
  ['NOTARYREGISTRY_HTPASSWD_EMPTY', () => access({ htpasswd: '/nobody' })],
  ['NOTARYREGISTRY_FILE_MISSING', () => readTokenKeys(createMemoryFiles(), '/none')],
  ['NOTARYREGISTRY_TOKEN_KEYS_EMPTY', () => readTokenKeys(createMemoryFiles({ '/keys': 'nothing of the kind\n' }), '/keys')],
])('%s', async (...[code, run]) => {
  expect(await codeOf(run)).toBe(code);
});

it('starts with nobody in the file where everybody may pull', async () => {
  expect((await access({ htpasswd: '/nobody', anonymousPull: true })).protection).toBe('htpasswd');
});
