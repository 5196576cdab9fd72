// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from '@notary/base';
import { algorithmForKeySpec, type PrivateKey } from '@notary/base/crypto';
import { type Certificate, goName } from '@notary/x509';
import { algorithmOfKey } from './algorithms.ts';
import { signingFaults } from './faults.ts';
import type { Signer } from './types.ts';

/**
 * A signer over a private key in memory and its chain, leaf first. Faults unless the key is of one of the six kinds
 * (`ENVELOPE_KEY_UNSUPPORTED`) and belongs to the first certificate (`SIGNING_KEY_CERTIFICATE_MISMATCH`). The rules of the
 * chain are checked when signing.
 */
export function createLocalSigner(key: PrivateKey, chain: readonly Certificate[]): Signer {
  const leaf = chain[0];
  if (leaf === undefined) throw signingFaults.CHAIN_EMPTY();
  algorithmOfKey(leaf);
  const keySpec = leaf.keySpec;
  if (keySpec === undefined || !equalBytes(key.spki, leaf.spki))
    throw signingFaults.KEY_CERTIFICATE_MISMATCH({ subject: goName(leaf.subject) });
  const algorithm = algorithmForKeySpec(keySpec);
  const certificates = chain.map((certificate) => certificate.der);
  return {
    keySpec: () => keySpec,
    sign: async (toBeSigned) => ({ signature: await key.sign(algorithm, toBeSigned), certificates }),
  };
}
