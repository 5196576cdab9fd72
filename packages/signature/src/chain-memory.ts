// SPDX-License-Identifier: Apache-2.0
/**
 * Chains that have passed the code-signing rules, so that many envelopes of one signer cost one check of its chain. The rules
 * depend on the certificates' bytes alone (no time, no trust), so remembering them changes no answer.
 */
import { toHex } from '@notary/base';
import { createHasher, createSignatureVerifier, type SignatureVerifier } from '@notary/base/crypto';
import { type Certificate, parseCertificate } from '@notary/x509';
import { algorithmOfKey } from './algorithms.ts';
import { DEFAULT_REMEMBERED_CHAINS, MAX_REMEMBERED_CHAIN_BYTES } from './limits.ts';

/** A chain that passed, with its leaf's key ready to check signatures with. */
export interface KnownChain {
  readonly certificates: readonly Certificate[];
  readonly verifier: SignatureVerifier;
}

let recallChain: (memory: ChainMemory, key: string) => KnownChain | undefined;
let rememberChain: (memory: ChainMemory, key: string, chain: readonly Certificate[]) => void;

/** A bounded memory for {@link VerifyEnvelopeOptions.chains}; the chain used longest ago is forgotten first. Only verification writes to it. */
export class ChainMemory {
  readonly #chains = new Map<string, KnownChain>();
  readonly #maxChains: number;

  constructor(options: { readonly maxChains?: number } = {}) {
    this.#maxChains = Math.max(1, options.maxChains ?? DEFAULT_REMEMBERED_CHAINS);
  }

  static {
    recallChain = (memory, key) => {
      const chain = memory.#chains.get(key);
      if (chain === undefined) return undefined;
      memory.#chains.delete(key);
      memory.#chains.set(key, chain);
      return chain;
    };
    rememberChain = (memory, key, chain) => {
      if (chain.reduce((sum, certificate) => sum + certificate.der.length, 0) > MAX_REMEMBERED_CHAIN_BYTES) return;
      // Certificates are views of the envelope that they came in; a copy lets go of it.
      const certificates = chain.map((certificate) => parseCertificate(certificate.der.slice()));
      const leaf = certificates[0] as Certificate;
      // Certificates are handed out; the key's bytes are the memory's own.
      const verifier = createSignatureVerifier({ algorithm: algorithmOfKey(leaf), spki: leaf.spki.slice() });
      memory.#chains.set(key, { certificates, verifier });
      const [oldest] = memory.#chains.keys();
      if (memory.#chains.size > memory.#maxChains && oldest !== undefined) memory.#chains.delete(oldest);
    };
  }
}

export { recallChain, rememberChain };

/** SHA-256 over the certificates, each behind its length. */
export function chainKey(chain: readonly Uint8Array[]): string {
  const hasher = createHasher('SHA-256');
  const length = new Uint8Array(4);
  for (const der of chain) {
    new DataView(length.buffer).setUint32(0, der.length);
    hasher.update(length);
    hasher.update(der);
  }
  return toHex(hasher.digest());
}
