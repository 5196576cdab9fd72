// SPDX-License-Identifier: Apache-2.0
/** `notation logout`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags } from '../../flags.ts';
import { requireServer } from '../shared.ts';

export const logoutFlags = { ...loggingFlags, ...jsonFlags };

export const logoutCommand: Command<AppDeps> = {
  name: 'logout',
  use: '[flags] <server>',
  short: 'Log out from the logged in registries',
  flags: logoutFlags,
  args: requireServer,
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
