// SPDX-License-Identifier: Apache-2.0
import { fromBase64Url, toBase64Url, toUtf8 } from '@notary/base';
import { parseJws } from '../../src/jws/index.ts';
import { readVector } from '../support.ts';

const envelope = JSON.parse(new TextDecoder().decode(readVector('envelope/jws/ok-attribute.sig'))) as { protected: string };

export const seeds = [toUtf8(JSON.stringify(envelope)), fromBase64Url(envelope.protected)];

/** Any bytes either are a fault or an envelope whose headers, times and certificates were judged. */
export const fuzz = (bytes: Uint8Array): void => void parseJws(bytes);

/** The same of a damaged header in a sound envelope, which damage to the whole hardly reaches through base64. */
export const fuzzHeader = (bytes: Uint8Array): void =>
  void parseJws(toUtf8(JSON.stringify({ ...envelope, protected: toBase64Url(bytes) })));
