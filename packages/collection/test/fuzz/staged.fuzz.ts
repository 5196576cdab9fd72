// SPDX-License-Identifier: Apache-2.0
import { Fault } from '@notary/base';
import {
  decodeChange,
  decodeDelegationData,
  decodeTargetData,
  keyInfoOf,
  parseConfig,
  parsePinConfig,
  parsePlan,
  readKeyBlock,
} from '../../src/index.ts';

/** Files of a trust directory that others write: a fault or a value, never anything else. */
export function fuzz(bytes: Uint8Array): void {
  const change = { action: 'create', scope: 'targets', type: 'target', path: 'v1', data: bytes } as const;
  const readers = [
    () => decodeChange(bytes, 'fuzz.change'),
    () => decodeTargetData(change),
    () => decodeDelegationData({ ...change, scope: 'targets/a', type: 'delegation', path: '' }),
    () => keyInfoOf(readKeyBlock(bytes, 'fuzz.key')),
    () => parsePinConfig(parseConfig(bytes, 'config.json').trust_pinning, 'config.json'),
    () => parsePlan(bytes),
  ];
  for (const read of readers) {
    try {
      read();
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
    }
  }
}
