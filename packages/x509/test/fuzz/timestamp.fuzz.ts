// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { makeToken } from '@notary/testkit/timestamp-token';
import { checkTimestampImprint, parseTimestampToken } from '@notary/x509/timestamp';
import { caTemplate, commonName, issue, loadKey } from '../support.ts';

const key = await loadKey('ec');
const authority = { key, chain: [await issue({ subject: commonName('tsa'), signer: key, ...caTemplate })] };
export const seeds = [await makeToken(authority), await makeToken(authority, { signingTime: '260601120000Z', signers: 2 })];

/** Time-stamp tokens. */
export function fuzz(bytes: Uint8Array): void {
  try {
    checkTimestampImprint(parseTimestampToken(bytes), new Uint8Array(0));
  } catch (e) {
    if (!isFault(e)) throw e;
  }
}
