// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { fromBase64, toUtf8 } from '@notary/base';
import { onlyFaults } from '@notary/testkit/fuzz';
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
import { vector, vectorPath } from '../support/vectors.ts';

const files = (folder: string): Uint8Array[] => readdirSync(vectorPath(folder)).map((name) => vector(`${folder}/${name}`));
const changes = files('changelist');
const dataOf = (change: Uint8Array): Uint8Array =>
  fromBase64((JSON.parse(new TextDecoder().decode(change)) as { data?: string }).data ?? '');

export const seeds = [
  ...changes,
  ...changes.map(dataOf),
  ...files('keys'),
  toUtf8('{"trust_pinning":{"disable_tofu":true,"certs":{"a":["00"]},"ca":{"a":"ca.pem"}},"remote_server":{"url":"https://a"}}'),
];

/** Files of a trust directory that others write: a fault or a value, never anything else. */
export function fuzz(bytes: Uint8Array): void {
  const change = { action: 'create', scope: 'targets', type: 'target', path: 'v1', data: bytes } as const;
  onlyFaults(
    () => decodeChange(bytes, 'fuzz.change'),
    () => decodeTargetData(change),
    () => decodeDelegationData({ ...change, scope: 'targets/a', type: 'delegation', path: '' }),
    () => keyInfoOf(readKeyBlock(bytes, 'fuzz.key')),
    () => parsePinConfig(parseConfig(bytes, 'config.json').trust_pinning, 'config.json'),
    () => parsePlan(bytes),
  );
}
