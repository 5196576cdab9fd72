// SPDX-License-Identifier: Apache-2.0
/** A signer elsewhere, behind mutual TLS whose certificates may be replaced while the server runs. */
import type { TrustConfig } from '@notary/notary-server';
import type { SignerClient, SignerClientOptions } from '@notary/notary-signer/client';
import type { Platform } from '@notary/platform';
import type { OpenSigning } from './compose.ts';
import { readTextFile } from './configuration.ts';
import { appFaults } from './faults.ts';

type Remote = TrustConfig & { readonly type: 'remote' };

/** A connection and the calls that use it: one that was replaced is closed with its last call. */
interface Held {
  readonly client: SignerClient;
  calls: number;
}

/** Connects with the first call. */
export async function openRemote(trust: Remote, platform: Platform): Promise<OpenSigning> {
  let current: Held = { client: await connect(trust, platform), calls: 0 };
  const use = async <T>(call: (client: SignerClient) => Promise<T>): Promise<T> => {
    const held = current;
    held.calls += 1;
    try {
      return await call(held.client);
    } finally {
      held.calls -= 1;
      if (held !== current && held.calls === 0) held.client.close();
    }
  };
  return {
    service: {
      create: (role, gun, algorithm) => use((client) => client.create(role, gun, algorithm)),
      find: (keyId) => use((client) => client.find(keyId)),
      sign: (keyId, data) => use((client) => client.sign(keyId, data)),
      checkHealth: () => use((client) => client.checkHealth()),
    },
    keyAlgorithm: trust.keyAlgorithm,
    notice: `signing keys at ${trust.hostname}:${trust.port}`,
    kind: 'remote',
    async reload() {
      const before = current;
      current = { client: await connect(trust, platform), calls: 0 };
      if (before.calls === 0) before.client.close();
    },
    close: () => current.client.close(),
  };
}

async function connect(trust: Remote, platform: Platform): Promise<SignerClient> {
  const read = async (file: string | undefined, use: string) => (file === undefined ? undefined : readTextFile(platform, file, use));
  const [ca, cert, key] = [
    await read(trust.ca, 'trust_service.tls_ca_file'),
    await read(trust.cert, 'trust_service.tls_client_cert'),
    await read(trust.key, 'trust_service.tls_client_key'),
  ];
  const { createSignerClient } = await import('@notary/notary-signer/client');
  const { checkServerIdentity, createSecureContext } = await import('node:tls');
  const tls: SignerClientOptions['tls'] = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  try {
    createSecureContext(tls); // the connection would say so with its first call only
  } catch (e) {
    throw appFaults.SIGNER_TLS_INVALID({ reason: (e as Error).message }, { cause: e });
  }
  return createSignerClient({
    hostname: trust.hostname,
    port: trust.port,
    tls,
    checkServerIdentity: (host, certificate) => checkServerIdentity(host, certificate as never),
  });
}
