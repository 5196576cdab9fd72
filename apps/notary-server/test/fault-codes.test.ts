// SPDX-License-Identifier: Apache-2.0
/** What a server does not start with, and tokens that it does not take, each under its code. */
import type { Platform } from '@notary/platform';
import { codeOf, createFakeEnvironment, createFakeTerminal, createFixedRandom, createMemoryFiles, createTestCa } from '@notary/testkit';
import { expect, it } from 'vitest';
import { runStorageCopy } from '../src/commands/storage-copy.ts';
import { loadConfig } from '../src/configuration.ts';
import { localPassphrase } from '../src/passphrase.ts';
import { loadTokenTrust } from '../src/token-trust.ts';

/** A machine with these files and variables, and nothing else. */
const machine = (files: Readonly<Record<string, string>> = {}, variables: Readonly<Record<string, string>> = {}): Platform =>
  ({
    files: createMemoryFiles(files),
    environment: createFakeEnvironment(variables),
    random: createFixedRandom(),
    terminal: createFakeTerminal(),
  }) as unknown as Platform;

const config = (storage: object): string => JSON.stringify({ server: { http_addr: ':4443' }, trust_service: { type: 'local' }, storage });
const passphrase = (platform: Platform, hasKeys: boolean) =>
  localPassphrase({ type: 'local', passphraseVariable: 'P' }, { platform, dataDirectory: '/data', hasKeys: async () => hasKeys });
const token = { realm: '', issuer: '', service: '', rootCertBundle: '/roots', autoRedirect: false };
const copy = (from: object, to: object) =>
  runStorageCopy({ from: '/from.json', to: '/to.json' } as never, [], machine({ '/from.json': config(from), '/to.json': config(to) }));
const sqlite = { backend: 'sqlite3', db_url: '/data/one.db' };

it.each<[code: string, run: () => unknown]>([
  ['NOTARY_SERVER_PASSPHRASE_EMPTY', () => passphrase(machine({ '/data/notary-server.secret': '\n' }), true)],
  ['NOTARY_SERVER_PASSPHRASE_LOST', () => passphrase(machine(), true)],
  ['NOTARY_SERVER_NO_HOME', () => loadConfig('', machine())],
  ['NOTARY_SERVER_TOKEN_BUNDLE_EMPTY', () => loadTokenTrust(token, machine({ '/roots': '' }))],
  ['NOTARY_SERVER_COPY_UNSUITABLE', () => copy({ backend: 'memory' }, sqlite)],
  ['COPY_SAME_DATABASE', () => copy(sqlite, sqlite)],
])('%s', async (...[code, run]) => {
  expect(await codeOf(run)).toBe(code);
});

it('NOTARY_SERVER_TOKEN_CHAIN_UNTRUSTED for a chain that leads to nobody, has ended, or is none', async () => {
  const [ca, stranger] = [await createTestCa(), await createTestCa()];
  const trust = await loadTokenTrust(token, machine({ '/roots': ca.rootPem }));
  const [mine, theirs] = [await ca.server(['issuer.example']), await stranger.server(['issuer.example'])];
  const now = new Date(mine.certificate.notBefore.getTime() + 1000);
  const late = new Date(mine.certificate.notAfter.getTime() + 1000);
  const check = (chain: readonly Uint8Array[], at = now) => codeOf(() => trust.checkChain?.(chain, at));
  expect(await check([mine.certificate.der])).toBe('nothing');
  for (const found of [check([theirs.certificate.der]), check([mine.certificate.der], late), check([])])
    expect(await found).toBe('NOTARY_SERVER_TOKEN_CHAIN_UNTRUSTED');
});
