// SPDX-License-Identifier: Apache-2.0
import { fromUtf8 } from '@notary/base';
import { onlyFaults } from '@notary/testkit/fuzz';
import * as tuf from '../../src/index.ts';
import { vector } from '../support/vectors.ts';

export const seeds = ['root', 'targets', 'snapshot', 'timestamp'].map((role) => vector(`metadata/${role}.json`));

const decoders: ((e: tuf.Envelope) => tuf.Payload)[] = [
  tuf.decodeRoot,
  tuf.decodeSnapshot,
  tuf.decodeTimestamp,
  (e) => tuf.decodeTargets(e, tuf.TARGETS),
  (e) => tuf.decodeTargets(e, 'targets/a' as tuf.RoleName),
];

/** Any bytes are a fault or a file; what decodes encodes to a file in exact form that decodes to the same. */
export function fuzz(bytes: Uint8Array): void {
  const envelope = tuf.parseEnvelope(bytes);
  const rewrite = (decode: (typeof decoders)[number]): void => {
    const canonical = tuf.encodePayload(decode(envelope));
    const again = tuf.parseEnvelope(tuf.encodeEnvelope(canonical, envelope.signatures));
    if (!again.exact) throw new Error('our own file is not in exact form');
    if (fromUtf8(tuf.encodePayload(decode(again))) !== fromUtf8(canonical)) throw new Error('a payload changed by writing and reading it');
  };
  onlyFaults(...decoders.map((decode) => () => rewrite(decode)));
}
