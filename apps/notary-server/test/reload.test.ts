// SPDX-License-Identifier: Apache-2.0
/** New certificates between server and signer while both run, and what stays in force when they are no good. */
import { type SignalName, toUtf8 } from '@notary/base';
import { createPlatform, type Platform } from '@notary/platform';
import { codeOf, createFakeTerminal, createMemoryFiles, createTestCa, freePort, until } from '@notary/testkit';
import { afterEach, expect, it, vi } from 'vitest';
import { runServe } from '../../notary-signer/src/commands/serve.ts';
import { openSigning } from '../src/compose.ts';

const trust = {
  type: 'remote',
  hostname: 'localhost',
  keyAlgorithm: 'ecdsa',
  ca: '/ca.crt',
  cert: '/server.crt',
  key: '/server.key',
} as const;
const flags = { config: '/signer.json', logf: 'json', debug: false, bootstrap: false, version: false } as const;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A signer that serves, the server's connection to it, the files of both, and signals for the signer. */
async function start() {
  const port = await freePort();
  const handlers = new Map<SignalName, (name: SignalName) => void>();
  const terminal = createFakeTerminal();
  const { clock, random, environment } = createPlatform();
  const files = createMemoryFiles({});
  const signals: Platform['signals'] = {
    on(names, handler) {
      for (const name of names) handlers.set(name, handler);
      return () => undefined;
    },
  };
  const platform = { clock, random, environment, files, terminal, signals } as unknown as Platform;
  const put = (name: string, text: string) => files.writeAtomic(name, toUtf8(text), { mode: 0o600 });
  const newAuthority = async (): Promise<void> => {
    const ca = await createTestCa();
    await put('/ca.crt', ca.rootPem);
    for (const [name, { chainPem, keyPem }] of [
      ['server', await ca.client()],
      ['signer', await ca.server(['localhost'])],
    ] as const) {
      await put(`/${name}.crt`, chainPem);
      await put(`/${name}.key`, keyPem);
    }
  };
  await newAuthority();
  const server = { grpc_addr: `127.0.0.1:${port}`, tls_cert_file: 'signer.crt', tls_key_file: 'signer.key', client_ca_file: 'ca.crt' };
  await put('/signer.json', JSON.stringify({ server, storage: { backend: 'memory' } }));

  let log = '';
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    log += String(text);
    return true;
  });
  ends.push(() => stderr.mockRestore());
  const running = runServe({ ...flags, unsafeAnonymousClients: false, unsafePlaintext: false }, platform);
  const send = (name: SignalName): void => handlers.get(name)?.(name);
  ends.push(async () => {
    send('SIGTERM');
    expect(await running).toBe(0);
  });
  await until('the signer listens for signals', () => handlers.has('SIGTERM'));
  const signing = await openSigning({ ...trust, port: String(port) }, { platform, sql: undefined, dataDirectory: '/', log: {} as never });
  ends.push(() => signing.close());
  const works = (): Promise<string> =>
    signing.service.checkHealth().then(
      () => 'yes',
      (e: Error) => e.message,
    );
  return { put, newAuthority, send, signing, works, log: () => log };
}

it('certificates of another authority: with SIGHUP both sides meet again', async () => {
  const { newAuthority, send, signing, works, log } = await start();
  expect(await works()).toBe('yes');
  const key = await signing.service.create('timestamp', 'example.com/app', 'ecdsa');
  await newAuthority();
  send('SIGHUP');
  await until('the signer shows its new certificate', () => log().includes('"reloaded"'));
  expect(await works()).not.toBe('yes');
  await signing.reload?.();
  await until('the server trusts it', async () => (await works()) === 'yes');
  expect((await signing.service.find(key.id))?.id).toBe(key.id);
});

it('a connection is replaced under calls, which end', async () => {
  const { newAuthority, signing, works } = await start();
  const made = Array.from({ length: 8 }, (_, i) => signing.service.create('timestamp', `example.com/app${i}`, 'ecdsa'));
  await newAuthority();
  await signing.reload?.();
  expect(new Set((await Promise.all(made)).map((key) => key.id)).size).toBe(8);
  expect(await works()).not.toBe('yes');
});

it.each(['crt', 'key'])('a broken .%s file: the signer and the server go on with what they had', async (kind) => {
  const { put, send, signing, works, log } = await start();
  await put(`/signer.${kind}`, 'broken');
  send('SIGHUP');
  await until('the signer says so', () => log().includes('reload failed; the former settings stay'));
  await put(`/server.${kind}`, 'broken');
  expect(await codeOf(() => signing.reload?.())).toBe('NOTARY_SERVER_SIGNER_TLS_INVALID');
  await until('it signs', async () => (await works()) === 'yes');
});
