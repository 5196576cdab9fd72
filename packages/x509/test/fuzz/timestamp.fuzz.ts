// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { checkTimestampImprint, parseTimestampToken } from '@notary/x509/timestamp';

/** Time-stamp tokens. */
export function fuzz(bytes: Uint8Array): void {
  try {
    checkTimestampImprint(parseTimestampToken(bytes), new Uint8Array(0));
  } catch (e) {
    if (!isFault(e)) throw e;
  }
}
