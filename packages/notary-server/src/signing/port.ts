// SPDX-License-Identifier: Apache-2.0
/** What the server asks of whoever holds its keys: a local vault or a remote signer. */
import { defineFaults } from '@notary/base';
import type { PublicKey } from '@notary/tuf';

/** The faults with codes `SIGNING_…`. */
export const signingFaults = defineFaults('SIGNING', {
  KEY_NOT_FOUND: { category: 'conflict', say: (f: { keyId: string }) => `signing key not found: ${f.keyId}` },
  UNAVAILABLE: {
    category: 'unavailable',
    say: (f: { detail: string }) => `the signing service cannot be reached: ${f.detail}`,
    remedy: 'check that the signer runs, that its address is right, and that both sides trust each other’s certificates',
  },
  ALGORITHM_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { algorithm: string }) => `algorithm ${f.algorithm} not supported for create key`,
  },
  WRONG_SIGNATURE: {
    category: 'untrusted',
    say: (f: { keyId: string }) => `the signing service returned a signature of key ${f.keyId} that does not verify`,
    remedy: 'check what answers at the address of the signer',
  },
});

/** The roles that a server may sign. */
export type ServerRole = 'timestamp' | 'snapshot';

/** Holds private keys and signs with them. Key IDs are those of the bare keys. */
export interface SigningService {
  /** Are its signatures made in this process? Those of others are verified before they are used. */
  readonly inProcess?: boolean;
  /** A key for this role of this collection that has never signed, newly made or kept from an earlier call. */
  create(role: ServerRole, gun: string, algorithm: string): Promise<PublicKey>;
  /** The public half, `undefined` if the key is not held. */
  find(keyId: string): Promise<PublicKey | undefined>;
  /** The signature in TUF form (ECDSA as r‖s). Faults: `SIGNING_KEY_NOT_FOUND`, `SIGNING_UNAVAILABLE`. */
  sign(keyId: string, data: Uint8Array): Promise<Uint8Array>;
  /** Rejects when the service cannot sign. */
  checkHealth(): Promise<void>;
}
