// SPDX-License-Identifier: Apache-2.0
/** Flags in the reference's dialect. */
import type { Flags } from '@notary/cli';

export const serveFlags = {
  bootstrap: { type: 'bool', usage: 'Bring the schema of the configured database up to date and exit' },
  config: { type: 'string', usage: 'Path to configuration file' },
  debug: { type: 'bool', usage: 'Log at level debug' },
  logf: { type: 'string', default: 'json', usage: "Set the format of the logs. Only 'json' and 'logfmt' are supported at the moment." },
  'unsafe-anonymous-clients': {
    type: 'bool',
    usage: 'Serve without server.client_ca_file: anybody who reaches this signer can sign with its keys',
  },
  'unsafe-plaintext': { type: 'bool', usage: 'Serve without any TLS: what is signed, and by whom, is in the hands of the network' },
  version: { type: 'bool', usage: 'Print the version number of notary-signer' },
} as const satisfies Flags;

export const reencryptFlags = {
  alias: { type: 'string', usage: 'Alias whose passphrase (NOTARY_SIGNER_<ALIAS>) the keys shall have' },
  config: { type: 'string', usage: 'Path to configuration file' },
} as const satisfies Flags;

export const COMMANDS = `
Commands:
  notary-signer -config FILE               serve
  notary-signer reencrypt -config FILE -alias NEW
                                           encrypt every stored key again, under the passphrase of another alias
`;
