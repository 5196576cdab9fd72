// SPDX-License-Identifier: Apache-2.0
import { onlyFaults } from '@notary/testkit/fuzz';
import * as tuf from '../../src/index.ts';
import { vector } from '../support/vectors.ts';

export const seeds = ['keys/rsa.crt', 'metadata/root.json'].map(vector);

/** Keys and bundles of a hostile server or publisher: a fault or a key, never anything else. */
export const fuzz = (bytes: Uint8Array): void =>
  onlyFaults(
    () => tuf.parseKeyResponse(bytes),
    () => tuf.parseBundle(bytes),
    () => tuf.parsePublicKeyPem(bytes, new Date(0), tuf.keyTypeOfSpki),
    () => tuf.canonicalKeyId(tuf.createPublicKey('ecdsa-x509', bytes)),
    () => tuf.keyTypeOfSpki(bytes),
  );
