// SPDX-License-Identifier: Apache-2.0
/** `notation version`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const versionFlags = { ...jsonFlags };

export const versionCommand: Command<AppDeps> = {
  name: 'version',
  short: 'Show the notation version information',
  args: 'none',
  flags: versionFlags,
  load: () => import('./run.ts'),
};
