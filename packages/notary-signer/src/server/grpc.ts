// SPDX-License-Identifier: Apache-2.0
/** The handlers as a gRPC server. The library is loaded with the first server. */
import type { handleUnaryCall, Server, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from '../limits.ts';
import { healthService, keyManagementService, signerService } from '../protocol/services.ts';
import { CallError, GRPC_STATUS, type SignerHandlers } from './handlers.ts';

/** Certificates, PEM text. Without `clientCa` anybody may call: the caller must mean it. */
export interface SignerTls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}

/** A signer that takes calls. `graceMs` is milliseconds. */
export interface RunningSigner {
  readonly port: number;
  /** Stops taking calls, waits for those in flight at most `graceMs`, then cuts. */
  stop(graceMs: number): Promise<void>;
}

function unary<Q, R>(handle: (request: Q) => Promise<R>): handleUnaryCall<Q, R> {
  return (call: ServerUnaryCall<Q, R>, callback: sendUnaryData<R>) => {
    handle(call.request).then(
      (response) => callback(null, response),
      (e: unknown) => {
        const code = e instanceof CallError ? e.code : GRPC_STATUS.INTERNAL;
        callback({ code, details: e instanceof CallError ? e.message : 'internal error' });
      },
    );
  };
}

/** Listens on `address` (`host:port`). */
export async function listenSigner(
  handlers: SignerHandlers,
  options: { address: string; tls: SignerTls | 'insecure' },
): Promise<RunningSigner> {
  const grpc = await import('@grpc/grpc-js');
  const server = new grpc.Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  });
  server.addService(keyManagementService, {
    createKey: unary(handlers.createKey),
    deleteKey: unary(handlers.deleteKey),
    getKeyInfo: unary(handlers.getKeyInfo),
  });
  server.addService(signerService, { sign: unary(handlers.sign) });
  server.addService(healthService, { check: unary(handlers.check) });
  const { tls } = options;
  const credentials =
    tls === 'insecure'
      ? grpc.ServerCredentials.createInsecure()
      : grpc.ServerCredentials.createSsl(
          tls.clientCa === undefined ? null : Buffer.from(tls.clientCa),
          [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }],
          tls.clientCa !== undefined,
        );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.address, credentials, (e, bound) => (e === null ? resolve(bound) : reject(e)));
  });
  return { port, stop: (graceMs) => stopServer(server, graceMs) };
}

async function stopServer(server: Server, graceMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
    server.tryShutdown(() => resolve());
  });
  clearTimeout(timer);
  server.forceShutdown();
}
