// SPDX-License-Identifier: Apache-2.0
/** Flags in the reference's dialect. */
import type { Flags } from '@notary/cli';

export const serveFlags = {
  bootstrap: { type: 'bool', usage: 'Bring the schema of the configured database up to date and exit' },
  config: { type: 'string', usage: 'Path to configuration file' },
  debug: { type: 'bool', usage: 'Enable the debugging server on localhost:8080' },
  logf: { type: 'string', default: 'json', usage: "Set the format of the logs. Only 'json' and 'logfmt' are supported at the moment." },
  version: { type: 'bool', usage: 'Print the version number of notary-server' },
} as const satisfies Flags;

export const importFlags = {
  config: { type: 'string', usage: 'Path to configuration file' },
  'keep-going': { type: 'bool', usage: 'Go on with the next collection after a failure' },
} as const satisfies Flags;

export const copyFlags = {
  from: { type: 'string', usage: 'Configuration file whose storage is read; without it the storage of a server without configuration' },
  to: { type: 'string', usage: 'Configuration file whose storage is written' },
} as const satisfies Flags;

export const certFlags = {
  days: { type: 'int', default: 825n, usage: 'Days that the certificates of server and signer last' },
  hosts: {
    type: 'string',
    default: 'localhost,127.0.0.1,::1,notary-server,notary-signer',
    usage: 'Comma-separated host names and addresses to certify',
  },
  out: { type: 'string', default: 'certs', usage: 'Directory to write to; files that exist are never replaced' },
} as const satisfies Flags;

export const COMMANDS = `
Commands:
  notary-server [flags]                    serve; without -config: SQLite and local keys, on loopback
  notary-server import [flags] DIR         take over mirrored collections
  notary-server storage copy [flags]       move a server's data and keys to another database
  notary-server gen-certs [flags]          certificates for the mutual TLS of server and signer
`;
