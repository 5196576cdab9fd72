// SPDX-License-Identifier: Apache-2.0
/** Fuzz target: bytes in, messages or `PROTOBUF_INVALID` out. */
import { isFault, toUtf8 } from '@notary/base';
import { messages } from '@notary/notary-signer/protocol';

const keyId = '0123456789abcdef';
const key = { keyId, algorithm: 'ecdsa' };

export const seeds = [
  messages.createKeyRequest.encode({ algorithm: 'ecdsa', gun: 'example.com/app', role: 'snapshot' }),
  messages.keyId.encode({ id: keyId }),
  messages.publicKey.encode({ ...key, publicKey: Uint8Array.of(4, 5) }),
  messages.signatureRequest.encode({ keyId, content: toUtf8('{}') }),
];

export function fuzzMessages(bytes: Uint8Array): void {
  for (const codec of [
    messages.createKeyRequest,
    messages.keyId,
    messages.signatureRequest,
    messages.signature,
    messages.keyInfoResponse,
    messages.publicKey,
  ]) {
    try {
      codec.decode(bytes);
    } catch (e) {
      if (!isFault(e, 'PROTOBUF_INVALID')) throw e;
    }
  }
}
