// SPDX-License-Identifier: Apache-2.0
import { Fault, fromUtf8 } from '@notary/base';
import * as tuf from '../../src/index.ts';

const decoders: ((e: tuf.Envelope) => tuf.Payload)[] = [
  tuf.decodeRoot,
  tuf.decodeSnapshot,
  tuf.decodeTimestamp,
  (e) => tuf.decodeTargets(e, tuf.TARGETS),
  (e) => tuf.decodeTargets(e, 'targets/a' as tuf.RoleName),
];

/** Any bytes are a fault or a file; what decodes encodes to a file in exact form that decodes to the same. */
export function fuzz(bytes: Uint8Array): void {
  let envelope: tuf.Envelope;
  try {
    envelope = tuf.parseEnvelope(bytes);
  } catch (e) {
    if (e instanceof Fault) return;
    throw e;
  }
  for (const decode of decoders) {
    try {
      const canonical = tuf.encodePayload(decode(envelope));
      const again = tuf.parseEnvelope(tuf.encodeEnvelope(canonical, envelope.signatures));
      if (!again.exact) throw new Error('our own file is not in exact form');
      if (fromUtf8(tuf.encodePayload(decode(again))) !== fromUtf8(canonical))
        throw new Error('a payload changed by writing and reading it');
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
    }
  }
}
