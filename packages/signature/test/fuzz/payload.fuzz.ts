// SPDX-License-Identifier: Apache-2.0
import { Fault } from '@notary/base';
import { encodePayload, parsePayload } from '../../src/index.ts';

/** Any bytes either are a fault or a payload that can be written again. */
export function fuzz(bytes: Uint8Array): void {
  try {
    encodePayload(parsePayload(bytes).targetArtifact, 'jws');
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
  }
}
