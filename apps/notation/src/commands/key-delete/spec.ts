// SPDX-License-Identifier: Apache-2.0
/** `notation key delete`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags } from '../../flags.ts';
import { suggestKeyNames } from '../shared.ts';

export const keyDeleteFlags = { ...loggingFlags, ...jsonFlags };

export const keyDeleteCommand: Command<AppDeps> = {
  name: 'delete',
  use: '[flags] <key_name>...',
  short: 'Remove key from Notation signing key list',
  flags: keyDeleteFlags,
  args: (args) => (args.length === 0 ? 'missing key names' : undefined),
  suggestArgs: suggestKeyNames,
  load: () => import('./run.ts'),
};
