// SPDX-License-Identifier: Apache-2.0
/** Refusals of the signer's configuration, and what its client makes of a signer's answers, each under its code. */
import { checkServerIdentity } from 'node:tls';
import { Secret, silentLog } from '@notary/base';
import {
  createKeyVault,
  createMemoryKeyStore,
  createSignerHandlers,
  listenSigner,
  type RunningSigner,
  readSignerConfig,
} from '@notary/notary-signer';
import { createSignerClient, type SignerClient } from '@notary/notary-signer/client';
import { createSettings } from '@notary/service/settings';
import { codeOf, createTestCa, freePort } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('a configuration', () => {
  const read = (file: unknown) => readSignerConfig(createSettings(file, { get: () => undefined }, 'NOTARY_SIGNER'), (name) => name, 'none');
  const server = { grpc_addr: ':7899', tls_cert_file: 'c', tls_key_file: 'k', client_ca_file: 'a' };
  const storage = { backend: 'sqlite3', db_url: 'keys.db', default_alias: 'one' };
  it.each([
    ['SIGNER_CONFIG_INVALID', {}],
    ['SIGNER_CONFIG_INVALID', { server, storage: { backend: 'paper' } }],
    ['SIGNER_CONFIG_NO_MUTUAL_TLS', { server: { ...server, client_ca_file: '' }, storage }],
    ['VAULT_ALIAS_INVALID', { server, storage: { ...storage, default_alias: 'a=b' } }],
    ['VAULT_ALIAS_INVALID', { server, storage: { ...storage, default_alias: 'x'.repeat(51) } }],
  ])('%s: %j', async (code, file) => {
    expect(await codeOf(() => read(file))).toBe(code);
  });
});

describe('a client', () => {
  let running: RunningSigner;
  let client: SignerClient;
  let broken = false;
  beforeAll(async () => {
    const ca = await createTestCa();
    const identity = await ca.server(['127.0.0.1']);
    const store = createMemoryKeyStore();
    const vault = createKeyVault({
      store,
      random: { bytes: (n) => crypto.getRandomValues(new Uint8Array(n)) },
      now: () => new Date(),
      defaultAlias: 'a',
      passphrase: () => (broken ? undefined : new Secret('p')),
    });
    const tls = { cert: identity.chainPem, key: identity.keyPem, clientCa: undefined };
    running = await listenSigner(createSignerHandlers(vault, silentLog), { address: '127.0.0.1:0', tls });
    client = await createSignerClient({ hostname: '127.0.0.1', port: String(running.port), tls: { ca: ca.rootPem }, checkServerIdentity });
  });
  afterAll(async () => {
    client.close();
    await running.stop(100);
  });

  it('SIGNING_KEY_NOT_FOUND: asks for a key that the signer has not', async () => {
    expect(await codeOf(() => client.sign('0'.repeat(64), new Uint8Array(1)))).toBe('SIGNING_KEY_NOT_FOUND');
  });

  it('SIGNING_ALGORITHM_UNSUPPORTED: asks for a key of a kind that it does not make', async () => {
    expect(await codeOf(() => client.create('timestamp', 'g', 'rot13'))).toBe('SIGNING_ALGORITHM_UNSUPPORTED');
  });

  it('SIGNING_FAILED: a signer that cannot open its keys is not one that cannot be reached', async () => {
    broken = true;
    expect(await codeOf(() => client.create('timestamp', 'g', 'ecdsa'))).toBe('SIGNING_FAILED');
    broken = false;
  });

  it('SIGNING_UNAVAILABLE: calls where nobody listens', async () => {
    const away = await createSignerClient({ hostname: '127.0.0.1', port: String(await freePort()), tls: {}, checkServerIdentity });
    expect(await codeOf(() => away.sign('0'.repeat(64), new Uint8Array(1)))).toBe('SIGNING_UNAVAILABLE');
    away.close();
  });
});
