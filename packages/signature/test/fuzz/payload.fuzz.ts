// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { encodePayload, parsePayload } from '../../src/index.ts';

export const seeds = [
  toUtf8(
    '{"targetArtifact":{"digest":"sha256:00","mediaType":"a/b","size":1,"annotations":{"a":"\\u00e9"},"urls":["x"],"platform":{"os":"linux"}}}',
  ),
];

/** Any bytes either are a fault or a payload that can be written again. */
export const fuzz = (bytes: Uint8Array): void => void encodePayload(parsePayload(bytes).targetArtifact, 'jws');
