// SPDX-License-Identifier: Apache-2.0
/** A client of a signer, ours or the reference's. The gRPC library is loaded with the first client. */
import type { Client, ClientOptions, MethodDefinition, VerifyOptions } from '@grpc/grpc-js';
import { defineFaults } from '@notary/base';
import { createPublicKey, type PublicKey } from '@notary/tuf';
import { CALL_TIMEOUT_MS, MAX_MESSAGE_BYTES } from '../limits.ts';
import { HEALTH_KEY_MANAGEMENT, HEALTH_SIGNER, healthService, keyManagementService, signerService } from '../protocol/services.ts';

/** The same codes as the server's port for signing services has: what is thrown here needs no translation there. */
export const signerClientFaults = defineFaults('SIGNING', {
  KEY_NOT_FOUND: { category: 'conflict', say: (f: { keyId: string }) => `signing key not found: ${f.keyId}` },
  UNAVAILABLE: {
    category: 'unavailable',
    say: (f: { detail: string }) => `the signing service cannot be reached: ${f.detail}`,
    remedy: 'check that the signer runs, that its address is right, and that both sides trust each other’s certificates',
  },
  FAILED: { category: 'internal', say: (f: { detail: string }) => `the signing service refused: ${f.detail}` },
  ALGORITHM_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { algorithm: string }) => `algorithm ${f.algorithm} not supported for create key`,
  },
});

/** Which signer, and what to trust and show on the way there. */
export interface SignerClientOptions {
  readonly hostname: string;
  readonly port: string;
  /** PEM text. Only `ca` is trusted where it is given, else the public roots. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Node's `tls.checkServerIdentity`: checks a certificate against an address, which gRPC itself leaves to the server name. */
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** The runtime's view of the certificate that the peer showed. */
export type PeerCertificate = Parameters<NonNullable<VerifyOptions['checkServerIdentity']>>[1];

/** A signer elsewhere: this project's, or the reference's. */
export interface SignerClient {
  create(role: string, gun: string, algorithm: string): Promise<PublicKey>;
  find(keyId: string): Promise<PublicKey | undefined>;
  sign(keyId: string, data: Uint8Array): Promise<Uint8Array>;
  remove(keyId: string): Promise<void>;
  /** Both services must be serving. */
  checkHealth(): Promise<void>;
  close(): void;
}

const NOT_FOUND = 5;
const UNAVAILABLE_CODES = new Set([1, 4, 8, 14, 16]);

interface StatusError {
  readonly code: number;
  readonly details: string;
}

/** Longest text of a peer that a fault repeats. */
const MAX_DETAIL = 300;

const isIpAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');

/** Connects when first used. */
export async function createSignerClient(options: SignerClientOptions): Promise<SignerClient> {
  const grpc = await import('@grpc/grpc-js');
  const { hostname, port, tls } = options;
  const bytes = (pem: string | undefined): Buffer | null => (pem === undefined ? null : Buffer.from(pem));
  const target = hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  const check = options.checkServerIdentity;
  const verify = isIpAddress(hostname)
    ? { checkServerIdentity: (_name: string, shown: PeerCertificate) => check(hostname, shown) }
    : undefined;
  const credentials = grpc.credentials.createSsl(bytes(tls.ca), bytes(tls.key), bytes(tls.cert), verify);
  const client = new grpc.Client(target, credentials, clientOptions(hostname));
  return new GrpcSignerClient(client);
}

/**
 * RFC 6066 3 forbids IP addresses as TLS server names and some runtimes refuse them: another name is sent, and the certificate is
 * checked against the address all the same.
 */
function clientOptions(hostname: string): ClientOptions {
  return {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.enable_http_proxy': 0,
    ...(isIpAddress(hostname) ? { 'grpc.ssl_target_name_override': 'notary-signer', 'grpc.default_authority': hostname } : {}),
  };
}

class GrpcSignerClient implements SignerClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  #call<Q, R>(method: MethodDefinition<Q, R>, request: Q): Promise<R> {
    return new Promise((resolve, reject) => {
      const deadline = { deadline: performance.timeOrigin + performance.now() + CALL_TIMEOUT_MS };
      this.#client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, deadline, (e, response) => {
        if (e !== null || response === undefined) reject(e ?? new Error('no response'));
        else resolve(response);
      });
    });
  }

  async create(role: string, gun: string, algorithm: string): Promise<PublicKey> {
    try {
      const made = await this.#call(keyManagementService.createKey, { algorithm, gun, role });
      return createPublicKey(made.algorithm, made.publicKey);
    } catch (e) {
      if (/not supported for create key/.test((e as StatusError).details ?? ''))
        throw signerClientFaults.ALGORITHM_UNSUPPORTED({ algorithm }, { cause: e });
      throw translate(e);
    }
  }

  async find(keyId: string): Promise<PublicKey | undefined> {
    try {
      const info = await this.#call(keyManagementService.getKeyInfo, { id: keyId });
      const key = createPublicKey(info.algorithm, info.publicKey);
      return key.id === keyId ? key : undefined; // another key than the one asked for is not that key
    } catch (e) {
      if ((e as StatusError).code === NOT_FOUND) return undefined;
      throw translate(e);
    }
  }

  async sign(keyId: string, data: Uint8Array): Promise<Uint8Array> {
    try {
      return (await this.#call(signerService.sign, { keyId, content: data })).content;
    } catch (e) {
      if ((e as StatusError).code === NOT_FOUND) throw signerClientFaults.KEY_NOT_FOUND({ keyId }, { cause: e });
      throw translate(e);
    }
  }

  async remove(keyId: string): Promise<void> {
    await this.#call(keyManagementService.deleteKey, { id: keyId }).catch((e: unknown) => {
      throw translate(e);
    });
  }

  async checkHealth(): Promise<void> {
    for (const service of [HEALTH_KEY_MANAGEMENT, HEALTH_SIGNER]) {
      const { status } = await this.#call(healthService.check, { service }).catch((e: unknown) => {
        throw translate(e);
      });
      if (status !== 'SERVING') throw signerClientFaults.UNAVAILABLE({ detail: `${service} is ${status}` });
    }
  }

  close(): void {
    this.#client.close();
  }
}

function translate(e: unknown): Error {
  const { code, details } = e as StatusError;
  const detail = String(details ?? (e as Error).message).slice(0, MAX_DETAIL);
  return code === undefined || UNAVAILABLE_CODES.has(code)
    ? signerClientFaults.UNAVAILABLE({ detail }, { cause: e })
    : signerClientFaults.FAILED({ detail }, { cause: e });
}
