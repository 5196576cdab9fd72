// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';

/** The faults with codes `VAULT_…`. */
export const vaultFaults = defineFaults('VAULT', {
  KEY_NOT_FOUND: { category: 'conflict', say: (f: { keyId: string }) => `signing key not found: ${f.keyId}` },
  ALGORITHM_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { algorithm: string }) => `algorithm ${f.algorithm} not supported for create key`,
    remedy: 'use ecdsa or ed25519',
  },
  PASSPHRASE_MISSING: {
    category: 'usage',
    say: (f: { alias: string }) => `expected env variable to not be empty: ${f.alias}`,
    remedy: (f: { alias: string }) => ({ text: `give the passphrase of the alias ${f.alias} in the environment` }),
  },
  PASSPHRASE_WRONG: {
    category: 'untrusted',
    say: (f: { keyId: string; alias: string }) => `key ${f.keyId} does not open with the passphrase of the alias ${f.alias}`,
    remedy: 'give the passphrase under which the key was stored; a changed one needs the key to be encrypted again first',
  },
  KEY_CORRUPT: {
    category: 'malformed',
    say: (f: { keyId: string; problem: string }) => `the stored key ${f.keyId} cannot be read: ${f.problem}`,
    remedy: 'restore the table private_keys from a backup',
  },
  ALIAS_INVALID: {
    category: 'usage',
    say: (f: { alias: string }) => `invalid alias ${JSON.stringify(f.alias)}: 1 to 50 characters, no equals sign`,
  },
});
