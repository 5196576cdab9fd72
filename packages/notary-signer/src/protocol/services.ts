// SPDX-License-Identifier: Apache-2.0
/** Service definitions in grpc-js's form, embedded: no `.proto` file is needed at run time. */
import type { MethodDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  type Codec,
  createKeyRequest,
  empty,
  healthRequest,
  healthResponse,
  keyId,
  keyInfoResponse,
  publicKey,
  signature,
  signatureRequest,
} from './messages.ts';

function unary<Q, R>(path: string, request: Codec<Q>, response: Codec<R>): MethodDefinition<Q, R> {
  const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (m) => toBuffer(request.encode(m)),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: (m) => toBuffer(response.encode(m)),
    responseDeserialize: (bytes) => response.decode(bytes),
  };
}

export const keyManagementService = {
  createKey: unary('/proto.KeyManagement/CreateKey', createKeyRequest, publicKey),
  deleteKey: unary('/proto.KeyManagement/DeleteKey', keyId, empty),
  getKeyInfo: unary('/proto.KeyManagement/GetKeyInfo', keyId, keyInfoResponse),
} as const;

export const signerService = {
  sign: unary('/proto.Signer/Sign', signatureRequest, signature),
} as const;

export const healthService = {
  check: unary('/grpc.health.v1.Health/Check', healthRequest, healthResponse),
} as const;

/** Names the reference's server asks about. */
export const HEALTH_KEY_MANAGEMENT = 'grpc.health.v1.Health.KeyManagement';
export const HEALTH_SIGNER = 'grpc.health.v1.Health.Signer';

export type Implementation = UntypedServiceImplementation;
