// SPDX-License-Identifier: Apache-2.0
import { parseCose } from '../../src/cose/index.ts';
import { readVector } from '../support.ts';

const envelope = readVector('envelope/cose/ok-integer-attribute.sig');
/** The headers come first; most of the rest is certificates. */
const HEADERS = 400;

export const seeds = [envelope, envelope.slice(0, HEADERS)];

/** Any bytes either are a fault or an envelope whose headers, times and certificates were judged. */
export const fuzz = (bytes: Uint8Array): void => void parseCose(bytes);

/** The same of damaged headers before a sound rest. */
export const fuzzHeaders = (bytes: Uint8Array): void =>
  void parseCose(Uint8Array.from([...bytes.subarray(0, HEADERS), ...envelope.subarray(HEADERS)]));
