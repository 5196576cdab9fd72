// SPDX-License-Identifier: Apache-2.0
import type { Platform } from '@notary/platform';
import { createFakeEnvironment, createFakeTerminal, createMemoryFiles } from '@notary/testkit';
import { expect, it } from 'vitest';
import { runReencrypt } from '../src/commands/reencrypt.ts';

it('NOTARY_SIGNER_NOTHING_STORED: a signer in memory has no keys to encrypt again', async () => {
  const server = { grpc_addr: ':7899', tls_cert_file: 'c', tls_key_file: 'k', client_ca_file: 'a' };
  const platform = {
    files: createMemoryFiles({ '/signer.json': JSON.stringify({ server, storage: { backend: 'memory' } }) }),
    environment: createFakeEnvironment({}),
    terminal: createFakeTerminal(),
  } as unknown as Platform;
  const work = runReencrypt({ config: '/signer.json', alias: 'two' } as never, [], platform);
  await expect(work).rejects.toMatchObject({ code: 'NOTARY_SIGNER_NOTHING_STORED' });
});
