// SPDX-License-Identifier: Apache-2.0
/** `notation key list`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const keyListFlags = { ...jsonFlags };

export const keyListCommand: Command<AppDeps> = {
  name: 'list',
  use: '[flags]',
  aliases: ['ls'],
  short: 'List keys used for signing',
  flags: keyListFlags,
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
