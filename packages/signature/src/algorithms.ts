// SPDX-License-Identifier: Apache-2.0
/** The six algorithms. Which one an envelope uses follows from the key of its leaf certificate, never from its header. */
import { algorithmForKeySpec, type SignatureAlgorithm } from '@notary/base/crypto';
import type { Certificate } from '@notary/x509';
import { envelopeFaults } from './faults.ts';

/** In the order in which the Go tools number them from 1: messages show the numbers. */
const ALGORITHMS: readonly SignatureAlgorithm[] = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

export const isSignatureAlgorithm = (name: string): name is SignatureAlgorithm => (ALGORITHMS as readonly string[]).includes(name);

const goNumber = (algorithm: SignatureAlgorithm): number => ALGORITHMS.indexOf(algorithm) + 1;

/** The algorithm that belongs to a certificate's key. Faults with `ENVELOPE_KEY_UNSUPPORTED` for other keys, in Go's words. */
export function algorithmOfKey(certificate: Certificate): SignatureAlgorithm {
  if (certificate.keySpec !== undefined) return algorithmForKeySpec(certificate.keySpec);
  const key = certificate.publicKey;
  if (key.type === 'rsa') throw envelopeFaults.KEY_UNSUPPORTED({ reason: `rsa key size ${key.modulus.length * 8} bits is not supported` });
  if (key.type === 'ec') throw envelopeFaults.KEY_UNSUPPORTED({ reason: `ecdsa key size ${key.curve.slice(2)} bits is not supported` });
  throw envelopeFaults.KEY_UNSUPPORTED({ reason: 'unsupported public key type' });
}

/** Faults with `ENVELOPE_ALGORITHM_KEY_MISMATCH` unless the header names the algorithm of the key. */
export function checkAlgorithm(named: SignatureAlgorithm, certificate: Certificate): void {
  const derived = algorithmOfKey(certificate);
  if (derived !== named) throw envelopeFaults.ALGORITHM_KEY_MISMATCH({ derived: goNumber(derived), specified: goNumber(named) });
}
