// SPDX-License-Identifier: Apache-2.0
/** `notation key update`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags } from '../../flags.ts';
import { suggestKeyNames } from '../shared.ts';

export const keyUpdateFlags = {
  ...loggingFlags,
  default: { type: 'bool', usage: 'mark as default' },
  ...jsonFlags,
} as const satisfies Flags;

export const keyUpdateCommand: Command<AppDeps> = {
  name: 'update',
  use: '[flags] <key_name>',
  aliases: ['set'],
  short: 'Update key in Notation signing key list',
  flags: keyUpdateFlags,
  args: (args) => (args.length === 0 ? 'missing key name' : undefined),
  suggestArgs: suggestKeyNames,
  load: () => import('./run.ts'),
};
