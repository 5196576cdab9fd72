// SPDX-License-Identifier: Apache-2.0
import { Fault } from '@notary/base';
import * as tuf from '../../src/index.ts';

/** Keys and bundles of a hostile server or publisher: a fault or a key, never anything else. */
export function fuzz(bytes: Uint8Array): void {
  const readers = [
    () => tuf.parseKeyResponse(bytes),
    () => tuf.parseBundle(bytes),
    () => tuf.parsePublicKeyPem(bytes, new Date(0), tuf.keyTypeOfSpki),
    () => tuf.canonicalKeyId(tuf.createPublicKey('ecdsa-x509', bytes)),
    () => tuf.keyTypeOfSpki(bytes),
  ];
  for (const read of readers) {
    try {
      read();
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
    }
  }
}
