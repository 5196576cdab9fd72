// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { encodePem, parsePem } from '@notary/base/pem';
import { vector } from '../crypto/vectors.ts';

export const seeds = [vector('keys/ec-dek-aes256.pem'), vector('notary/notary-ecdsa-plain.pem'), vector('keys/ec-with-parameters.pem')];

/** PEM text: blocks that were read are written and read again. */
export function fuzz(bytes: Uint8Array): void {
  try {
    for (const block of parsePem(bytes)) {
      if (/[\r\n]|-----$/.test(block.label)) continue;
      const again = parsePem(encodePem(block.label, block.bytes))[0];
      if (again === undefined || again.bytes.length !== block.bytes.length) throw new Error('a block is not read back');
    }
  } catch (e) {
    if (!isFault(e)) throw e;
  }
}
