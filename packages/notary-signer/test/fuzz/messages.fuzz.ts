// SPDX-License-Identifier: Apache-2.0
/** Fuzz target: bytes in, messages or `PROTOBUF_INVALID` out. */
import { isFault } from '@notary/base';
import { messages } from '@notary/notary-signer/protocol';

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
