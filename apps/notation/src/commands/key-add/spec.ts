// SPDX-License-Identifier: Apache-2.0
/** `notation key add`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags } from '../../flags.ts';

export const keyAddFlags = {
  ...loggingFlags,
  default: { type: 'bool', usage: 'mark as default' },
  'key-file': { type: 'string', usage: 'file with the private key (PEM)', required: true, extension: true },
  'cert-file': {
    type: 'string',
    usage: 'file with the certificates of the key, leaf first (PEM)',
    required: true,
    extension: true,
  },
  ...jsonFlags,
} as const satisfies Flags;

export const keyAddCommand: Command<AppDeps> = {
  name: 'add',
  use: '--key-file <key_path> --cert-file <chain_path> [flags] <key_name>',
  short: 'Add key to Notation signing key list',
  flags: keyAddFlags,
  args: (args) => (args.length === 1 ? undefined : 'either missing key name or unnecessary parameters passed'),
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
