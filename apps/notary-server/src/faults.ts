// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';

export const appFaults = defineFaults('NOTARY_SERVER', {
  PASSPHRASE_EMPTY: {
    category: 'usage',
    say: (f: { file: string }) => `the passphrase file ${f.file} is empty`,
  },
  PASSPHRASE_LOST: {
    category: 'usage',
    say: (f: { file: string }) => `the database holds signing keys, and the secret that opens them, ${f.file}, is not there`,
    remedy: 'put that file back, or name it: trust_service.passphrase_file, or NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE in the environment',
  },
  NO_HOME: {
    category: 'usage',
    say: () => 'there is no directory to keep data in: neither STATE_DIRECTORY, XDG_DATA_HOME nor HOME is set',
    remedy: 'set one of them, or give a configuration with -config',
  },
  TOKEN_BUNDLE_EMPTY: { category: 'usage', say: (f: { file: string }) => `token auth: ${f.file} holds no certificate` },
  TOKEN_CHAIN_UNTRUSTED: {
    category: 'untrusted',
    say: (f: { reason: string }) => `the token's certificates lead to no trusted root: ${f.reason}`,
  },
  SIGNER_TLS_INVALID: {
    category: 'usage',
    say: (f: { reason: string }) => `the certificates towards the signer cannot be used: ${f.reason}`,
    remedy: 'trust_service names PEM files: tls_ca_file, and tls_client_cert with the tls_client_key that belongs to it',
  },
  COPY_UNSUITABLE: { category: 'usage', say: (f: { reason: string }) => f.reason },
});
